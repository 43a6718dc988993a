package refrain.cli.term;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import refrain.cli.term.RunStatus.Curve;
import refrain.draw.chart.Line;

/** Curves in character cells: braille dots (two by four a cell), or stars in ASCII. */
final class Plot {
  private static final int BRAILLE = 0x2800;
  private static final int[][] DOTS = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

  private Plot() {}

  /**
   * A chart of exactly {@code rows + 2} lines (heading, plot, horizontal axis), each {@code width}
   * cells wide.
   *
   * @param xMax right end of the horizontal axis in training steps; it begins at 0
   */
  static List<String> chart(Curve curve, double xMax, int width, int rows, Glyphs glyphs) {
    Line line = curve.line();
    double[] range = range(curve);
    String high = Figures.two(range[1], glyphs);
    String low = Figures.two(range[0], glyphs);
    int axis = Math.max(high.length(), low.length());
    int columns = width - axis - 1;
    int end = line.lastFinite();
    String last = Figures.two(end < 0 ? Double.NaN : line.y(end), glyphs);
    List<String> lines = new ArrayList<>();
    lines.add(
        glyphs.cell(
            glyphs.cell(curve.label(), width - last.length() - 1, false) + " " + last,
            width,
            false));
    List<String> body = body(line, xMax, range, columns, rows, glyphs);
    for (int r = 0; r < rows; r++) {
      String text = r == 0 ? high : r == rows - 1 ? low : "";
      lines.add(glyphs.cell(text, axis, true) + glyphs.axes.charAt(0) + body.get(r));
    }
    String steps = Math.round(xMax) + " steps";
    String rule =
        String.valueOf(glyphs.axes.charAt(2)).repeat(Math.max(0, columns - steps.length() - 1));
    lines.add(
        glyphs.cell(" ".repeat(axis) + glyphs.axes.charAt(1) + rule + " " + steps, width, false));
    return lines;
  }

  /** The shape of a curve in one line of {@code width} cells; steps not yet reached are blank. */
  static String spark(Curve curve, double xMax, int width, Glyphs glyphs) {
    double[] range = range(curve);
    double[][] columns = columns(curve.line(), xMax, width);
    StringBuilder b = new StringBuilder();
    int top = glyphs.spark.length() - 1;
    for (double[] column : columns) {
      if (Double.isNaN(column[0])) {
        b.append(' ');
      } else {
        double mid = (column[0] + column[1]) / 2;
        b.append(glyphs.spark.charAt((int) Math.round(unit(mid, range) * top)));
      }
    }
    return b.toString();
  }

  private static List<String> body(
      Line line, double xMax, double[] range, int columns, int rows, Glyphs glyphs) {
    boolean dots = glyphs == Glyphs.UNICODE;
    int dx = dots ? 2 : 1;
    int dy = dots ? 4 : 1;
    int height = rows * dy;
    int[][] cells = new int[rows][columns];
    double[][] extremes = columns(line, xMax, columns * dx);
    int previous = -1;
    for (int x = 0; x < columns * dx; x++) {
      if (Double.isNaN(extremes[x][0])) {
        previous = -1;
        continue;
      }
      int a = (int) Math.round(unit(extremes[x][0], range) * (height - 1));
      int b = (int) Math.round(unit(extremes[x][1], range) * (height - 1));
      // Joins the neighbour so that a steep rise stays one stroke.
      int from = previous >= 0 && previous < a ? previous + 1 : a;
      int to = previous > b ? previous - 1 : b;
      for (int y = from; y <= to; y++) {
        int row = height - 1 - y;
        cells[row / dy][x / dx] |= dots ? DOTS[x % 2][row % 4] : 1;
      }
      previous = (a + b) / 2;
    }
    List<String> lines = new ArrayList<>();
    for (int[] row : cells) {
      StringBuilder b = new StringBuilder();
      for (int cell : row) {
        b.append(cell == 0 ? ' ' : dots ? (char) (BRAILLE + cell) : '*');
      }
      lines.add(b.toString());
    }
    return lines;
  }

  /**
   * Lowest and highest value in each of {@code n} columns; a column between two points takes the
   * line between them, one before the first or after the last point is NaN.
   */
  private static double[][] columns(Line line, double xMax, int n) {
    double[][] out = new double[n][2];
    for (double[] column : out) {
      Arrays.fill(column, Double.NaN);
    }
    double scale = xMax > 0 ? (n - 1) / xMax : 0;
    int before = -1;
    for (int i = 0; i < line.size(); i++) {
      double y = line.y(i);
      if (!Double.isFinite(y)) {
        continue;
      }
      int c = (int) Math.clamp(Math.round(line.x(i) * scale), 0, n - 1);
      if (before >= 0) {
        int from = (int) Math.clamp(Math.round(line.x(before) * scale), 0, n - 1);
        for (int k = from + 1; k < c; k++) {
          double t = (double) (k - from) / (c - from);
          add(out[k], line.y(before) + t * (y - line.y(before)));
        }
      }
      add(out[c], y);
      before = i;
    }
    return out;
  }

  private static void add(double[] column, double y) {
    column[0] = Double.isNaN(column[0]) ? y : Math.min(column[0], y);
    column[1] = Double.isNaN(column[1]) ? y : Math.max(column[1], y);
  }

  private static double[] range(Curve curve) {
    Line line = curve.line();
    DoubleSummaryStatistics all =
        IntStream.range(0, line.size())
            .mapToDouble(line::y)
            .filter(Double::isFinite)
            .summaryStatistics();
    if (all.getCount() == 0) {
      return new double[] {Double.NaN, Double.NaN};
    }
    return new double[] {
      Double.isNaN(curve.lo()) ? all.getMin() : curve.lo(),
      Double.isNaN(curve.hi()) ? all.getMax() : curve.hi()
    };
  }

  private static double unit(double y, double[] range) {
    return range[1] > range[0] ? Math.clamp((y - range[0]) / (range[1] - range[0]), 0, 1) : 0;
  }
}
