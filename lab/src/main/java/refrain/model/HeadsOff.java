package refrain.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Heads whose mix of values z is replaced at every position: by zeros, or by what it is on average.
 *
 * @param instead [d_head] of each such head; empty: the model as it is
 */
public record HeadsOff(Map<HeadId, float[]> instead) {
  public static final HeadsOff NONE = new HeadsOff(Map.of());

  public HeadsOff {
    instead = new LinkedHashMap<>(instead);
  }

  /** Zero ablation of whole heads. */
  public static HeadsOff zero(Collection<HeadId> heads, int dHead) {
    Map<HeadId, float[]> instead = new LinkedHashMap<>();
    heads.forEach(head -> instead.put(head, new float[dHead]));
    return new HeadsOff(instead);
  }

  /** The lowest layer in which a head is off; the number of layers where none is. */
  int lowest(int layers) {
    return instead.keySet().stream().mapToInt(HeadId::layer).min().orElse(layers);
  }
}
