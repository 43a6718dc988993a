package refrain.tensor;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A matrix [rows, columns] that lies in a float array: element (i, j) at {@code origin + i row + j
 * column}. A packed one, as {@link Kernels#gemm} likes its right-hand side, keeps its columns in
 * panels of the kernels' width: element (i, j) at {@code origin + j / width panel + i row + j %
 * width}.
 *
 * <p>Views share the array. They are made where it is allocated and kept, not made for a product:
 * an object per call would cost more than the call where blocks are small.
 *
 * <p>Rows begin at a cache line. A Java array's elements start 16 bytes into its object; where
 * objects are aligned to 64 bytes ({@code -XX:ObjectAlignmentInBytes=64}, which the launcher
 * gives), element 12 is the first to lie on a line. Without that alignment the results are the same
 * and the products about a fifth slower, because every vector straddles two lines.
 */
public final class Mat {
  /** Index of the first element in use of an array allocated here. */
  public static final int ORIGIN = 12;

  /** The greatest index into a matrix' array: 30 bits, so that sums of two do not overflow. */
  public static final int MAX_INDEX = 0x3fffffff;

  /** Floats in a cache line. */
  private static final int LINE = 16;

  public final float[] data;
  public final int origin;
  public final int rows;
  public final int columns;

  /** From an element to the one below it. */
  public final int row;

  /** From an element to the one on its right: 1, or the other's row in a transposed view. */
  public final int column;

  /** From a panel to the next one; 0 where the matrix is not packed. */
  public final int panel;

  private @Nullable Mat transposed;

  private Mat(float[] data, int origin, int rows, int columns, int row, int column, int panel) {
    this.data = data;
    this.origin = origin;
    this.rows = rows;
    this.columns = columns;
    this.row = row;
    this.column = column;
    this.panel = panel;
    requireInside();
  }

  /**
   * The one proof that no element lies outside the array; kernels that check nothing rest on it.
   */
  private void requireInside() {
    boolean packed = panel > 0;
    long last =
        packed
            ? origin + ((columns - 1L) / row) * panel + (long) rows * row - 1
            : origin + (rows - 1L) * row + (columns - 1L) * column;
    boolean sane = Math.min(Math.min(origin, rows), Math.min(columns, row)) >= 0 && column >= 1;
    boolean empty = rows == 0 || columns == 0;
    boolean apart = !packed || column == 1 && panel >= (long) rows * row;
    if (!sane || !apart || !empty && last >= data.length || data.length - 1 > MAX_INDEX) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a matrix %s from %d on does not lie in an array of %d floats",
              this,
              origin,
              data.length));
    }
  }

  /** Shape and strides, for errors. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "[%d, %d] with strides %d, %d%s",
        rows,
        columns,
        row,
        column,
        panel > 0 ? " in panels of " + panel : "");
  }

  /** A row-major view of an array that is there already. */
  public static Mat of(float[] data, int origin, int rows, int columns, int row) {
    return new Mat(data, origin, rows, columns, row, 1, 0);
  }

  /**
   * Zeros. Rows lie an odd number of lines apart: with a power of two, the column walks of the
   * products would fall into a few sets of the cache.
   */
  public static Mat allocate(int rows, int columns) {
    int row = LINE * ((columns + LINE - 1) / LINE / 2 * 2 + 1);
    return of(new float[ORIGIN + rows * row], ORIGIN, rows, columns, row);
  }

  /** Rows of zeros that take the room of one, for a product to start from. */
  public static Mat zeros(int rows, int columns) {
    return of(new float[ORIGIN + columns], ORIGIN, rows, columns, 0);
  }

  /** A packed matrix of zeros, in panels of so many columns. */
  public static Mat packed(int rows, int columns, int width) {
    int panels = (columns + width - 1) / width;
    return packed(new float[ORIGIN + panels * rows * width], ORIGIN, rows, columns, width);
  }

  /** A packed matrix that lies in an array that is there already. */
  public static Mat packed(float[] data, int origin, int rows, int columns, int width) {
    return new Mat(data, origin, rows, columns, width, 1, rows * width);
  }

  /** The rows from i and the columns from j on, so many of them. */
  public Mat part(int i, int j, int m, int n) {
    return new Mat(data, at(i) + j * column, m, n, row, column, panel);
  }

  /** Rows as columns; made once. */
  public Mat transposed() {
    Mat view = transposed;
    if (view == null) {
      view = new Mat(data, origin, columns, rows, column, row, panel);
      transposed = view;
    }
    return view;
  }

  /** Where row i starts in the array. */
  public int at(int i) {
    return origin + i * row;
  }

  /** Zeros that lie as this matrix does. */
  public Mat like() {
    return new Mat(new float[data.length], origin, rows, columns, row, column, panel);
  }

  /** The numbers of another that lies as this one does; the whole arrays. */
  public void set(Mat from) {
    System.arraycopy(from.data, 0, data, 0, data.length);
  }

  public Mat copy() {
    Mat copy = like();
    copy.set(this);
    return copy;
  }

  /** Makes all elements 0. For row-major views. */
  public void clear() {
    for (int i = 0; i < rows; i++) {
      Arrays.fill(data, at(i), at(i) + columns, 0);
    }
  }

  /** Takes the numbers of a row-major matrix into this packed one. */
  public void pack(Mat from) {
    for (int j0 = 0, base = origin; j0 < columns; j0 += row, base += panel) {
      int width = Math.min(row, columns - j0);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(from.data, from.at(i) + j0, data, base + i * row, width);
      }
    }
  }

  /** The same of its transpose. */
  public void packTransposed(Mat from) {
    for (int j0 = 0, base = origin; j0 < columns; j0 += row, base += panel) {
      turn(from, j0, Math.min(row, columns - j0), rows, base);
    }
  }

  /** Takes the numbers of another row-major matrix, its rows as columns. */
  public void setTransposed(Mat from) {
    turn(from, 0, columns, rows, origin);
  }

  /**
   * So many rows of another from i on become columns that start at this place in the array; eight
   * rows at a time, so that half a cache line is written at once.
   */
  private void turn(Mat from, int i, int m, int n, int at) {
    float[] x = from.data;
    int end = i + m;
    for (; i + 8 <= end; i += 8, at += 8) {
      int x0 = from.at(i);
      int x1 = from.at(i + 1);
      int x2 = from.at(i + 2);
      int x3 = from.at(i + 3);
      int x4 = from.at(i + 4);
      int x5 = from.at(i + 5);
      int x6 = from.at(i + 6);
      int x7 = from.at(i + 7);
      for (int c = 0; c < n; c++) {
        int to = at + c * row;
        data[to] = x[x0 + c];
        data[to + 1] = x[x1 + c];
        data[to + 2] = x[x2 + c];
        data[to + 3] = x[x3 + c];
        data[to + 4] = x[x4 + c];
        data[to + 5] = x[x5 + c];
        data[to + 6] = x[x6 + c];
        data[to + 7] = x[x7 + c];
      }
    }
    for (; i < end; i++, at++) {
      int x0 = from.at(i);
      for (int c = 0; c < n; c++) {
        data[at + c * row] = x[x0 + c];
      }
    }
  }
}
