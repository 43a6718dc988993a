package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static refrain.intervene.Laboratory.BATCH;
import static refrain.intervene.Laboratory.DONORS;
import static refrain.intervene.Laboratory.HEAD;
import static refrain.intervene.Laboratory.MODEL;
import static refrain.intervene.Laboratory.OTHER;
import static refrain.intervene.Laboratory.PARAMETERS;
import static refrain.intervene.Laboratory.assertClose;
import static refrain.intervene.Laboratory.clean;
import static refrain.intervene.Laboratory.distance;
import static refrain.intervene.Laboratory.losses;
import static refrain.intervene.Laboratory.plan;
import static refrain.intervene.Laboratory.record;
import static refrain.intervene.Laboratory.recordOf;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;

class InterventionsTest {
  @Test
  void zeroingAHeadIsZeroingItsWeights() {
    Parameters cut = PARAMETERS.copy();
    float[] w = cut.get("blocks.1.attn.W_O");
    Arrays.fill(w, 2 * 3 * 7, 3 * 3 * 7, 0);
    Parameters.write(cut.layout().get("blocks.1.attn.W_O"), w, cut.arena());
    float[][] expected = MODEL.forward(cut, BATCH, Plan.NONE, Observer.NONE);
    assertThat(losses(plan(Intervention.zero(Site.of(HEAD))))).isDeepEqualTo(expected);
    assertThat(losses(plan(new Intervention.Scale(Site.of(HEAD), 0, List.of()))))
        .isDeepEqualTo(expected);
    assertThat(expected).isNotEqualTo(clean());
  }

  @Test
  void zeroingAnMlpIsZeroingItsWeights() {
    Parameters cut = PARAMETERS.copy();
    Parameters.write(cut.layout().get("blocks.1.mlp.W_out"), new float[5 * 7], cut.arena());
    assertThat(losses(plan(Intervention.zero(Site.mlp(1)))))
        .isDeepEqualTo(MODEL.forward(cut, BATCH, Plan.NONE, Observer.NONE));
  }

  @Test
  void patchingTheStreamGivesTheDonorsOutputs() {
    Intervention all =
        new Intervention.Replace(
            Site.of(HookKind.RESID_PRE, 1), new Source.Input("other"), List.of());
    Map<HookPoint, float[][]> patched = record(plan(all), BATCH);
    Map<HookPoint, float[][]> donor = record(Plan.NONE, OTHER);
    assertThat(distance(patched, donor, HookKind.LOGITS, -1)).isLessThan(1e-5);
    assertThat(distance(patched, donor, HookKind.RESID_PRE, 0)).isGreaterThan(.1);
    // At one position only: nothing before it changes.
    Intervention one =
        new Intervention.Replace(
            Site.of(HookKind.RESID_PRE, 1), new Source.Input("other"), List.of(3));
    float[][] partly = losses(plan(one));
    for (int s = 0; s < 3; s++) {
      assertThat(Arrays.copyOf(partly[s], 3)).isEqualTo(Arrays.copyOf(clean()[s], 3));
      assertThat(partly[s][3]).isNotEqualTo(clean()[s][3]);
    }
  }

  @Test
  void patchingWithTheCleanRunChangesNothing() {
    for (Intervention i :
        List.of(
            new Intervention.Replace(Site.of(HEAD), Source.CLEAN, List.of()),
            new Intervention.Replace(new Site(HookKind.V, 0, 1), Source.CLEAN, List.of(1, 2)),
            new Intervention.FreezePatterns(List.of(), Source.CLEAN),
            new Intervention.ReplaceEdge(
                Site.of(new HeadId(0, 3)), HEAD, Plan.Input.V, Source.CLEAN, List.of()))) {
      assertClose(losses(plan(i)), clean());
    }
  }

  @Test
  void meanIsTheBatchMean() {
    Map<HookPoint, float[][]> before = record(Plan.NONE, BATCH);
    Map<HookPoint, float[][]> after = record(plan(Intervention.mean(Site.of(HEAD))), BATCH);
    float[][] z = before.get(HookPoint.of(HookKind.Z, 1));
    float[][] edited = after.get(HookPoint.of(HookKind.Z, 1));
    for (int i = 0; i < z[0].length; i++) {
      boolean own = i / 3 % 4 == HEAD.head();
      for (int s = 0; s < 3; s++) {
        float expected = own ? (z[0][i] + z[1][i] + z[2][i]) / 3 : z[s][i];
        assertThat(edited[s][i]).isCloseTo(expected, within(1e-6f));
      }
    }
  }

  @Test
  void resamplingTakesAnotherSequencesValues() {
    float[][] z = record(Plan.NONE, BATCH).get(HookPoint.of(HookKind.Z, 1));
    Plan plan = plan(Intervention.resample(Site.of(HookKind.Z, 1), 4));
    float[][] edited = record(plan, BATCH).get(HookPoint.of(HookKind.Z, 1));
    int[] from = DonorRuns.derangement(3, 4);
    for (int s = 0; s < 3; s++) {
      assertThat(from[s]).isNotEqualTo(s);
      assertThat(edited[s]).containsExactly(z[from[s]], within(1e-6f));
    }
  }

  @Test
  void derangementsMoveEverything() {
    for (int n = 2; n < 9; n++) {
      for (long seed = 0; seed < 20; seed++) {
        int[] to = DonorRuns.derangement(n, seed);
        for (int i = 0; i < n; i++) {
          assertThat(to[i]).isNotEqualTo(i);
        }
        assertThat(Arrays.stream(to).distinct().count()).isEqualTo(n);
      }
    }
  }

  /** Freezing all patterns and zeroing a head: where heads look stays, what the head moves goes. */
  @Test
  void patternPreservingAblationFreezesWhereHeadsLook() {
    Plan plan = plan(Laboratory.patternPreservingAblation(HEAD).toArray(Intervention[]::new));
    Map<HookPoint, float[][]> before = record(Plan.NONE, BATCH);
    Map<HookPoint, float[][]> preserved = record(plan, BATCH);
    Map<HookPoint, float[][]> full = record(plan(Intervention.zero(Site.of(HEAD))), BATCH);
    for (int l = 0; l < 3; l++) {
      assertThat(distance(before, preserved, HookKind.PATTERN, l)).isLessThan(1e-6);
    }
    assertThat(distance(before, full, HookKind.PATTERN, 2)).isGreaterThan(1e-3);
    assertThat(distance(full, preserved, HookKind.LOGITS, -1)).isGreaterThan(1e-3);
    assertThat(distance(before, preserved, HookKind.LOGITS, -1)).isGreaterThan(1e-3);
  }

  @Test
  void patternsOfACheckpointAreThatModels() {
    Plan plan = plan(new Intervention.FreezePatterns(List.of(HEAD), new Source.Checkpoint("a@1")));
    float[][] here = record(plan, BATCH).get(HookPoint.of(HookKind.PATTERN, 1));
    float[][] there =
        recordOf(DONORS.checkpoint("a@1"), Plan.NONE, BATCH).get(HookPoint.of(HookKind.PATTERN, 1));
    for (int s = 0; s < 3; s++) {
      assertThat(Arrays.copyOfRange(here[s], 50, 75))
          .containsExactly(Arrays.copyOfRange(there[s], 50, 75), within(1e-6f));
    }
  }

  @Test
  void clampedAndBiasedHeadsFollowTheTemplate() {
    Plan plan =
        plan(
            new Intervention.ClampPattern(List.of(HEAD), Template.INDUCTION, 1),
            new Intervention.AttentionBias(List.of(new HeadId(0, 1)), Template.PREVIOUS_TOKEN, 50));
    Map<HookPoint, float[][]> seen = record(plan, BATCH);
    float[][] clamped = seen.get(HookPoint.of(HookKind.PATTERN, 1));
    float[][] biased = seen.get(HookPoint.of(HookKind.PATTERN, 0));
    assertThat(Arrays.copyOfRange(clamped[0], 50, 75))
        .containsExactly(Template.INDUCTION.pattern(BATCH.tokens()[0], 5));
    for (int i = 1; i < 5; i++) {
      assertThat(biased[1][25 + i * 5 + i - 1]).isCloseTo(1, within(1e-6f));
    }
  }
}
