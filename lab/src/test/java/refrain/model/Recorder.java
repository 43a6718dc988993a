package refrain.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import refrain.data.Batch;

/** Keeps every activation of a reference forward pass in float64. */
public final class Recorder implements Observer {
  private final Set<HookPoint> wants;
  private final List<Map<HookPoint, ReferenceView>> seen = new ArrayList<>();

  private Recorder(ModelSpec spec, int sequences) {
    wants = Set.copyOf(HookPoint.all(spec));
    for (int s = 0; s < sequences; s++) {
      seen.add(new HashMap<>());
    }
  }

  /** One map for each sequence. */
  public static List<Map<HookPoint, ReferenceView>> record(Parameters p, Batch batch, Plan plan) {
    Recorder recorder = new Recorder(p.spec(), batch.size());
    double[] arena = ReferenceTransformer.toDouble(p.arena());
    new ReferenceTransformer(p.spec()).losses(arena, batch, plan, recorder);
    return recorder.seen;
  }

  /** The element at these indices. */
  public static double at(View view, int... index) {
    int at = 0;
    for (int axis = 0; axis < index.length; axis++) {
      at = at * view.shape()[axis] + Objects.checkIndex(index[axis], view.shape()[axis]);
    }
    return view instanceof ReferenceView exact ? exact.values()[at] : view.toArray()[at];
  }

  /** All elements in row-major order. */
  public static double[] values(View view) {
    return ((ReferenceView) view).values();
  }

  @Override
  public Set<HookPoint> wants() {
    return wants;
  }

  @Override
  public void observe(int sequence, HookPoint point, View view) {
    seen.get(sequence).put(point, (ReferenceView) view);
  }
}
