package refrain.analysis.given;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.IclReading;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.store.RunFolder;
import refrain.train.EngineKind;
import refrain.train.Presets;
import refrain.train.Probing;
import refrain.train.RunSpec;
import refrain.train.Seeds;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** When a run has half of what its control has in the end; and what an oracle gives a run. */
class HalfOfControlTest {
  private static final RunSpec TINY =
      Presets.get("tiny")
          .with(
              s -> s.steps = 60,
              s -> s.engine = EngineKind.FUSED,
              s -> s.optimizer = s.optimizer.withRate(.02),
              s -> s.probing = new Probing(1, 0, 8, s.probing.measures()));

  @TempDir Path temp;

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  @Test
  void theDateIsReadAtHalfOfTheControlsFinalScoreOnTheRunsOwnSequences() {
    RunFolder control = train(TINY.with(s -> s.seeds = new Seeds(1, 1, 5)), "control");
    RunFolder run = train(TINY, "run");
    Findings found;
    double bar;
    try (Subject subject = new Subject(run, control, 1)) {
      found = new HalfOfControlAnalysis().of(subject);
      Batch batch = subject.evaluation(8);
      Subject other = subject.control().orElseThrow();
      bar = IclReading.of(other.last().losses(batch, List.of()), subject.iclIndices()).icl() / 2;
    }
    assertThat(found.value("half.bar")).isCloseTo(bar, within(1e-12));
    double step = found.value("half.step");
    double last = Double.isNaN(step) ? 60 : step;
    assertThat(found.value("half.date")).isCloseTo(Math.log(last + 10), within(1e-12));
    assertThat(found.value("half.reached")).isEqualTo(Double.isNaN(step) ? 0 : 1);
    try (Subject alone = new Subject(run, null, 1)) {
      assertThat(new HalfOfControlAnalysis().of(alone).value("half.date")).isNaN();
    }
  }

  @Test
  void aRunWithoutAnOracleHasNoLeak() {
    List<Intervention> clamp =
        List.of(
            new Intervention.ClampPattern(List.of(new HeadId(1, 0)), Template.INDUCTION, 1),
            new Intervention.AttentionBias(List.of(new HeadId(0, 0)), Template.INDUCTION, -30));
    assertThat(Intervention.oracles(clamp)).isEqualTo("clamp to INDUCTION, bias by INDUCTION");
    Findings told = oracle(TINY.with(s -> s.steps = 5, s -> s.interventions = clamp), "told");
    assertThat(told.value("leak.icl")).isLessThan(-.1);
    assertThat(told.value("leak.icl.elsewhere")).isGreaterThan(told.value("leak.icl"));
    Findings untold = oracle(TINY.with(s -> s.steps = 5), "untold");
    assertThat(untold.value("leak.icl")).isNaN();
    assertThat(untold.value("leak.share")).isNaN();
  }

  private Findings oracle(RunSpec spec, String name) {
    try (Subject subject = new Subject(train(spec, name), null, 1)) {
      return new OracleAnalysis().of(subject);
    }
  }
}
