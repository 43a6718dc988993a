package refrain.probe;

import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * The two places in the context whose losses make the ICL score. Index t (from 0) is the loss of
 * predicting token t + 1 from tokens 0..t. Each place is a window of 2 halfWidth + 1 indices around
 * its index, moved inwards where it would leave the context.
 *
 * @param early the paper's 50 at a context of 512
 * @param late the paper's 500 at a context of 512
 * @param halfWidth neighbours on each side; the paper has none
 */
public record IclIndices(int early, int late, @Default("0") int halfWidth) {

  /**
   * The paper's, for contexts of 512 and more (Olsson et al. 2022, "In-context learning score").
   */
  public static final IclIndices PAPER = new IclIndices(50, 500, 0);

  /** For the bigram language with restarts at T = 64: means of three neighbours. */
  public static final IclIndices R0 = new IclIndices(6, 62, 1);

  /** For source code at T = 256: means of nine. */
  public static final IclIndices CODE = new IclIndices(25, 254, 4);

  public IclIndices {
    if (early < 0 || late <= early || halfWidth < 0) {
      throw RefrainException.badInput(
          ("ICL indices: early %s, late %s, half width %s; expected 0 <= early < late and "
                  + "a half width of 0 or more")
              .formatted(early, late, halfWidth));
    }
  }

  /**
   * The paper's indices, scaled to a shorter context: 50 T / 512 and 500 T / 512 rounded down, with
   * T / 64 neighbours on each side, because fewer tokens are averaged in a small evaluation set.
   */
  public static IclIndices forContext(int context) {
    return context >= 512
        ? PAPER
        : new IclIndices(50 * context / 512, 500 * context / 512, context / 64);
  }

  /** The mean of a curve over the early window. */
  public double early(double[] byIndex) {
    return window(byIndex, early);
  }

  /** The mean of a curve over the late window. */
  public double late(double[] byIndex) {
    return window(byIndex, late);
  }

  /** The first index of the window around {@code index} in a context of T. */
  public int first(int index, int context) {
    int width = 2 * halfWidth + 1;
    if (late >= context || width > context) {
      throw RefrainException.badInput(
          ("ICL indices %s and %s with %s neighbours do not fit a context of %s tokens; "
                  + "leave them out to have the paper's scaled")
              .formatted(early, late, width, context));
    }
    return Math.clamp(index - halfWidth, 0, context - width);
  }

  private double window(double[] byIndex, int index) {
    int from = first(index, byIndex.length);
    double sum = 0;
    for (int t = from; t < from + 2 * halfWidth + 1; t++) {
      sum += byIndex[t];
    }
    return sum / (2 * halfWidth + 1);
  }

  /** Such as "indices 61..63 minus 5..7". */
  String describe(int context) {
    int a = first(early, context);
    int b = first(late, context);
    int last = 2 * halfWidth;
    return "indices " + b + ".." + (b + last) + " minus " + a + ".." + (a + last);
  }
}
