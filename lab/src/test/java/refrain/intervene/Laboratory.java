package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static refrain.model.ModelEdits.heads;
import static refrain.model.ModelEdits.mlp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import refrain.data.Batch;
import refrain.model.Activation;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;
import refrain.model.Variants;
import refrain.model.View;

/** A model with grouped queries and an MLP, two batches for it, and what interventions do to it. */
final class Laboratory {
  private Laboratory() {}

  static final ModelSpec SPEC =
      ModelSpec.attentionOnly(3, 7, 2, 9, 11).with(heads(4, 2, 3), mlp(5, Activation.GELU));
  static final ReferenceTransformer MODEL = new ReferenceTransformer(SPEC);
  static final Parameters PARAMETERS = Variants.draw(SPEC);
  static final HeadId HEAD = new HeadId(1, 2);
  static final Batch BATCH =
      Batch.of(new int[][] {{1, 5, 3, 1, 5, 9}, {10, 0, 0, 4, 2, 7}, {3, 3, 8, 6, 1, 2}});
  static final Batch OTHER =
      Batch.of(new int[][] {{2, 6, 6, 0, 9, 9}, {4, 1, 7, 4, 1, 7}, {8, 2, 10, 5, 3, 0}});
  static final Donors DONORS =
      new Donors() {
        @Override
        public Parameters checkpoint(String ref) {
          return Parameters.init(ref.equals("small") ? SPEC.with(m -> m.nLayers = 1) : SPEC, 3);
        }

        @Override
        public Batch input(String name) {
          return name.equals("short") ? Batch.of(new int[][] {{1, 2}}) : OTHER;
        }
      };

  static Plan plan(Intervention... list) {
    return Interventions.of(SPEC, List.of(list)).plan(MODEL, PARAMETERS, BATCH, DONORS);
  }

  static float[][] losses(Plan plan) {
    return MODEL.forward(PARAMETERS, BATCH, plan, Observer.NONE);
  }

  static float[][] clean() {
    return losses(Plan.NONE);
  }

  static Map<HookPoint, float[][]> record(Plan plan, Batch batch) {
    return recordOf(PARAMETERS, plan, batch);
  }

  static Map<HookPoint, float[][]> recordOf(Parameters p, Plan plan, Batch batch) {
    Map<HookPoint, float[][]> seen = new HashMap<>();
    MODEL.forward(
        p,
        batch,
        plan,
        new Observer() {
          @Override
          public Set<HookPoint> wants() {
            return Set.copyOf(HookPoint.all(SPEC));
          }

          @Override
          public void observe(int sequence, HookPoint point, View view) {
            seen.computeIfAbsent(point, x -> new float[batch.size()][])[sequence] = view.toArray();
          }
        });
    return seen;
  }

  /** The largest difference. */
  static double distance(
      Map<HookPoint, float[][]> a, Map<HookPoint, float[][]> b, HookKind kind, int layer) {
    HookPoint point = HookPoint.of(kind, layer);
    double most = 0;
    for (int s = 0; s < a.get(point).length; s++) {
      for (int i = 0; i < a.get(point)[s].length; i++) {
        most = Math.max(most, Math.abs(a.get(point)[s][i] - b.get(point)[s][i]));
      }
    }
    return most;
  }

  static void assertClose(float[][] a, float[][] b) {
    for (int s = 0; s < a.length; s++) {
      assertThat(a[s]).containsExactly(b[s], within(1e-5f));
    }
  }

  /** The pattern-preserving ablation of a head (Olsson et al. 2022, Argument 3). */
  static List<Intervention> patternPreservingAblation(HeadId head) {
    return List.of(
        Intervention.zero(Site.of(head)), new Intervention.FreezePatterns(List.of(), Source.CLEAN));
  }
}
