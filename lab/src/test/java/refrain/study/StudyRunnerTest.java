package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.RunSummary;
import refrain.base.RefrainException;
import refrain.draw.Terms;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.report.StudyJson;
import refrain.report.StudyReport;
import refrain.store.Arithmetic;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.study.Study.Cell;
import refrain.study.Variant.Settled;
import refrain.train.Engines;
import refrain.train.StopRule;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

class StudyRunnerTest {
  @TempDir Path temp;

  private static Study study(int seeds) {
    JsonNode none = Json.object();
    return new Study(
        "test",
        "A test",
        seeds,
        0,
        Varies.ALL,
        0,
        0,
        List.of(),
        List.of(
            new Variant("plain", "tiny", none, 9, null, Settled.AT_END, List.of()),
            new Variant(
                "longer",
                "tiny",
                Json.parse("{\"steps\": 60}", "x"),
                1,
                "plain",
                Settled.AT_END,
                List.of()),
            new Variant(
                "waits",
                "tiny",
                Json.parse("{\"batch\": 3}", "x"),
                9,
                "plain",
                Settled.AT_TWICE_CONTROL,
                List.of())),
        List.of(),
        Map.of());
  }

  @Test
  void everyCellIsRunOnceAndControlsComeFirst() {
    StudyFolder folder = new StudyFolder(temp);
    Set<String> ended = ConcurrentHashMap.newKeySet();
    Set<String> early = ConcurrentHashMap.newKeySet();
    StudyListener listener =
        new StudyListener() {
          @Override
          public void started(Cell cell, int step, List<MetricsRow> before) {
            if (cell.label().startsWith("waits") && !ended.contains("plain seed " + cell.seed())) {
              early.add(cell.label());
            }
          }

          @Override
          public void ended(Cell cell, refrain.train.TrainResult result) {
            ended.add(cell.label());
          }
        };
    StudyRunner.Result result = new StudyRunner(study(2), folder, 3, () -> false, listener).run();
    assertThat(result.complete()).isTrue();
    assertThat(early).isEmpty();
    assertThat(ended)
        .containsExactlyInAnyOrder(
            "plain seed 0", "plain seed 1", "longer seed 0", "waits seed 0", "waits seed 1");
    assertThat(folder.read(StudyListener.NONE).runs())
        .extracting(RunSummary::variant)
        .containsExactly("plain", "plain", "longer", "waits", "waits");
  }

  /** What a study is about is seen first: no heads form here, so until half of the steps. */
  @Test
  void theFirstRunHasAllCoresToItselfForHalfOfItsSteps() {
    AtomicInteger step = new AtomicInteger();
    AtomicInteger begun = new AtomicInteger(Integer.MAX_VALUE);
    StudyListener listener =
        new StudyListener() {
          @Override
          public void started(Cell cell, int at, List<MetricsRow> before) {
            if (!cell.label().equals("plain seed 0")) {
              begun.accumulateAndGet(step.get(), Math::min);
            }
          }

          @Override
          public void measured(Cell cell, MetricsRow row, boolean probed) {
            if (cell.label().equals("plain seed 0")) {
              step.set((int) row.step());
            }
          }
        };
    new StudyRunner(study(1), new StudyFolder(temp), 3, () -> false, listener).run();
    assertThat(begun.get()).isGreaterThanOrEqualTo(study(1).cells().getFirst().spec().steps() / 2);
  }

  @Test
  void theFirstRunAndTheShortestAreSeenEarlyAndTheLongestIsNotLeftForTheEnd() {
    List<Variant> variants =
        Map.of("first", 20, "long", 60, "short", 10, "middle", 30).entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each ->
                MadeResults.variant(each.getKey(), 1).with("steps", Json.tree(each.getValue())))
            .toList();
    List<String> started = new ArrayList<>();
    StudyListener listener =
        new StudyListener() {
          @Override
          public void started(Cell cell, int step, List<MetricsRow> before) {
            started.add(cell.variant().name());
          }
        };
    Study study = MadeResults.study(List.of(), variants, List.of());
    new StudyRunner(study, new StudyFolder(temp), 1, () -> false, listener).run();
    assertThat(started).containsExactly("first", "short", "long", "middle");
  }

  @Test
  void aSecondRunTrainsNothing() {
    StudyFolder folder = new StudyFolder(temp);
    new StudyRunner(study(1), folder, 2, () -> false, StudyListener.NONE).run();
    AtomicInteger steps = new AtomicInteger();
    StudyListener counting =
        new StudyListener() {
          @Override
          public void measured(Cell cell, MetricsRow row, boolean probed) {
            steps.incrementAndGet();
          }
        };
    assertThat(new StudyRunner(study(1), folder, 2, () -> false, counting).run().complete())
        .isTrue();
    assertThat(steps).hasValue(0);
  }

  @Test
  void aRunThatDivergedIsAFailureAndIsNotCounted() {
    StudyFolder folder = new StudyFolder(temp);
    Study study = sharing("{}", "{\"optimizer\": {\"rate\": 50}}");
    StudyRunner.Result result =
        new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).run();
    assertThat(result.complete()).isFalse();
    assertThat(result.failures().keySet()).extracting(Cell::label).containsExactly("two seed 0");
    StudyResults read = folder.read(StudyListener.NONE);
    assertThat(read.runs()).extracting(RunSummary::variant).containsExactly("one");
    assertThat(read.has("two")).isFalse();
    new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).analyseOnly();
    assertThat(folder.read(StudyListener.NONE).has("two")).isFalse();
  }

  /** A study whose variants are the tiny preset with such settings, the second on the first. */
  private static Study sharing(String first, String second) {
    return new Study(
        "shared",
        "Two variants of one identity",
        1,
        0,
        Varies.ALL,
        0,
        0,
        List.of(),
        List.of(
            new Variant("one", "tiny", Json.parse(first, "x"), 1, null, AT_END, List.of()),
            new Variant("two", "tiny", Json.parse(second, "x"), 1, "one", AT_END, List.of())),
        List.of(),
        Map.of());
  }

  private static final Settled AT_END = Settled.AT_END;

  /** Counts the steps of all runs while a study runs. */
  private static int stepsOf(Study study, StudyFolder folder) {
    AtomicInteger steps = new AtomicInteger();
    StudyListener counting =
        new StudyListener() {
          @Override
          public void measured(Cell cell, MetricsRow row, boolean probed) {
            steps.incrementAndGet();
          }
        };
    StudyRunner.Result result = new StudyRunner(study, folder, 2, () -> false, counting).run();
    assertThat(result.failures()).isEmpty();
    assertThat(result.complete()).isTrue();
    return steps.get();
  }

  @Test
  void variantsOfOneIdentityShareARunAndEachReadsItAsItAsks() {
    StudyFolder folder = new StudyFolder(temp);
    Study study =
        sharing("{}", "{\"probing\": {\"every\": 4, \"thoroughEvery\": 20}, \"name\": \"2\"}");
    assertThat(stepsOf(study, folder)).as("one run of 40 steps").isEqualTo(41);
    assertThat(RunFolder.list(temp.resolve("runs"))).hasSize(1);
    List<Cell> cells = study.cells();
    StudyResults results = folder.read(StudyListener.NONE);
    assertThat(results.runs()).extracting(RunSummary::every).containsExactly(5, 4);
    // Compared with no control and with itself: both findings are there, and stay.
    for (Cell cell : cells) {
      assertThat(results.findings(cell).values()).containsKey("formation.step");
    }
    assertThat(stepsOf(study, new StudyFolder(temp))).isZero();
  }

  @Test
  void changesOfNameProbingAndCheckpointsFindTheRun() {
    stepsOf(sharing("{}", "{\"steps\": 30}"), new StudyFolder(temp));
    Study changed =
        sharing(
            "{\"checkpoints\": {\"kind\": \"every\", \"steps\": 3}, \"probing\": {\"every\": 10}}",
            "{\"name\": \"renamed\", \"steps\": 30}");
    assertThat(stepsOf(changed, new StudyFolder(temp))).isZero();
    assertThat(new StudyFolder(temp).read(StudyListener.NONE).runs())
        .extracting(RunSummary::every)
        .containsExactly(10, 5);
  }

  /** Renames and rewrites runs and findings as programs made them before identities. */
  private static Map<String, String> asMadeBefore(Path runs) throws IOException {
    Map<String, String> old = new java.util.TreeMap<>();
    for (RunFolder run : RunFolder.list(runs)) {
      old.put(run.path().getFileName().toString(), Json.hash(run.info().spec()).substring(0, 12));
    }
    for (RunFolder run : RunFolder.list(runs)) {
      Path file = run.path().resolve("run.json");
      String text = Files.readString(file);
      Files.writeString(
          file,
          text.replaceFirst(",\\s*\"arithmetic\" : \\{[^}]*\\}", "")
              .replaceFirst(
                  "\"specHash\" : \"\\w+\"",
                  "\"specHash\" : \"" + Json.hash(run.info().spec()) + "\""));
      Path findings = run.path().resolve("analyses/summary.json");
      String found = Files.readString(findings);
      for (Map.Entry<String, String> id : old.entrySet()) {
        found = found.replace(id.getKey(), id.getValue());
      }
      Files.writeString(findings, found);
      Files.move(run.path(), runs.resolve(old.get(run.path().getFileName().toString())));
    }
    return old;
  }

  @Test
  void anOldStudyFolderIsReadWithoutTrainingOrAnalysing() throws IOException {
    Study study = study(2);
    stepsOf(study, new StudyFolder(temp));
    List<RunSummary> before = new StudyFolder(temp).read(StudyListener.NONE).runs();
    Map<String, String> old = asMadeBefore(temp.resolve("runs"));
    assertThat(old.keySet()).doesNotContainAnyElementsOf(old.values());
    StudyResults results = new StudyFolder(temp).read(StudyListener.NONE);
    for (Cell cell : study.cells()) {
      assertThat(results.findings(cell).values()).as(cell.label()).containsKey("formation.step");
    }
    assertThat(results.runs()).extracting(RunSummary::run).hasSameElementsAs(old.values());
    assertThat(results.runs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("run", "icl")
        .isEqualTo(before);
    assertThat(results.runs())
        .extracting(RunSummary::icl)
        .isEqualTo(before.stream().map(RunSummary::icl).toList());
    Set<String> analysed = ConcurrentHashMap.newKeySet();
    StudyListener listener =
        new StudyListener() {
          @Override
          public void measured(Cell cell, MetricsRow row, boolean probed) {
            analysed.add(cell.label() + " step " + row.step());
          }

          @Override
          public void analysing(Cell cell, refrain.analysis.AnalysisKind kind) {
            analysed.add(cell.label());
          }
        };
    new StudyRunner(study, new StudyFolder(temp), 2, () -> false, listener).run();
    assertThat(analysed).isEmpty();
    assertThat(RunFolder.list(temp.resolve("runs"))).hasSize(old.size());
  }

  @Test
  void theNumberOfCoresChangesNothingAndInterruptionsNeither() throws IOException {
    StudyFolder one = new StudyFolder(temp.resolve("one"));
    StudyFolder many = new StudyFolder(temp.resolve("many"));
    new StudyRunner(study(1), one, 1, () -> false, StudyListener.NONE).run();
    AtomicBoolean stop = new AtomicBoolean();
    StudyListener stopping =
        new StudyListener() {
          @Override
          public void measured(Cell cell, MetricsRow row, boolean probed) {
            stop.set(row.step() >= 17);
          }
        };
    StudyRunner.Result cut = new StudyRunner(study(1), many, 4, stop::get, stopping).run();
    assertThat(cut.complete()).isFalse();
    new StudyRunner(study(1), many, 4, () -> false, StudyListener.NONE).run();
    for (Cell cell : study(1).cells()) {
      assertThat(metrics(many, cell)).isEqualTo(metrics(one, cell));
    }
  }

  /** Trains a cell's run for some steps and records them as made by other kernels. */
  private static Path partElsewhere(StudyFolder folder, Cell cell, int steps) throws IOException {
    Path run = folder.run(cell.spec());
    int[] asked = {0};
    Trainer.run(
        cell.spec(), run, new TrainControl(() -> asked[0]++ == steps, () -> 1), TrainListener.NONE);
    otherKernels(run);
    return run;
  }

  private static void otherKernels(Path run) throws IOException {
    Path file = run.resolve("run.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
  }

  @Test
  void runsInterruptedUnderOtherArithmeticAreRefusedBeforeAnythingIsTrained() throws IOException {
    StudyFolder folder = new StudyFolder(temp);
    Arithmetic here = Engines.arithmetic();
    String elsewhere = here.processor() + ", " + here.width() + ", kernels 0";
    List<Cell> cells = study(1).cells();
    Path first = partElsewhere(folder, cells.get(0), 12);
    StudyRunner refused = new StudyRunner(study(1), folder, 2, () -> false, StudyListener.NONE);
    String message =
        first
            + ": step 12 was made with "
            + elsewhere
            + ", here is "
            + here.words()
            + ", so it cannot go on to the same bits: use the version of Refrain that made it, or add"
            + " --other-arithmetic to go on all the same, or move the folder away to train it from"
            + " the beginning";
    assertThatThrownBy(refused::run).isInstanceOf(RefrainException.class).hasMessage(message);
    partElsewhere(folder, cells.get(1), 17);
    assertThatThrownBy(refused::run)
        .hasMessage(message + "; one more run here was interrupted like that");
    assertThat(temp.resolve("study.json")).doesNotExist();
    assertThat(folder.find(cells.get(2))).isEmpty();

    Set<String> warned = ConcurrentHashMap.newKeySet();
    StudyListener listener =
        new StudyListener() {
          @Override
          public void warned(Cell cell, String sentence) {
            warned.add(cell.label() + ": " + sentence.substring(0, 22));
          }
        };
    assertThat(new StudyRunner(study(1), folder, 2, true, () -> false, listener).run().complete())
        .isTrue();
    assertThat(warned)
        .containsExactlyInAnyOrder(
            "plain seed 0: step 12 was made with ", "longer seed 0: step 17 was made with ");

    otherKernels(folder.find(cells.get(2)).orElseThrow().path());
    assertThat(stepsOf(study(1), folder)).as("what has ended is kept").isZero();
    StudyResults results = folder.read(StudyListener.NONE);
    assertThat(TrainedWith.sentence(results.trainedWith()))
        .isEqualTo(
            "These runs were trained with more than one arithmetic, and each gives its bits again"
                + " only under its own: 2 runs with "
                + elsewhere
                + ", then "
                + here.words()
                + "; 1 run with "
                + elsewhere
                + ". Which is which stands in report.json.");
    JsonNode groups = StudyJson.of(results).get("arithmetic");
    assertThat(groups).hasSize(2);
    assertThat(groups.get(0).get("trainedWith")).hasSize(2);
    assertThat(groups.get(0).get("runs"))
        .extracting(JsonNode::asString)
        .containsExactly(results.runs().get(0).run(), results.runs().get(1).run());
    assertThat(groups.get(1).get("trainedWith").get(0))
        .isEqualTo(
            Json.object()
                .put("processor", here.processor())
                .put("vectors", here.vectors())
                .put("kernels", 0));
  }

  @Test
  void aRunThatEndedElsewhereAndIsToGoFurtherFailsAlone() throws IOException {
    StudyFolder folder = new StudyFolder(temp);
    Study study = sharing("{}", "{\"steps\": 30}");
    Cell stopped = study.cells().getFirst();
    Path run = folder.run(stopped.spec());
    Trainer.run(
        stopped.spec().with(s -> s.stop = new StopRule.AtStep(15)),
        run,
        TrainControl.threads(1),
        TrainListener.NONE);
    otherKernels(run);
    StudyRunner.Result result =
        new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).run();
    assertThat(result.failures()).hasSize(1);
    assertThat(result.failures().get(stopped))
        .hasMessageStartingWith(run + ": step 15 was made with ")
        .hasMessageContaining(", or add --other-arithmetic to go on all the same, or ");
    assertThat(folder.read(StudyListener.NONE).runs())
        .extracting(RunSummary::steps)
        .containsExactly(15, 30);
  }

  @Test
  void aStudyOfOneArithmeticSaysWhich() {
    StudyFolder folder = new StudyFolder(temp);
    stepsOf(study(1), folder);
    List<TrainedWith> groups = folder.read(StudyListener.NONE).trainedWith();
    assertThat(TrainedWith.mixed(groups)).isFalse();
    assertThat(TrainedWith.sentence(groups))
        .isEqualTo("Every run was trained with " + Engines.arithmetic().words() + ".");
    assertThat(TrainedWith.sentence(List.of())).isEmpty();
  }

  @Test
  void aFailedRunIsReportedAndTheOthersGoOn() {
    Study broken =
        new Study(
            "broken",
            "One cannot run",
            1,
            0,
            Varies.ALL,
            0,
            0,
            List.of(),
            List.of(
                new Variant(
                    "bad",
                    "tiny",
                    Json.parse("{\"model\": {\"dVocab\": 99}}", "x"),
                    1,
                    null,
                    Settled.AT_END,
                    List.of()),
                new Variant(
                    "good", "tiny", Json.object(), 1, "bad", Settled.AT_TWICE_CONTROL, List.of())),
            List.of(),
            Map.of());
    StudyFolder folder = new StudyFolder(temp);
    StudyRunner.Result result =
        new StudyRunner(broken, folder, 2, () -> false, StudyListener.NONE).run();
    assertThat(result.complete()).isFalse();
    assertThat(result.failures()).hasSize(1);
    assertThat(result.failures().values().iterator().next())
        .hasMessageContaining("model.dVocab is 99");
    assertThat(folder.read(StudyListener.NONE).runs())
        .extracting(RunSummary::variant)
        .containsExactly("good");
  }

  @Test
  void anAnalysisThatFailsIsReportedAndTheOthersGoOn() throws IOException {
    StudyFolder folder = new StudyFolder(temp);
    new StudyRunner(study(1), folder, 2, () -> false, StudyListener.NONE).run();
    Cell broken = study(1).cells().getFirst();
    for (Cell cell : study(1).cells()) {
      Files.delete(folder.run(cell.spec()).resolve("analyses/summary.json"));
    }
    Files.writeString(folder.run(broken.spec()).resolve("metrics.jsonl"), "");
    Set<String> told = ConcurrentHashMap.newKeySet();
    StudyListener listener =
        new StudyListener() {
          @Override
          public void failed(Cell cell, RuntimeException failure) {
            told.add(cell.label());
          }
        };
    StudyRunner.Result result =
        new StudyRunner(study(1), folder, 2, () -> false, listener).analyseOnly();
    assertThat(result.complete()).isFalse();
    assertThat(result.failures()).hasSize(1);
    assertThat(result.failures().get(broken)).hasMessageContaining("rows are lost");
    assertThat(told).containsExactly(broken.label());
    for (Cell cell : study(1).cells()) {
      assertThat(folder.read(StudyListener.NONE).run(cell).isEmpty())
          .as("left out")
          .isEqualTo(cell.equals(broken));
    }
  }

  @Test
  void theReportIsDrawnFromTheFolderAlone() {
    StudyFolder folder = new StudyFolder(temp);
    new StudyRunner(study(1), folder, 2, () -> false, StudyListener.NONE).run();
    StudyResults results = new StudyFolder(temp).read(StudyListener.NONE);
    Figures figures = FiguresFile.in(temp, results.study());
    String html = new StudyReport(results, figures, Terms.NONE, "refrain test").page().html();
    assertThat(html).contains(">plain</text>").contains(">In-context-learning score</text>");
    JsonNode json = StudyJson.of(results);
    assertThat(json.get("runs")).hasSize(3);
    assertThat(json.get("runs").get(0).propertyNames())
        .contains(
            "variant",
            "seed",
            "formationStep",
            "iclBefore",
            "iclAfter",
            "prefixMatching",
            "previousToken",
            "tokens",
            "seconds");
  }

  @Test
  void aFolderWithoutAStudyIsNamed() {
    assertThatThrownBy(() -> new StudyFolder(temp).study()).hasMessageContaining("holds no study");
  }

  private static String metrics(StudyFolder folder, Cell cell) throws IOException {
    RunFolder run = folder.find(cell).orElseThrow();
    return Files.readString(run.path().resolve("metrics.jsonl"));
  }
}
