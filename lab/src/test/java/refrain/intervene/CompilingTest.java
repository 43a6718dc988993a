package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static refrain.intervene.Laboratory.BATCH;
import static refrain.intervene.Laboratory.HEAD;
import static refrain.intervene.Laboratory.MODEL;
import static refrain.intervene.Laboratory.OTHER;
import static refrain.intervene.Laboratory.PARAMETERS;
import static refrain.intervene.Laboratory.SPEC;
import static refrain.intervene.Laboratory.plan;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;

class CompilingTest {
  @Test
  void staticPlansAreMadeOnce() {
    Interventions fixed =
        Interventions.of(
            SPEC,
            List.of(
                Intervention.zero(Site.of(HEAD)),
                new Intervention.AttentionBias(List.of(HEAD), Template.TWO_BACK, 2)));
    assertThat(fixed.isStatic()).isTrue();
    assertThat(fixed.plan(OTHER)).isSameAs(fixed.plan(BATCH));
    Interventions byTokens =
        Interventions.of(
            SPEC, List.of(new Intervention.ClampPattern(List.of(HEAD), Template.INDUCTION, 1)));
    assertThat(byTokens.isStatic()).isFalse();
    assertThat(byTokens.needsDonors()).isFalse();
    assertThat(byTokens.plan(BATCH).patterns()).hasSize(1);
    Interventions withDonors = Interventions.of(SPEC, List.of(Intervention.mean(Site.of(HEAD))));
    assertThat(withDonors.needsDonors()).isTrue();
    assertThatThrownBy(() -> withDonors.plan(BATCH)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesDonorsThatDoNotFit() {
    assertThatThrownBy(() ->
            plan(new Intervention.Replace(Site.of(HEAD), new Source.Input("short"), List.of())))
        .hasMessage("donor input 'short' has 1 sequences of 1 positions, expected 3 of 5");
    assertThatThrownBy(
            () -> plan(new Intervention.FreezePatterns(List.of(), new Source.Checkpoint("small"))))
        .hasMessageContaining("donor checkpoint 'small' is a model of another shape");
    Interventions mean = Interventions.of(SPEC, List.of(Intervention.resample(Site.of(HEAD), 1)));
    Batch single = Batch.of(new int[][] {{1, 2}});
    assertThatThrownBy(() -> mean.plan(MODEL, PARAMETERS, single, Donors.NONE))
        .hasMessageContaining("the batch has one sequence");
    Interventions unknown =
        Interventions.of(
            SPEC, List.of(new Intervention.FreezePatterns(List.of(), new Source.Checkpoint("a"))));
    assertThatThrownBy(() -> unknown.plan(MODEL, PARAMETERS, BATCH, Donors.NONE))
        .hasMessage("no donor checkpoint 'a': this command supplies none");
  }
}
