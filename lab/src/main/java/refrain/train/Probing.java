package refrain.train;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import refrain.base.Default;
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
 * @param unblocked whether a state under interventions is measured a second time without them,
 *     under names that begin with {@link Metrics#UNBLOCKED}
 */
public record Probing(
    int every,
    int thoroughEvery,
    int sequences,
    ProbeSpec measures,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @Default("false") boolean unblocked) {
  public Probing {
    require(every >= 1, "probing: every is %s, expected 1 or more steps", every);
    require(
        thoroughEvery >= 0 && thoroughEvery % every == 0,
        "probing: thoroughEvery is %s, expected a multiple of every = %s",
        thoroughEvery,
        every);
    require(sequences >= 1, "probing: sequences is %s, expected 1 or more", sequences);
  }

  /** Measured once, as it is trained. */
  public Probing(int every, int thoroughEvery, int sequences, ProbeSpec measures) {
    this(every, thoroughEvery, sequences, measures, false);
  }

  /** The same with the random tokens and indices of a study's n-th replicate. */
  Probing replicate(int n) {
    return new Probing(
        every, thoroughEvery, sequences, measures.withSeed(measures.seed() + n), unblocked);
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
