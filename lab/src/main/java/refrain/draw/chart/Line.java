package refrain.draw.chart;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Points of one curve, x not decreasing; a NaN y is a gap. Immutable. */
public final class Line {
  private final double[] x;
  private final double[] y;

  private Line(double[] x, double[] y) {
    this.x = x;
    this.y = y;
  }

  /**
   * @throws IllegalArgumentException if the lengths differ, or x decreases or is not finite
   */
  public static Line of(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException("a line has " + x.length + " x but " + y.length + " y");
    }
    for (int i = 0; i < x.length; i++) {
      if (!Double.isFinite(x[i]) || (i > 0 && x[i] < x[i - 1])) {
        throw new IllegalArgumentException(
            "x of a line must be finite and not decrease, found " + x[i] + " at point " + i);
      }
    }
    return new Line(x.clone(), y.clone());
  }

  public int size() {
    return x.length;
  }

  public double x(int i) {
    return x[i];
  }

  public double y(int i) {
    return y[i];
  }

  /** Points from {@code start} up to {@code end}. */
  Line part(int start, int end) {
    return new Line(Arrays.copyOfRange(x, start, end), Arrays.copyOfRange(y, start, end));
  }

  /** Index of the last point with a finite y, -1 if there is none. */
  public int lastFinite() {
    int i = y.length - 1;
    while (i >= 0 && !Double.isFinite(y[i])) {
      i--;
    }
    return i;
  }

  /**
   * Indices of the points to draw when x is {@code columns} pixels wide: of each column the first,
   * the lowest, the highest and the last point, and every gap. No peak is lost.
   *
   * @param scale maps x to [0, 1]
   */
  int[] decimate(Scale scale, int columns) {
    if (x.length <= 4 * columns) {
      return IntStream.range(0, x.length).toArray();
    }
    int[] kept = new int[x.length];
    int n = 0;
    int i = 0;
    while (i < x.length) {
      if (!Double.isFinite(y[i])) {
        kept[n++] = i++;
        continue;
      }
      long column = (long) Math.floor(scale.at(x[i]) * columns);
      int first = i;
      int low = i;
      int high = i;
      while (i < x.length
          && Double.isFinite(y[i])
          && (long) Math.floor(scale.at(x[i]) * columns) == column) {
        low = y[i] < y[low] ? i : low;
        high = y[i] > y[high] ? i : high;
        i++;
      }
      int[] four = {first, Math.min(low, high), Math.max(low, high), i - 1};
      for (int k = 0; k < 4; k++) {
        if (k == 0 || four[k] != four[k - 1]) {
          kept[n++] = four[k];
        }
      }
    }
    return Arrays.copyOf(kept, n);
  }
}
