package refrain.analysis.instrument;

import java.util.List;
import java.util.Locale;
import refrain.probe.IclIndices;

/**
 * An ICL score (Olsson et al. 2022, "In-context learning score") with how well it is known: the
 * mean over sequences of a sequence's late loss minus its early loss, and the standard error of
 * that mean, the standard deviation over the root of n. Every score that a table, a verdict or a
 * last line gives is one of these, on {@link #SEQUENCES} sequences of the run's evaluation set, or
 * on as many as its probes read where those are more; a curve is of as many as its probes read.
 *
 * @param score nats; more negative is more in-context learning
 * @param error its standard error, nats; NaN: of fewer than two sequences, or not known
 * @param n sequences
 */
public record IclEstimate(double score, double error, int n) {
  /** Of the evaluation set, in its order: those that a curve reads are among them or hold them. */
  public static final int SEQUENCES = 256;

  /** Of losses [sequence, T]. */
  public static IclEstimate of(float[][] losses, IclIndices indices) {
    double[] each = each(losses, indices);
    return new IclEstimate(IclReading.of(losses, indices).icl(), error(each), each.length);
  }

  /** Of a model on sequences [sequence, T + 1], under its own interventions. */
  public static IclEstimate of(ModelState model, int[][] tokens, IclIndices indices) {
    return of(Losses.inBatches(tokens, batch -> model.losses(batch, List.of())), indices);
  }

  /** The same for a terminal that may know ASCII only. */
  public String ascii() {
    return words().replace("±", "+-");
  }

  /** Such as -2.85 ± .06, in two decimals; without an error where that is not known. */
  public String words() {
    return Double.isNaN(score)
        ? "none"
        : String.format(Locale.ROOT, "%.2f", score) + plusMinus(error);
  }

  /** A standard error behind its number, such as " ± .06"; "" where it is not known. */
  public static String plusMinus(double error) {
    return Double.isNaN(error)
        ? ""
        : String.format(Locale.ROOT, " ± %.2f", error).replace("± 0.", "± .");
  }

  /** The score of each sequence by itself, nats. */
  public static double[] each(float[][] losses, IclIndices indices) {
    double[] each = new double[losses.length];
    for (int s = 0; s < each.length; s++) {
      each[s] = IclReading.of(new float[][] {losses[s]}, indices).icl();
    }
    return each;
  }

  /** The standard error of a mean; NaN of fewer than two numbers. */
  public static double error(double[] sample) {
    int n = sample.length;
    double mean = 0;
    for (double x : sample) {
      mean += x / n;
    }
    double squares = 0;
    for (double x : sample) {
      squares += (x - mean) * (x - mean);
    }
    return n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
  }
}
