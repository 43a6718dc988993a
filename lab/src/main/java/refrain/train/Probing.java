package refrain.train;

import static refrain.base.RefrainException.require;

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
    require(every >= 1, "probing: every is %s, expected 1 or more steps", every);
    require(
        thoroughEvery >= 0 && thoroughEvery % every == 0,
        "probing: thoroughEvery is %s, expected a multiple of every = %s",
        thoroughEvery,
        every);
    require(sequences >= 1, "probing: sequences is %s, expected 1 or more", sequences);
  }

  /** The same with the random tokens and indices of a study's n-th replicate. */
  Probing replicate(int n) {
    return new Probing(every, thoroughEvery, sequences, measures.withSeed(measures.seed() + n));
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
