package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.RunSummary;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.report.StudyJson;
import refrain.report.StudyReport;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.study.Study.Cell;
import refrain.study.Variant.Settled;
import tools.jackson.databind.JsonNode;

class StudyRunnerTest {
  @TempDir Path temp;

  private static Study study(int seeds) {
    JsonNode none = Json.object();
    return new Study(
        "test",
        "A test",
        seeds,
        seeds,
        false,
        0,
        0,
        List.of(),
        List.of(
            new Variant("plain", "tiny", none, 9, 9, null, Settled.AT_END, List.of()),
            new Variant(
                "longer",
                "tiny",
                Json.parse("{\"steps\": 60}", "x"),
                1,
                1,
                "plain",
                Settled.AT_END,
                List.of()),
            new Variant(
                "waits",
                "tiny",
                Json.parse("{\"batch\": 3}", "x"),
                9,
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
          public void started(Cell cell, int step) {
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

  @Test
  void aFailedRunIsReportedAndTheOthersGoOn() {
    Study broken =
        new Study(
            "broken",
            "One cannot run",
            1,
            1,
            false,
            0,
            0,
            List.of(),
            List.of(
                new Variant(
                    "bad",
                    "tiny",
                    Json.parse("{\"model\": {\"dVocab\": 99}}", "x"),
                    1,
                    1,
                    null,
                    Settled.AT_END,
                    List.of()),
                new Variant(
                    "good",
                    "tiny",
                    Json.object(),
                    1,
                    1,
                    "bad",
                    Settled.AT_TWICE_CONTROL,
                    List.of())),
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
    assertThat(result.failures().get(broken))
        .hasMessageContaining("nothing was measured in this run");
    assertThat(told).containsExactly(broken.label());
    for (Cell cell : study(1).cells()) {
      assertThat(folder.read(StudyListener.NONE).run(cell).orElseThrow().findings().isEmpty())
          .isEqualTo(cell.equals(broken));
    }
  }

  @Test
  void theReportIsDrawnFromTheFolderAlone() {
    StudyFolder folder = new StudyFolder(temp);
    new StudyRunner(study(1), folder, 2, () -> false, StudyListener.NONE).run();
    StudyResults results = new StudyFolder(temp).read(StudyListener.NONE);
    Figures figures = FiguresFile.in(temp, results.study());
    String html = new StudyReport(results, figures, "refrain test").page().html();
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
