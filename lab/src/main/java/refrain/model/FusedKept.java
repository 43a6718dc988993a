package refrain.model;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.data.Batch;
import refrain.tensor.Mat;

/**
 * What the fused engine keeps of a pass: the residual stream at each block's start and the mix of
 * values z of each block, so that a pass may begin in the middle of the model. 2 layers d_model T
 * floats a sequence.
 */
final class FusedKept implements Observer {
  private final ModelSpec spec;
  private final Plan own;
  private final float[][][] resid;
  private final float[][][] z;
  private final Set<HookPoint> wants = new LinkedHashSet<>();

  FusedKept(ModelSpec spec, Batch batch, Plan own) {
    this.spec = spec;
    this.own = own;
    this.resid = new float[spec.nLayers()][batch.size()][];
    this.z = new float[spec.nLayers()][batch.size()][];
    for (int l = 0; l < spec.nLayers(); l++) {
      wants.add(HookPoint.of(HookKind.RESID_PRE, l));
      wants.add(HookPoint.of(HookKind.Z, l));
    }
  }

  @Override
  public Set<HookPoint> wants() {
    return wants;
  }

  @Override
  public void observe(int sequence, HookPoint point, View view) {
    float[][][] kept = point.kind() == HookKind.Z ? z : resid;
    kept[point.layer()][sequence] = view.toArray();
  }

  /**
   * Where a pass begins.
   *
   * @param layer the first block that is computed
   * @param afterMix whether that block's z is taken over too, so that only its output is computed
   */
  record Start(int layer, boolean afterMix) {}

  /**
   * As high up as a pass under these further edits may begin; null: at the tokens.
   *
   * @param more not empty
   */
  @Nullable Start start(Plan more) {
    // An edge reads what its sender wrote further down, which is not kept.
    if (!more.edges().isEmpty() || !own.edges().isEmpty()) {
      return null;
    }
    int layer = lowest(more, kind -> true);
    if (layer < 0) {
      return null;
    }
    boolean afterMix = lowest(more, FusedKept::beforeMix) > layer && !edits(own, HookKind.Z, layer);
    // Kept activations are edited ones, and a place must not be edited twice.
    return !afterMix && edits(own, HookKind.RESID_PRE, layer) ? null : new Start(layer, afterMix);
  }

  /** The lowest block in which a plan without edges edits any such place. */
  private int lowest(Plan plan, Function<HookKind, Boolean> places) {
    return Stream.of(
            plan.outputs().stream().filter(e -> places.apply(e.kind())).map(Plan.OutputEdit::layer),
            plan.scores().stream().map(e -> e.head().layer()),
            plan.patterns().stream().map(e -> e.head().layer()))
        .flatMap(layers -> layers)
        .min(Integer::compare)
        .orElse(spec.nLayers());
  }

  private static boolean beforeMix(HookKind kind) {
    return kind.compareTo(HookKind.Z) < 0;
  }

  private static boolean edits(Plan plan, HookKind kind, int layer) {
    return plan.outputs().stream().anyMatch(e -> e.kind() == kind && e.layer() == layer);
  }

  /** Puts what a pass takes over of a sequence into the buffers that it goes on with. */
  void restore(Start start, int sequence, Buffers buffers) {
    int l = start.layer();
    put(resid[l][sequence], buffers.layers[l].resid);
    if (start.afterMix()) {
      put(z[l][sequence], buffers.layers[l].z);
    }
  }

  private static void put(float[] rows, Mat x) {
    for (int i = 0; i < x.rows; i++) {
      System.arraycopy(rows, i * x.columns, x.data, x.at(i), x.columns);
    }
  }
}
