package refrain.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Keeps what is wanted of a pass. Slots are made before the pass, so threads do not meet. */
public final class Recording implements Observer {
  private final int sequences;
  private final Map<HookPoint, float[][]> seen = new HashMap<>();

  /**
   * @param sequences in the batch
   */
  public Recording(int sequences) {
    this.sequences = sequences;
  }

  /** Asks for a place, before the pass. */
  public void want(HookPoint point) {
    seen.computeIfAbsent(point, p -> new float[sequences][]);
  }

  /** What was there, one array for each sequence, in row-major order. */
  public float[][] at(HookPoint point) {
    float[][] values = seen.get(point);
    if (values == null || values[0] == null) {
      throw new IllegalStateException("the pass did not show " + point);
    }
    return values;
  }

  @Override
  public Set<HookPoint> wants() {
    return Collections.unmodifiableSet(seen.keySet());
  }

  @Override
  public void observe(int sequence, HookPoint point, View view) {
    float[][] slots = seen.get(point);
    if (slots != null) {
      slots[sequence] = view.toArray();
    }
  }
}
