package refrain.analysis.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.WeightMemories;
import refrain.analysis.smear.SmearCircuitAnalysis;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

class MechanismAnalysisTest {
  @TempDir Path temp;

  private RunFolder train(RunSpec spec) {
    Path folder = temp.resolve(spec.name());
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  @Test
  void aRunWithoutHeadsHasMemoriesAndNoCircuit() {
    RunFolder run = train(Presets.get("tiny"));
    MechanismAnalysis analysis = new MechanismAnalysis();
    try (Subject subject = new Subject(run, null, 1)) {
      Findings found = analysis.of(subject);
      assertThat(found.value("mech.induction.heads")).isZero();
      assertThat(found.value("mech.ov.induction")).isNaN();
      assertThat(found.value("mech.edge.k")).isNaN();
      assertThat(found.series("mech.memory.steps")).containsExactly(0, 10, 20, 30, 40);
      WeightMemories last =
          new WeightMemories(subject.last().parameters(), subject.spec().context());
      assertThat(found.value("mech.memory.match")).isEqualTo(last.bestMatch());
      assertThat(found.series("mech.memory.copy")[4]).isEqualTo(last.bestCopy());
      assertThat(found.hasSeries("mech.aligned")).isFalse();
    }
    SmearCircuitAnalysis smear = new SmearCircuitAnalysis();
    try (Subject subject = new Subject(run, null, 1)) {
      Findings found = smear.of(subject);
      assertThat(found.value("smear2.own")).isEqualTo(1);
      assertThat(found.series("smear2.profile")).hasSize(found.series("smear2.offsets").length);
    }
  }

  @Test
  void aModelOfOneLayerIsRefused() {
    RunSpec tiny = Presets.get("tiny");
    RunFolder run =
        train(
            tiny.with(
                s -> s.name = "one",
                s -> s.model = tiny.model().with(m -> m.nLayers = 1),
                s -> s.steps = 5));
    try (Subject subject = new Subject(run, null, 1)) {
      assertThatThrownBy(() -> new MechanismAnalysis().of(subject))
          .isInstanceOf(RefrainException.class)
          .hasMessage(
              "mechanism: no row of the metrics has comp.k.best.z; expected a run of two layers or"
                  + " more, with thorough probes");
    }
  }

  @Test
  void headsAreFoundByTheirScores() {
    ModelSpec spec = ModelSpec.attentionOnly(2, 8, 4, 64, 9);
    double[][] pm = {{.9, 0, 0, 0}, {.3, .8, .1, .2}};
    double[][] previous = {{.1, .4, .19, .2}, {.9, 0, 0, 0}};
    MetricsRow row = row(.05, pm, previous);
    Circuit heads = MechanismAnalysis.circuit(spec, row);
    assertThat(heads.matching())
        .containsExactly(new HeadId(1, 1), new HeadId(1, 0), new HeadId(1, 3));
    assertThat(heads.previous()).containsExactly(new HeadId(0, 1), new HeadId(0, 3));
    assertThat(heads.notPrevious(spec)).containsExactly(new HeadId(0, 0), new HeadId(0, 2));
    assertThat(heads.others(spec)).hasSize(5).contains(new HeadId(1, 2), new HeadId(0, 0));
    assertThat(Circuit.of(Heads.of(spec, h -> 0, .05), spec, row).matching()).isEmpty();
    // Three times uniform attention's score is more than .2 here.
    assertThat(MechanismAnalysis.circuit(spec, row(.2, pm, previous)).matching())
        .isEqualTo(List.of(new HeadId(1, 1)));
  }

  private static MetricsRow row(double chance, double[][] pm, double[][] previous) {
    MetricsRow row = MetricsRow.at(9).put("pm.uniform", chance);
    for (int l = 0; l < 2; l++) {
      for (int h = 0; h < 4; h++) {
        row.put("pm.L" + l + "H" + h, pm[l][h]).put("prev.L" + l + "H" + h, previous[l][h]);
      }
    }
    return row;
  }

  @Test
  void codesCopyTheBetterTheMoreNumbersTheyHave() {
    // With many numbers a token's code is orthogonal to all others: r = 1/2, the score 1.
    assertThat(CircuitWeights.copyingOfRandomCodes(20_000, 4)).isCloseTo(1, within(.03));
    assertThat(CircuitWeights.copyingOfRandomCodes(16, 15))
        .isLessThan(CircuitWeights.copyingOfRandomCodes(32, 15));
  }
}
