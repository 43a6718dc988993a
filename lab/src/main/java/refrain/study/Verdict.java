package refrain.study;

import org.jspecify.annotations.Nullable;

/**
 * A claim held against the runs.
 *
 * @param claim what was claimed
 * @param estimate what was measured
 * @param control what was measured of the control; null where the claim has none
 * @param ruling whether it holds
 * @param reason what the ruling rests on where it is not plain: too few runs, a control that fails
 */
public record Verdict(
    Claim claim, Estimate estimate, @Nullable Estimate control, Ruling ruling, String reason) {
  /** The answer. */
  public enum Ruling {
    HOLDS,
    FAILS,
    /** Too few runs, or the interval reaches over the bar. */
    UNDECIDED
  }

  /** Whether it is undecided for no other reason than the number of runs. */
  public boolean tooFewRuns() {
    return estimate.n() + estimate.missing() < claim.seeds();
  }

  static Verdict of(Claim claim, Estimate estimate, @Nullable Estimate control) {
    if (estimate.n() + estimate.missing() == 0) {
      return new Verdict(claim, estimate, control, Ruling.UNDECIDED, "no run has been analysed");
    }
    if (estimate.n() + estimate.missing() < claim.seeds()) {
      String few = "n = " + estimate.n() + ", needs " + claim.seeds();
      String soFar =
          switch (decided(claim, estimate, control).ruling()) {
            case HOLDS -> "; so far it holds";
            case FAILS -> "; so far it fails";
            case UNDECIDED -> "";
          };
      return new Verdict(claim, estimate, control, Ruling.UNDECIDED, few + soFar);
    }
    return decided(claim, estimate, control);
  }

  /** The ruling where the number of runs is no question. */
  private static Verdict decided(Claim claim, Estimate estimate, @Nullable Estimate control) {
    if (estimate.ruling() == Ruling.UNDECIDED) {
      return new Verdict(claim, estimate, control, Ruling.UNDECIDED, undecided(claim, estimate));
    }
    if (estimate.ruling() == Ruling.FAILS || control == null) {
      return new Verdict(claim, estimate, control, estimate.ruling(), missing(estimate));
    }
    return switch (control.ruling()) {
      case HOLDS -> new Verdict(claim, estimate, control, Ruling.HOLDS, missing(estimate));
      case FAILS -> new Verdict(claim, estimate, control, Ruling.FAILS, "its control fails");
      case UNDECIDED ->
          new Verdict(claim, estimate, control, Ruling.UNDECIDED, "its control is undecided");
    };
  }

  private static String undecided(Claim claim, Estimate estimate) {
    if (!Double.isNaN(estimate.low())) {
      boolean over = claim.test().bar().rule(estimate.low(), estimate.high()) == Ruling.UNDECIDED;
      return over ? "the interval reaches over the bar" : missing(estimate);
    }
    return estimate.missing() == 0 ? "too few runs for an interval" : missing(estimate);
  }

  private static String missing(Estimate estimate) {
    return switch (estimate.missing()) {
      case 0 -> "";
      case 1 -> "1 run has no value";
      default -> estimate.missing() + " runs have no value";
    };
  }
}
