package refrain.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.intervene.Intervention;
import refrain.intervene.Moment;
import refrain.intervene.Source;
import refrain.model.Plan;
import refrain.store.MetricsRow;
import refrain.train.LossMask;
import refrain.train.Presets;
import refrain.train.RunSpec;

class BehaviourAnalysisTest {
  private static final RunSpec R0 = Presets.get("r0-2l").with(s -> s.steps = 400);

  private static RunSpec cut(@Nullable Integer until) {
    return R0.with(s ->
        s.interventions =
            List.of(
                new Intervention.ReplaceLayerEdges(
                    0,
                    1,
                    List.of(Plan.Input.K),
                    Source.ZERO,
                    new Moment(0, null),
                    until == null ? null : new Moment(until, null))));
  }

  /** Probes every 10 steps; from one on the loss on repeats falls by .4 nats a probe from 4.8. */
  private static List<MetricsRow> falling(int from, int last) {
    List<MetricsRow> rows = new ArrayList<>();
    for (int step = 0; step <= last; step += 10) {
      double again = Math.max(.5, 4.8 - .4 * Math.max(0, step - from) / 10);
      rows.add(
          MetricsRow.at(step)
              .put("repeat.again", again)
              .put("repeat", again - 4.9)
              .put("icl", -step / 1000.0)
              .put("lone", -step / 100.0)
              .put("offset.0.best", .9)
              .put("offset.1.best", .1)
              .put("offset.4.best", step > from ? .6 : .05));
    }
    return rows;
  }

  @Test
  void aReleasedRunWaitsUntilItCopies() {
    Findings found = BehaviourAnalysis.of(cut(200), falling(240, 400));
    assertThat(found.value("behave.release")).isEqualTo(200);
    // -.1 - .4 n reaches -2 at n = 4.75, on the line between the probes at 280 and 290.
    assertThat(found.value("behave.step")).isCloseTo(287.5, within(1e-9));
    assertThat(found.value("behave.wait")).isCloseTo(87.5, within(1e-9));
    assertThat(found.value("behave.copies")).isEqualTo(1);
    assertThat(found.value("behave.again.blocked")).isEqualTo(4.8);
    assertThat(found.value("behave.icl.blocked")).isEqualTo(-.19);
    assertThat(found.value("behave.lone.blocked")).isEqualTo(-1.9);
    assertThat(found.value("behave.again")).isEqualTo(.5);
    // The token itself, d = 0, is no place that something is copied from.
    assertThat(found.value("behave.offset")).isEqualTo(4);
    assertThat(found.value("behave.offset.score")).isEqualTo(.6);
  }

  @Test
  void aRunThatNeverCopiesHasALowerBound() {
    Findings found = BehaviourAnalysis.of(cut(200), falling(390, 400));
    assertThat(found.value("behave.step")).isNaN();
    assertThat(found.value("behave.copies")).isEqualTo(0);
    assertThat(found.value("behave.wait")).isEqualTo(200);
  }

  @Test
  void aRunThatIsBlockedToItsEndWasNeverReleased() {
    Findings found = BehaviourAnalysis.of(cut(null), falling(240, 400));
    assertThat(found.value("behave.release")).isNaN();
    assertThat(found.value("behave.wait")).isNaN();
    assertThat(found.value("behave.again.blocked")).isEqualTo(.5);
  }

  @Test
  void aPlainRunWaitsFromTheBeginningAndIsNeverBlocked() {
    Findings found = BehaviourAnalysis.of(R0, falling(240, 400));
    assertThat(found.value("behave.release")).isEqualTo(0);
    assertThat(found.value("behave.wait")).isEqualTo(found.value("behave.step"));
    assertThat(found.value("behave.again.blocked")).isNaN();
    RunSpec masked =
        R0.with(s -> s.masks = List.of(new LossMask(LossMask.Targets.COPYABLE, 50, 120)));
    assertThat(BehaviourAnalysis.of(masked, falling(240, 400)).value("behave.release"))
        .isEqualTo(120);
  }
}
