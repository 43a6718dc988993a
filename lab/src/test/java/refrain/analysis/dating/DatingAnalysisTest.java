package refrain.analysis.dating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declared;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.probe.PerTokenLosses;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Overrides;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** Tiny trained runs, analysed against each other. */
class DatingAnalysisTest {
  private static final String SET =
      """
      {"engine": "FUSED", "model": {"nLayers": %s}, "checkpoints": {"kind": "every", "steps": 4},
       "probing": {"every": 2, "thoroughEvery": 2, "measures": {"measures": ["LOSS", "ICL",
         "PREFIX_MATCHING", "PREVIOUS_TOKEN", "PER_TOKEN_LOSSES", "NGRAM_DIVERGENCE"]}}}
      """;

  @TempDir Path temp;

  private RunFolder train(int layers) {
    return train(layers, layers + "L");
  }

  private RunFolder train(int layers, String name) {
    RunSpec spec =
        Overrides.of(Presets.get("tiny"))
            .tree(Json.parse(SET.formatted(layers), "the test"), "the test")
            .resolve("the test");
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  @Test
  void allThatIsDeclaredIsFound() {
    RunFolder two = train(2);
    RunFolder one = train(1);
    try (Subject run = new Subject(two, one, 1);
        Subject control = new Subject(one, two, 1)) {
      for (AnalysisKind kind :
          Set.of(AnalysisKind.DATING, AnalysisKind.LOSS_PLANE, AnalysisKind.N_GRAMS)) {
        Findings found = kind.analysis().of(run);
        for (Declared each : kind.declared()) {
          Set<String> names =
              each instanceof Quantity ? found.values().keySet() : found.series().keySet();
          assertThat(names).contains(each.key());
        }
      }
      Findings dates = AnalysisKind.DATING.analysis().of(run);
      // Twenty probes after step 0, each thorough, of the run and of its control.
      assertThat(dates.series("curve.icl.steps")).hasSize(20);
      // The other run's control is this run: the bump seen from the other side.
      double[] here = dates.series("curve.bump");
      double[] there = AnalysisKind.DATING.analysis().of(control).series("curve.bump");
      assertThat(here).hasSize(20);
      for (int i = 0; i < here.length; i++) {
        assertThat(there[i]).isEqualTo(-here[i]);
      }
      // No table of three tokens predicts the second saying of a block otherwise than the first.
      assertThat(AnalysisKind.N_GRAMS.analysis().of(run).value("ngram.unseen.trigram.gain"))
          .isZero();
    }
  }

  @Test
  void theModelsOfASeedShareOnePlane() {
    RunFolder two = train(2);
    RunFolder one = train(1);
    RunFolder three = train(3);
    try (Subject run = new Subject(two, one, List.of(three), 1)) {
      assertThat(run.companions()).hasSize(3);
      Findings found = AnalysisKind.LOSS_PLANE.analysis().of(run);
      assertThat(found.value("pca.models")).isEqualTo(3);
      assertThat(found.series("pca.x")).hasSize(11); // step 0 and ten checkpoints
      assertThat(found.series("pca.control.x")).hasSize(11);
      assertThat(found.value("pca.explained")).isBetween(.2, 1.0);
    }
    try (Subject run = new Subject(two, null, 1)) {
      Findings alone = AnalysisKind.LOSS_PLANE.analysis().of(run);
      assertThat(alone.value("pca.models")).isEqualTo(1);
      assertThat(alone.value("pca.control.pivot.step")).isNaN();
    }
  }

  /** Probes read whole sequences; the plane reads each up to its index. */
  @Test
  void lossesOfExamplesAreThoseThatProbesMeasure() {
    RunFolder folder = train(2);
    try (Subject run = new Subject(folder, null, 1)) {
      long last = run.steps()[run.steps().length - 1];
      double[] measured = run.metrics().rows().getLast().list("loss.perExample");
      assertThat(measured).isNotNull();
      int[] indices =
          new PerTokenLosses(run.spec().probing().measures().seed())
              .indices(10_000, run.spec().context());
      int[][] tokens = run.evaluation(10_000).tokens();
      int n = measured.length;
      double[] read =
          LossTrajectory.losses(
              run.state(last), Arrays.copyOf(tokens, n), Arrays.copyOf(indices, n));
      for (int i = 0; i < n; i++) {
        assertThat(read[i]).isCloseTo(measured[i], within(1e-5));
      }
    }
  }

  @Test
  void longTrajectoriesAreThinnedEvenly() {
    long[] steps = LongStream.rangeClosed(0, 50).map(i -> 20 * i).toArray();
    assertThat(LossTrajectory.thinned(steps, 26))
        .hasSize(26)
        .startsWith(0, 40, 80)
        .endsWith(960, 1000);
    assertThat(LossTrajectory.thinned(new long[] {5, 9}, 26)).containsExactly(5, 9);
  }
}
