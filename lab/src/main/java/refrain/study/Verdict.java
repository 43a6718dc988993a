package refrain.study;

import java.util.List;

/**
 * A claim held against the runs.
 *
 * @param claim what was claimed
 * @param values the estimate of each seed, in the order of the seeds
 * @param measured the value that is nearest to failing; NaN where it could not be taken
 * @param ruling whether it holds
 */
public record Verdict(Claim claim, List<Double> values, double measured, Ruling ruling) {
  /** The answer. */
  public enum Ruling {
    HOLDS,
    FAILS,
    /** No run of the variant has ended. */
    UNDECIDED
  }

  public Verdict {
    values = List.copyOf(values);
  }

  /** Judges a claim by the estimate of every seed. */
  static Verdict of(Claim claim, List<Double> values) {
    if (values.isEmpty()) {
      return new Verdict(claim, values, Double.NaN, Ruling.UNDECIDED);
    }
    double worst = values.get(0);
    boolean holds = true;
    for (double value : values) {
      worst = claim.is().worse(worst, value);
      holds &= claim.is().holds(value, claim.bar());
    }
    return new Verdict(claim, values, worst, holds ? Ruling.HOLDS : Ruling.FAILS);
  }
}
