package refrain.analysis.measure;

import java.util.Locale;
import refrain.analysis.instrument.IclEstimate;

/**
 * How much a number of each sequence changed: the mean of the differences within sequences and its
 * standard error.
 *
 * @param mean after minus before, in the number's unit
 * @param error its standard error; NaN of a single sequence
 * @param n sequences
 */
public record Change(double mean, double error, int n) {
  /** Of numbers of the same sequences. */
  public static Change between(double[] before, double[] after) {
    double[] each = new double[before.length];
    for (int s = 0; s < each.length; s++) {
      each[s] = after[s] - before[s];
    }
    return new Change(mean(each), IclEstimate.error(each), each.length);
  }

  /** Of numbers of unlike sequences: errors add in squares. */
  static Change unpaired(double[] before, double[] after) {
    return new Change(
        mean(after) - mean(before),
        Math.hypot(IclEstimate.error(before), IclEstimate.error(after)),
        Math.min(before.length, after.length));
  }

  private static double mean(double[] sample) {
    double mean = 0;
    for (double x : sample) {
      mean += x / sample.length;
    }
    return mean;
  }

  /** Such as +2.31 ± .06, with the sign. */
  public String words() {
    return String.format(Locale.ROOT, "%+.2f", mean) + IclEstimate.plusMinus(error);
  }

  /** The same for a terminal that may know ASCII only. */
  public String ascii() {
    return words().replace("±", "+-");
  }
}
