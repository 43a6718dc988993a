package refrain.study;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A claim held against the runs.
 *
 * @param claim what was claimed
 * @param estimate what was measured
 * @param control what was measured of the control; null where the claim has none
 * @param p of the claim: with a control the larger of the two; 1 where there are too few runs
 * @param ruling whether it holds
 * @param reason what the ruling rests on where it is not plain: too few runs, a control that fails
 */
public record Verdict(
    Claim claim,
    Estimate estimate,
    @Nullable Estimate control,
    double p,
    Ruling ruling,
    String reason) {
  /** The answer. */
  public enum Ruling {
    HOLDS,
    /** Too few runs, or the interval reaches over the bar. */
    UNDECIDED,
    /** The interval lies wholly where the paper's sentence is false. */
    PAPER_REFUTED,
    /** It lies wholly beyond our bar, where the paper's sentence may still be true. */
    BELOW_OUR_BAR,
    /** It lies wholly beyond the bar, and the paper says nothing of it. */
    OUR_GUESS_REFUTED,
    /** The claim clears its bar, and its control's interval lies wholly beyond its own. */
    CONTROL_FAILED,
    /** Too many runs ended without the number. */
    NO_VALUE;

    /** Such as "paper refuted". */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** Whether it is undecided for no other reason than the number of runs. */
  public boolean tooFewRuns() {
    return estimate.n() + estimate.missing() < claim.seeds();
  }

  /** The level at which it was judged: 5 % by itself, or what Holm's procedure leaves it. */
  public double level() {
    return BigDecimal.ONE.subtract(BigDecimal.valueOf(estimate.judged().level())).doubleValue();
  }
}
