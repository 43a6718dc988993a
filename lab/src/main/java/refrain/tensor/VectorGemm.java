package refrain.tensor;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * C = start + A B on vectors, as in {@link Kernels#gemm}.
 *
 * <p>C is cut into strips of columns as wide as a panel of B, and a strip into tiles whose sums
 * stay in registers while k runs: {@code VectorTiles}, which the build writes. A tile begins with
 * the numbers of {@code start}, be they C's own, a bias or zeros, so that no product is preceded by
 * a walk over C.
 *
 * <p>The launcher switches the Vector API's own checks of indices off. What keeps every access
 * inside its array: a {@link Mat} holds only elements of its array, {@link Bounds#product} says
 * that the four matrices belong together, and where the last vector of a strip reads beyond B's
 * columns, {@link #readable} says that the array goes on so far, or {@link #oneByOne} reads no
 * further than it may.
 */
final class VectorGemm {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  static final int L = S.length();

  /** Vectors that a tile is wide at most: with 16 registers two, with 32 (512 bits) four. */
  private static final int MOST = L >= 16 ? 4 : 2;

  private VectorGemm() {}

  static void gemm(Mat a, Mat b, Mat start, Mat c) {
    Bounds.product(a, b, start, c);
    int panel = 4 * L;
    if (b.panel > 0 && b.row != panel) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s, expected panels of %d", b, panel));
    }
    int across = b.panel == 0 ? panel : b.panel;
    int bOff = b.origin;
    for (int j0 = 0; j0 < c.columns; j0 += panel, bOff += across) {
      int width = Math.min(panel, c.columns - j0);
      for (int j = 0; j < width; j += MOST * L) {
        int columns = Math.min(MOST * L, width - j);
        if (columns % L == 0 || readable(b, bOff + j, columns)) {
          VectorTiles.strip(a, b, bOff + j, start, c, j0 + j, columns);
        } else {
          oneByOne(a, b, bOff + j, start, c, j0 + j, columns);
        }
      }
    }
  }

  /**
   * Where the tiles of this height end that cover rows from i on. Of six rows one tile fewer where
   * two or three rows would be left, since two tiles of four cover eight.
   */
  static int end(int i, int rows, int height) {
    int left = rows - i;
    int tiles = left / height;
    if (height == 6 && left >= 8 && (left % 6 == 2 || left % 6 == 3)) {
      tiles--;
    }
    return i + tiles * height;
  }

  /** Whether whole vectors can be read from B's last row, of which the others lie before. */
  private static boolean readable(Mat b, int bOff, int columns) {
    int whole = (columns + L - 1) / L * L;
    return bOff + (b.rows - 1) * b.row + whole <= b.data.length;
  }

  /** The same for columns of B that end with its array, a row at a time under a mask. */
  private static void oneByOne(Mat a, Mat b, int bOff, Mat start, Mat c, int j0, int columns) {
    for (int j = 0; j < columns; j += L) {
      VectorMask<Float> in = S.indexInRange(j, columns);
      for (int i = 0; i < c.rows; i++) {
        FloatVector sum = FloatVector.fromArray(S, start.data, start.at(i) + j0 + j, in);
        int p = a.at(i);
        int q = bOff + j;
        for (int k = 0; k < a.columns; k++) {
          FloatVector y = FloatVector.fromArray(S, b.data, q, in);
          sum = y.fma(FloatVector.broadcast(S, a.data[p]), sum);
          p += a.column;
          q += b.row;
        }
        sum.intoArray(c.data, c.at(i) + j0 + j, in);
      }
    }
  }
}
