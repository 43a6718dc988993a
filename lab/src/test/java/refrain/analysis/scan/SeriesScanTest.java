package refrain.analysis.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.base.RefrainException;
import refrain.catalog.RunRow;
import refrain.data.RepeatedTokens;
import refrain.export.HuggingFace;
import refrain.model.Parameters;
import refrain.model.Positions;
import refrain.pretrained.SeriesPlaces;
import refrain.store.Checkpoint;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.store.SeriesWriter;
import refrain.train.EngineKind;
import refrain.train.Engines;
import refrain.train.Formation;
import refrain.train.Presets;
import refrain.train.Probing;
import refrain.train.RunSpec;
import refrain.train.Snapshot;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** A run with learned positions, saved at every probe and exported, against itself as a series. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeriesScanTest {
  private static final int EVERY = 10;

  @TempDir static Path temp;
  private RunFolder run;
  private final List<Path> exported = new ArrayList<>();

  @BeforeAll
  void train() {
    RunSpec spec =
        Presets.get("r1-2l")
            .with(
                s ->
                    s.model =
                        s.model.with(
                            m -> m.positions = new Positions.Learned(.02),
                            m -> m.dModel = 32,
                            m -> m.dHead = 8,
                            m -> m.dVocab = 24,
                            m -> m.nCtx = 20),
                s -> s.data = new RepeatedTokens(24),
                s -> s.context = 20,
                s -> s.batch = 16,
                s -> s.steps = 30 * EVERY,
                s -> s.engine = EngineKind.FUSED,
                s ->
                    s.probing =
                        new Probing(EVERY, 5 * EVERY, 12, s.probing.measures().withIcl(null)),
                s -> s.checkpoints = CheckpointSchedule.every(EVERY));
    Path folder = temp.resolve("run");
    Trainer.run(spec, folder, TrainControl.threads(2), TrainListener.NONE);
    run = RunFolder.at(folder);
    export(first(spec));
    run.checkpoints().list().forEach(this::export);
  }

  /** The state before the first step, of which no checkpoint is kept, as one. */
  private Checkpoint first(RunSpec spec) {
    Path folder = temp.resolve("first");
    try (SeriesWriter writer =
        SeriesWriter.open(
            folder, Json.tree(spec), spec.identity(), Map.of(), Engines.arithmetic())) {
      writer.keep(Snapshot.weights(0, Parameters.init(spec.model(), spec.seeds().init())));
    }
    return RunFolder.at(folder).checkpoints().at(0);
  }

  private void export(Checkpoint checkpoint) {
    Path folder = temp.resolve("exported/step" + checkpoint.step());
    HuggingFace.write(run, checkpoint, folder);
    exported.add(folder);
  }

  private SeriesScan scan(List<Path> places, @Nullable RunFolder like, boolean keep) {
    return SeriesScan.of(SeriesPlaces.of(places), "exported", like, keep, 2);
  }

  @Test
  void theScoresOfTheRunAndItsDates() {
    Path folder = temp.resolve("series");
    SeriesScan scan = scan(exported, run, false);
    SeriesScan.Result result = scan.run(folder, Progress.SILENT);
    assertThat(result.measured()).isEqualTo(31).isEqualTo(result.all());
    assertThat(result.warnings()).isEmpty();
    RunFolder series = RunFolder.at(folder);
    List<MetricsRow> rows = series.metrics().rows();
    List<MetricsRow> own = run.metrics().having("icl");
    assertThat(rows).hasSameSizeAs(own);
    for (int i = 0; i < rows.size(); i++) {
      MetricsRow row = rows.get(i);
      MetricsRow expected = own.get(i);
      assertThat(row.step()).isEqualTo(expected.step());
      expected
          .values()
          .forEach((name, value) -> {
            // Of the training, and of whose draws of single positions the ranks may swap.
            if (name.startsWith("train.") || name.equals("tokens") || name.endsWith(".head")) {
              return;
            }
            assertThat(row.value(name))
                .as("%s at step %s", name, row.step())
                .isCloseTo(value, within(1e-5));
          });
    }
    sameFormation(Curves.of(series.metrics()), Curves.of(run.metrics()));
    sameDates(series);
    RunRow row = RunRow.of(series, null);
    assertThat(row.state()).isEqualTo(RunRow.State.DONE);
    assertThat(row.step()).isEqualTo(30 * EVERY);
    assertThat(row.name()).isEqualTo("exported");
    assertThat(series.checkpoints().list()).extracting(Checkpoint::step).containsExactly(300L);
  }

  /** At a bar that its small heads pass on the way. */
  private static void sameFormation(Curves found, Curves expected) {
    double[] scores = expected.prefixMatching();
    double low = Arrays.stream(scores).min().orElseThrow();
    double high = Arrays.stream(scores).max().orElseThrow();
    Formation rule = new Formation((low + high) / 2, 1);
    assertThat(rule.index(scores, Double.NaN)).isPositive();
    assertThat(rule.index(found.prefixMatching(), Double.NaN))
        .isEqualTo(rule.index(scores, Double.NaN));
    assertThat(found.formed()).isEqualTo(expected.formed());
  }

  private void sameDates(RunFolder series) {
    try (Subject theirs = new Subject(series, null, 2);
        Subject ours = new Subject(run, null, 2)) {
      Findings expected = AnalysisKind.DATING.analysis().of(ours);
      Findings found = AnalysisKind.DATING.analysis().of(theirs);
      assertThat(found.values().keySet()).isEqualTo(expected.values().keySet());
      expected
          .values()
          .forEach((name, value) -> {
            // Of gradients a series knows nothing.
            if (!name.startsWith("date.") || name.contains(".grad.") || Double.isNaN(value)) {
              return;
            }
            assertThat(found.value(name))
                .as(name)
                .isCloseTo(value, within(1e-2 * Math.max(1, Math.abs(value))));
          });
      assertThat(expected.value("date.icl.tau")).isGreaterThan(0);
    }
  }

  @Test
  void whatIsStoppedGoesOn() throws IOException {
    Path folder = temp.resolve("stopped");
    List<Path> some = exported.subList(0, 6);
    SeriesScan.Result stopped =
        scan(some, run, true).run(folder, (done, _) -> done < 2.5 / some.size());
    assertThat(stopped.measured()).isEqualTo(3);
    RunFolder series = RunFolder.at(folder);
    assertThat(series.outcome()).isEmpty();
    assertThat(RunRow.of(series, null).state()).isEqualTo(RunRow.State.INTERRUPTED);
    List<MetricsRow> before = series.metrics().rows();
    assertThat(before).hasSize(3);
    SeriesScan.Result whole = scan(some, run, true).run(folder, Progress.SILENT);
    assertThat(whole.measured()).isEqualTo(6);
    assertThat(series.metrics().rows()).hasSize(6).startsWith(before.toArray(MetricsRow[]::new));
    assertThat(series.checkpoints().list())
        .extracting(Checkpoint::step)
        .containsExactly(0L, 10L, 20L, 30L, 40L, 50L);
    assertThat(series.info().sessions()).hasSize(2);
    // Again: nothing is left.
    String rows = Files.readString(folder.resolve("metrics.jsonl"));
    assertThat(scan(some, run, true).run(folder, Progress.SILENT).measured()).isEqualTo(6);
    assertThat(folder.resolve("metrics.jsonl")).hasContent(rows);
    assertThatThrownBy(() -> scan(exported, run, false).run(folder, Progress.SILENT))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("holds another run or another series");
  }

  @Test
  void neighboursWithTheSameWeightsAreSaid() {
    Path twice = temp.resolve("exported/step77");
    HuggingFace.write(run, run.checkpoints().at(10), twice);
    SeriesScan.Result result =
        scan(List.of(exported.get(1), exported.get(2), twice), run, false)
            .run(temp.resolve("twice"), Progress.SILENT);
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .startsWith("step 77 has the weights of step 10: ");
  }

  @Test
  void anotherShapeAmongThemIsRefused() throws IOException {
    Path other = temp.resolve("exported/step999");
    RunSpec wider = Trainer.spec(run).with(s -> s.model = s.model.with(m -> m.dMlp = 8));
    Path folder = temp.resolve("wider");
    try (SeriesWriter writer =
        SeriesWriter.open(
            folder, Json.tree(wider), wider.identity(), Map.of(), Engines.arithmetic())) {
      writer.keep(Snapshot.weights(0, Parameters.init(wider.model(), 1)));
    }
    RunFolder of = RunFolder.at(folder);
    HuggingFace.write(of, of.checkpoints().at(0), other);
    SeriesScan scan = scan(List.of(exported.get(1), other), run, false);
    assertThatThrownBy(() -> scan.run(temp.resolve("shapes"), Progress.SILENT))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("step999: is another model than ")
        .hasMessageContaining("dMlp")
        .hasMessageContaining("expected checkpoints of one model");
    assertThat(RunFolder.at(temp.resolve("shapes")).metrics().rows()).hasSize(1);
  }

  @Test
  void nothingOfASeriesIsTrained() {
    Path folder = temp.resolve("untrained");
    SeriesScan scan = scan(exported.subList(0, 2), run, false);
    scan.run(folder, Progress.SILENT);
    assertThatThrownBy(() -> Trainer.replay(RunFolder.at(folder), 0, 10, 1, _ -> {}))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("is a series of checkpoints that others trained");
    assertThatThrownBy(
            () -> Trainer.extend(folder, 900, TrainControl.threads(1), TrainListener.NONE))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("nothing of it can be trained here");
  }

  @Test
  void aRunOfOtherTokensIsNoMeasureForIt() {
    Path folder = temp.resolve("tiny");
    RunSpec tiny = Presets.get("tiny").with(s -> s.steps = 5);
    Trainer.run(tiny, folder, TrainControl.threads(1), TrainListener.NONE);
    assertThatThrownBy(() -> scan(exported, RunFolder.at(folder), false))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("reads sequences of 16 out of 16 tokens")
        .hasMessageContaining("knows 24 tokens");
  }
}
