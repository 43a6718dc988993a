package refrain.tensor;

import java.util.Arrays;
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

  /** The same of its transpose, in square blocks so that both sides stay in cache. */
  public void packTransposed(Mat from) {
    for (int j0 = 0, base = origin; j0 < columns; j0 += row, base += panel) {
      int width = Math.min(row, columns - j0);
      for (int i0 = 0; i0 < rows; i0 += LINE) {
        int depth = Math.min(LINE, rows - i0);
        for (int j = 0; j < width; j++) {
          int source = from.at(j0 + j) + i0;
          int to = base + i0 * row + j;
          for (int i = 0; i < depth; i++) {
            data[to + i * row] = from.data[source + i];
          }
        }
      }
    }
  }
}
