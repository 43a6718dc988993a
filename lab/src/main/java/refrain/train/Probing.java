package refrain.train;

import refrain.base.RefrainException;
import refrain.probe.ProbeSpec;

/**
 * When a run is measured, on how much and with what.
 *
 * @param every steps between two probes; the first is before the first step, and the last step is
 *     always probed
 * @param thoroughEvery steps between two probes that take the thorough measures too, a multiple of
 *     {@code every}; 0: only before the first and after the last step
 * @param sequences in the fixed evaluation set
 * @param measures what is measured
 */
public record Probing(int every, int thoroughEvery, int sequences, ProbeSpec measures) {
  public Probing {
    if (every < 1) {
      throw RefrainException.badInput("probing: every is " + every + ", expected 1 or more steps");
    }
    if (thoroughEvery < 0 || thoroughEvery % every != 0) {
      throw RefrainException.badInput(
          "probing: thoroughEvery is %s, expected a multiple of every = %s"
              .formatted(thoroughEvery, every));
    }
    if (sequences < 1) {
      throw RefrainException.badInput(
          "probing: sequences is " + sequences + ", expected 1 or more");
    }
  }

  /** Whether the state after this many steps is probed. */
  public boolean at(int step, int lastStep) {
    return step % every == 0 || step == lastStep;
  }

  /** Whether that probe takes the thorough measures. */
  public boolean thorough(int step, int lastStep) {
    return step == 0 || step == lastStep || (thoroughEvery > 0 && step % thoroughEvery == 0);
  }
}
