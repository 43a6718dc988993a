package refrain.analysis.dating;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declared;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
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
      {"engine": "FUSED", "model": {"nLayers": %d},
       "probing": {"every": 2, "thoroughEvery": 2, "measures": {"measures": ["LOSS", "ICL",
         "PREFIX_MATCHING", "PREVIOUS_TOKEN", "PER_TOKEN_LOSSES", "NGRAM_DIVERGENCE"]}}}
      """;

  @TempDir Path temp;

  private RunFolder train(int layers) {
    RunSpec spec =
        Overrides.of(Presets.get("tiny"))
            .tree(Json.parse(SET.formatted(layers), "the test"), "the test")
            .resolve("the test");
    Path folder = temp.resolve(layers + "L");
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  @Test
  void allThatIsDeclaredIsFound() {
    RunFolder two = train(2);
    RunFolder one = train(1);
    try (Subject run = new Subject(two, one, 1);
        Subject control = new Subject(one, two, 1)) {
      for (AnalysisKind kind : Set.of(AnalysisKind.DATING, AnalysisKind.N_GRAMS)) {
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
      assertThat(dates.series("pca.control.x")).hasSize(21);
      assertThat(dates.value("pca.explained")).isBetween(.2, 1.0);
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
}
