package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;

class SharedPassTest {
  private static final Parameters P = HandBuilt.induction(7, 11);
  private static final ReferenceTransformer MODEL = new ReferenceTransformer(P.spec());
  private static final Batch BATCH = batch();

  private static Batch batch() {
    Rng rng = Rng.of(3);
    int[][] tokens = new int[5][12];
    for (int[] sequence : tokens) {
      for (int t = 0; t < sequence.length; t++) {
        sequence[t] = rng.nextInt(7);
      }
    }
    return Batch.of(tokens);
  }

  private static float[][] losses(Plan plan) {
    return MODEL.forward(P, BATCH, plan, Observer.NONE);
  }

  /** One kept pass serves many lists as passes of their own would. */
  @Test
  void plansAreThoseOfTheirOwnPasses() {
    List<List<Intervention>> lists = new ArrayList<>();
    Site site = Site.parse("1.0");
    lists.add(List.of(Intervention.mean(site)));
    lists.add(List.of(Intervention.resample(site, 4)));
    lists.add(Laboratory.patternPreservingAblation(HeadId.parse("0.0")));
    for (Plan.Input input : Plan.Input.values()) {
      lists.add(
          List.of(
              new Intervention.ReplaceEdge(
                  Site.parse("0.0"), HeadId.parse("1.0"), input, Source.MEAN, List.of())));
    }
    List<Intervention> wanted = new ArrayList<>();
    lists.forEach(wanted::addAll);
    SharedPass pass = SharedPass.of(MODEL, P, BATCH, List.of(), wanted, Donors.NONE);
    for (List<Intervention> list : lists) {
      Plan own = Interventions.of(P.spec(), list).plan(MODEL, P, BATCH, Donors.NONE);
      assertThat(losses(pass.plan(list))).as(list.toString()).isDeepEqualTo(losses(own));
    }
  }

  /** Freezing a biased model's patterns keeps the bias: nothing changes. */
  @Test
  void theKeptPassIsUnderTheModelsOwnInterventions() {
    List<Intervention> own =
        List.of(
            new Intervention.AttentionBias(
                List.of(HeadId.parse("1.0")), Template.PREVIOUS_TOKEN, 300));
    List<Intervention> freeze = List.of(new Intervention.FreezePatterns(List.of(), Source.CLEAN));
    SharedPass pass = SharedPass.of(MODEL, P, BATCH, own, freeze, Donors.NONE);
    assertThat(losses(pass.plan(freeze))).isDeepEqualTo(losses(pass.own()));
    assertThat(losses(pass.own())[0]).isNotEqualTo(losses(Plan.NONE)[0]);
  }
}
