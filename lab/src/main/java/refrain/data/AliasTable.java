package refrain.data;

import java.util.Arrays;

/**
 * Rows of categorical distributions, each sampled in constant time from one 64-bit draw (Walker
 * 1977, Vose 1991). The column is chosen by multiplying 32 random bits with the row's length, which
 * favours a column by at most 2^-32 of its probability.
 */
final class AliasTable {
  private final int columns;
  private final double[] keep;
  private final int[] alias;

  /**
   * @param rows [rows, columns] non-negative weights, each row with a positive sum
   */
  AliasTable(double[][] rows) {
    this.columns = rows[0].length;
    this.keep = new double[rows.length * columns];
    this.alias = new int[rows.length * columns];
    // The last columns of a row, of either kind where rounding left some, hold a full share.
    Arrays.fill(keep, 1);
    int[] small = new int[columns];
    int[] large = new int[columns];
    double[] scaled = new double[columns];
    for (int r = 0; r < rows.length; r++) {
      double sum = Arrays.stream(rows[r]).sum();
      int smalls = 0;
      int larges = 0;
      for (int c = 0; c < columns; c++) {
        scaled[c] = rows[r][c] / sum * columns;
        if (scaled[c] < 1) {
          small[smalls++] = c;
        } else {
          large[larges++] = c;
        }
      }
      int base = r * columns;
      while (smalls > 0 && larges > 0) {
        int s = small[--smalls];
        int l = large[larges - 1];
        keep[base + s] = scaled[s];
        alias[base + s] = l;
        scaled[l] -= 1 - scaled[s];
        if (scaled[l] < 1) {
          larges--;
          small[smalls++] = l;
        }
      }
    }
  }

  int sample(int row, Rng rng) {
    long bits = rng.nextLong();
    int column = (int) ((bits >>> 32) * columns >>> 32);
    double fraction = (bits & 0xFFFFFFFFL) * 0x1.0p-32;
    int at = row * columns + column;
    return fraction < keep[at] ? column : alias[at];
  }
}
