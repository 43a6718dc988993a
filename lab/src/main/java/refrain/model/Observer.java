package refrain.model;

import java.util.Set;

/**
 * Reads activations as a forward pass makes them; cannot change them. Calls for different sequences
 * may come from different threads at once; calls for one sequence come in order, from one thread.
 */
public interface Observer {
  /** The places to be shown. */
  Set<HookPoint> wants();

  /**
   * Called once for each sequence and wanted place.
   *
   * @param sequence index in the batch
   * @param point where
   * @param view the activation, valid during this call only
   */
  void observe(int sequence, HookPoint point, View view);

  /** What is done with an activation that is shown. */
  @FunctionalInterface
  interface Reading {
    void of(int sequence, HookPoint point, View view);
  }

  static Observer of(Set<HookPoint> wants, Reading reading) {
    return new Observer() {
      @Override
      public Set<HookPoint> wants() {
        return wants;
      }

      @Override
      public void observe(int sequence, HookPoint point, View view) {
        reading.of(sequence, point, view);
      }
    };
  }

  /** Sees nothing. */
  Observer NONE = of(Set.of(), (sequence, point, view) -> {});
}
