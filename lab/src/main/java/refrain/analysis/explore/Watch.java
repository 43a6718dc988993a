package refrain.analysis.explore;

import java.util.concurrent.CancellationException;

/** Who waits for an answer. Called from the thread that works. */
public interface Watch {
  /** Waits to the end and wants to hear nothing. */
  Watch NONE = () -> false;

  /** Whether nobody waits any more; asked after every step and before every pass. */
  boolean cancelled();

  /**
   * That a replay has come so far.
   *
   * @param step steps that the state has had
   * @param from those that it set out with
   * @param until those that it will end with
   */
  default void replayed(long step, long from, long until) {}

  /** That the state asked for is there, before what it is has been verified. */
  default void reached(ExactState state) {}

  /** Gives up where nobody waits. */
  default void check() {
    if (cancelled()) {
      throw new CancellationException("nobody waits for this any more");
    }
  }
}
