package refrain.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import refrain.base.Printable;

/** A table for the terminal: columns as wide as what stands in them, two blanks between. */
final class TextTable {
  private final boolean[] right;
  private final List<String> headings = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param columns their headings; one that begins with {@code >} is of numbers, set to the right
   */
  TextTable(String... columns) {
    right = new boolean[columns.length];
    for (String column : columns) {
      right[headings.size()] = column.startsWith(">");
      headings.add(Printable.line(column.startsWith(">") ? column.substring(1) : column));
    }
  }

  void row(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells in " + right.length + " columns");
    }
    rows.add(Arrays.stream(cells).map(Printable::line).toList());
  }

  /** The heading and the rows, without those columns in which no row has anything. */
  List<String> lines() {
    int[] width = new int[right.length];
    for (int i = 0; i < right.length; i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      width[i] = widest == 0 ? 0 : Math.max(widest, headings.get(i).length());
    }
    return Stream.concat(Stream.of(headings), rows.stream()).map(row -> line(row, width)).toList();
  }

  /**
   * @param width of each column; 0: it is left out
   */
  private String line(List<String> row, int[] width) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < width.length; i++) {
      if (width[i] == 0) {
        continue;
      }
      String pad = " ".repeat(width[i] - row.get(i).length());
      line.append(line.isEmpty() ? "" : "  ")
          .append(right[i] ? pad + row.get(i) : row.get(i) + pad);
    }
    return line.toString().stripTrailing();
  }
}
