package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static refrain.intervene.Laboratory.BATCH;
import static refrain.intervene.Laboratory.DONORS;
import static refrain.intervene.Laboratory.HEAD;
import static refrain.intervene.Laboratory.MODEL;
import static refrain.intervene.Laboratory.PARAMETERS;
import static refrain.intervene.Laboratory.SPEC;
import static refrain.intervene.Laboratory.assertClose;
import static refrain.intervene.Laboratory.clean;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.model.FusedTransformer;
import refrain.model.HeadId;
import refrain.model.Plan;

class EnginesTest {
  /** Every kind compiled by and for the fast engine gives what the reference gives, in training. */
  @Test
  void fusedEngineTrainsUnderInterventionsLikeTheReference() {
    HeadId early = new HeadId(0, 1);
    Source other = new Source.Input("other");
    List<List<Intervention>> lists =
        List.of(
            Laboratory.patternPreservingAblation(HEAD),
            List.of(Intervention.mean(Site.of(HEAD)), Intervention.mean(Site.mlp(0))),
            List.of(Intervention.resample(Site.of(HEAD), 3)),
            List.of(new Intervention.Scale(Site.parse("blocks.1.attn.hook_v[1]"), .5, List.of(2))),
            List.of(new Intervention.Replace(Site.parse("hook_embed"), other, List.of(1, 3))),
            List.of(new Intervention.FreezePatterns(List.of(HEAD), new Source.Checkpoint("a@1"))),
            List.of(new Intervention.ClampPattern(List.of(early), Template.INDUCTION, .5)),
            List.of(new Intervention.AttentionBias(List.of(early), Template.PREVIOUS_TOKEN, 2)),
            List.of(
                new Intervention.ReplaceEdge(
                    Site.of(early), HEAD, Plan.Input.K, Source.MEAN, List.of()),
                new Intervention.ReplaceEdge(
                    Site.mlp(0), HEAD, Plan.Input.V, other, List.of(0, 4))));
    try (FusedTransformer fused = new FusedTransformer(SPEC, 1)) {
      for (List<Intervention> list : lists) {
        Interventions compiled = Interventions.of(SPEC, list);
        float[] expected = new float[PARAMETERS.arena().length];
        float[] found = new float[PARAMETERS.arena().length];
        Plan plan = compiled.plan(MODEL, PARAMETERS, BATCH, DONORS);
        Plan fast = compiled.plan(fused, PARAMETERS, BATCH, DONORS);
        float[][] losses = MODEL.gradient(PARAMETERS, BATCH, plan, expected);
        assertClose(fused.gradient(PARAMETERS, BATCH, fast, found), losses);
        assertThat(found).as(list.toString()).containsExactly(expected, within(1e-4f));
        assertThat(distance(losses, clean())).as(list.toString()).isGreaterThan(1e-3);
      }
    }
  }

  private static double distance(float[][] a, float[][] b) {
    double most = 0;
    for (int s = 0; s < a.length; s++) {
      for (int t = 0; t < a[s].length; t++) {
        most = Math.max(most, Math.abs(a[s][t] - b[s][t]));
      }
    }
    return most;
  }
}
