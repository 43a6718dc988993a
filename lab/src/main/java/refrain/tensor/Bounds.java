package refrain.tensor;

import java.util.Locale;

/**
 * The proof that kernels stay inside of arrays. The vector kernels check no index of a vector (the
 * launcher switches the Vector API's checks off), so each is asked here, once a call, whether all
 * that it will touch is there. That a {@link Mat} lies in its array it has proved itself.
 *
 * <p>All throw IllegalArgumentException.
 */
final class Bounds {
  private Bounds() {}

  /** So many floats from a place on. */
  static void row(float[] x, int off, int n) {
    if (off < 0 || n < 0 || n > x.length - off) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d floats from %d on do not lie in an array of %d floats",
              n,
              off,
              x.length));
    }
  }

  /**
   * A product C = start + A B: A has C's rows at least, B and start its columns, B as many rows as
   * A has columns; A is row-major or a transposed view, the others are row-major, and B alone may
   * be packed.
   */
  static void product(Mat a, Mat b, Mat start, Mat c) {
    boolean shapes =
        a.rows >= c.rows
            && b.rows >= a.columns
            && b.columns >= c.columns
            && start.rows >= c.rows
            && start.columns >= c.columns;
    boolean layouts =
        (a.column == 1 || a.row == 1)
            && b.column == 1
            && start.column == 1
            && c.column == 1
            && (a.panel | start.panel | c.panel) == 0;
    if (!shapes || !layouts) {
      throw new IllegalArgumentException(
          "no product: %s = %s + %s times %s".formatted(c, start, a, b));
    }
  }

  /** A square of scores or attention, whose rows have room for whole blocks. */
  static void pattern(Mat m) {
    int padded = (m.columns + Kernels.BLOCK - 1) / Kernels.BLOCK * Kernels.BLOCK;
    boolean square = m.rows == m.columns && m.column == 1 && m.panel == 0;
    if (!square || m.rows > 0 && (m.row < padded || m.at(m.rows - 1) + padded > m.data.length)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no pattern: %s, expected a square with rows of whole blocks of %d",
              m,
              Kernels.BLOCK));
    }
  }

  /** Two row-major matrices whose elements have the same places in their arrays. */
  static void alike(Mat x, Mat y) {
    boolean same =
        y.origin == x.origin
            && y.row == x.row
            && y.rows >= x.rows
            && y.columns >= x.columns
            && x.column == 1
            && y.column == 1
            && (x.panel | y.panel) == 0;
    if (!same) {
      throw new IllegalArgumentException("%s and %s do not lie alike".formatted(x, y));
    }
  }
}
