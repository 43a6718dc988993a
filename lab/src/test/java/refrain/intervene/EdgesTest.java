package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static refrain.intervene.Laboratory.BATCH;
import static refrain.intervene.Laboratory.clean;
import static refrain.intervene.Laboratory.distance;
import static refrain.intervene.Laboratory.losses;
import static refrain.intervene.Laboratory.plan;
import static refrain.intervene.Laboratory.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;

class EdgesTest {
  /** A component's edges to all inputs of the next layer are all that this layer sees of it. */
  @Test
  void patchingEveryEdgePatchesTheNode() {
    for (Site sender : List.of(Site.of(new HeadId(1, 3)), Site.mlp(1))) {
      Source source = new Source.Input("other");
      List<Intervention> edges = new ArrayList<>();
      for (int h = 0; h < 4; h++) {
        for (Plan.Input input : Plan.Input.values()) {
          // Two query heads share a key head: its K and V inputs are named once.
          if (input == Plan.Input.Q || h % 2 == 0) {
            HeadId receiver = new HeadId(2, h);
            edges.add(new Intervention.ReplaceEdge(sender, receiver, input, source, List.of()));
          }
        }
      }
      // The MLP of layer 1 is not on an edge: hold it while the head is patched.
      List<Intervention> node = new ArrayList<>();
      node.add(new Intervention.Replace(sender, source, List.of()));
      if (sender.asHead() != null) {
        node.add(new Intervention.Replace(Site.mlp(1), Source.CLEAN, List.of()));
      }
      Map<HookPoint, float[][]> byEdges = record(plan(edges.toArray(Intervention[]::new)), BATCH);
      Map<HookPoint, float[][]> byNode = record(plan(node.toArray(Intervention[]::new)), BATCH);
      assertThat(distance(byEdges, byNode, HookKind.Z, 2)).isLessThan(1e-5);
      assertThat(distance(byEdges, byNode, HookKind.RESID_PRE, 2)).isGreaterThan(1e-2);
    }
  }

  /** The hand-built induction head without its K-composition edge attends as if nothing matched. */
  @Test
  void cuttingTheEdgeOfTheInductionPairStopsIt() {
    Parameters p = HandBuilt.induction(8, 10);
    ReferenceTransformer model = new ReferenceTransformer(p.spec());
    Batch batch = Batch.of(new int[][] {{4, 2, 5, 1, 4, 2}});
    for (Plan.Input input : Plan.Input.values()) {
      Intervention cut =
          new Intervention.ReplaceEdge(
              Site.parse("0.0"), HeadId.parse("1.0"), input, Source.ZERO, List.of());
      Interventions compiled = Interventions.of(p.spec(), List.of(cut));
      assertThat(compiled.isStatic()).isTrue();
      float loss = model.forward(p, batch, compiled.plan(batch), Observer.NONE)[0][4];
      if (input == Plan.Input.K) {
        assertThat(loss).isGreaterThan(1);
      } else {
        assertThat(loss).isLessThan(1e-6f);
      }
    }
  }

  /** A layer cut off from another in one line is the same as all its edges one by one. */
  @Test
  void aWholeLayerIsAllItsEdges() {
    for (Source source : List.of(Source.ZERO, Source.MEAN, new Source.Input("other"))) {
      for (List<Plan.Input> inputs :
          List.of(List.of(Plan.Input.K), List.of(Plan.Input.Q, Plan.Input.V))) {
        List<Intervention> one = new ArrayList<>();
        for (Plan.Input input : inputs) {
          for (int to = 0; to < 4; to += input == Plan.Input.Q ? 1 : 2) {
            for (int of = 0; of < 4; of++) {
              HeadId receiver = new HeadId(2, to);
              Site sender = Site.of(new HeadId(0, of));
              one.add(new Intervention.ReplaceEdge(sender, receiver, input, source, List.of()));
            }
          }
        }
        Intervention whole = new Intervention.ReplaceLayerEdges(0, 2, inputs, source);
        float[][] losses = losses(plan(whole));
        assertThat(losses).isEqualTo(losses(plan(one.toArray(Intervention[]::new))));
        assertThat(losses).isNotEqualTo(clean());
      }
    }
  }

  @Test
  void layersThatNoEdgesJoinAreRefused() {
    assertThatThrownBy(
            () -> new Intervention.ReplaceLayerEdges(1, 1, List.of(Plan.Input.K), Source.ZERO))
        .hasMessage(
            "replace-layer-edges: sender is layer 1, expected one before the receiver, layer 1");
    assertThatThrownBy(() -> new Intervention.ReplaceLayerEdges(0, 1, List.of(), Source.ZERO))
        .hasMessage(
            "replace-layer-edges: inputs is [], expected one or more of Q, K and V, each once");
    Intervention beyond =
        new Intervention.ReplaceLayerEdges(0, 3, List.of(Plan.Input.K), Source.ZERO);
    assertThatThrownBy(() -> plan(beyond))
        .hasMessage(
            "interventions[0]: replace-layer-edges: receiver is layer 3, but the model has layers"
                + " 0..2");
  }
}
