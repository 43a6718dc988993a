package refrain.study;

import org.jspecify.annotations.Nullable;
import refrain.study.Verdict.Ruling;

/**
 * A claim with what the runs say about it, before it is known at which level it is judged.
 *
 * @param control null: the claim has none
 */
record Weighed(Claim claim, Evidence test, @Nullable Evidence control) {
  /** The larger of the two; 1 with too few runs. */
  double p() {
    return tooFew() ? 1 : pSoFar();
  }

  /** The same, whatever the number of runs. */
  double pSoFar() {
    return Math.max(test.p(), control == null ? 0 : control.p());
  }

  private boolean tooFew() {
    return test.all() < claim.seeds();
  }

  Verdict verdict(double alpha) {
    if (test.all() == 0) {
      return ruled(alpha, Ruling.UNDECIDED, "no run has been analysed");
    }
    if (tooFew()) {
      Verdict soFar = decided(alpha);
      String few = "n = " + test.n() + ", needs " + claim.seeds();
      return ruled(
          alpha,
          Ruling.UNDECIDED,
          soFar.ruling() == Ruling.UNDECIDED ? few : few + "; so far: " + soFar.ruling().words());
    }
    return decided(alpha);
  }

  /** The verdict where the number of runs is no question. */
  private Verdict decided(double alpha) {
    Lies lies = test.lies(alpha);
    if (lies == Lies.OUTSIDE) {
      return refuted(alpha);
    }
    if (test.hasNoValue()) {
      return ruled(alpha, Ruling.NO_VALUE, missing(test));
    }
    if (lies == Lies.ACROSS) {
      boolean none = Double.isNaN(test.at(alpha).low());
      String why = none ? "too few runs for an interval" : "the interval reaches over the bar";
      return ruled(alpha, Ruling.UNDECIDED, why);
    }
    return control == null ? ruled(alpha, Ruling.HOLDS, missing(test)) : controlled(alpha, control);
  }

  private Verdict refuted(double alpha) {
    Paper paper = claim.paper();
    if (paper == null) {
      return ruled(alpha, Ruling.OUR_GUESS_REFUTED, missing(test));
    }
    Bar region = paper.region(claim.test());
    return test.excludes(region, alpha)
        ? ruled(alpha, Ruling.PAPER_REFUTED, "the paper: " + region.words())
        : ruled(alpha, Ruling.BELOW_OUR_BAR, "the paper's own: " + region.words());
  }

  private Verdict controlled(double alpha, Evidence of) {
    String number = of.at(alpha).words() + ", bar " + of.bar().words();
    Lies lies = of.lies(alpha);
    if (lies == Lies.OUTSIDE) {
      return ruled(alpha, Ruling.CONTROL_FAILED, "its control: " + number);
    }
    if (of.hasNoValue()) {
      return ruled(alpha, Ruling.NO_VALUE, "its control: " + missing(of));
    }
    return lies == Lies.INSIDE
        ? ruled(alpha, Ruling.HOLDS, missing(test))
        : ruled(alpha, Ruling.UNDECIDED, "its control is undecided: " + number);
  }

  private static String missing(Evidence of) {
    return switch (of.missing()) {
      case 0 -> "";
      case 1 -> "1 of " + of.all() + " has no value";
      default -> of.missing() + " of " + of.all() + " have no value";
    };
  }

  private Verdict ruled(double alpha, Ruling ruling, String reason) {
    return new Verdict(
        claim, test.at(alpha), control == null ? null : control.at(alpha), p(), ruling, reason);
  }
}
