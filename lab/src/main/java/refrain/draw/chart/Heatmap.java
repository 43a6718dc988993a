package refrain.draw.chart;

import java.util.List;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Png;
import refrain.draw.Type;
import refrain.draw.Type.Weight;

/**
 * An attention pattern: destination tokens down, source tokens across, darker for more attention.
 * The causal mask is blank paper; pairs marked (for example induction targets) are outlined. Small
 * patterns are cells, those with up to {@link #HOVER} tokens name their value on hover; large ones
 * are one embedded image.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param tokens labels of both axes
 * @param pattern [destination, source], flattened by rows, values in [0, 1]
 * @param marks cells to outline
 */
public record Heatmap(
    String title, String description, List<String> tokens, Pattern pattern, List<Cell> marks)
    implements Figure {
  /** Patterns up to this many tokens name each cell's value on hover. */
  static final int HOVER = 32;

  /** Patterns beyond this many tokens become one image. */
  static final int CELLS = 64;

  /** A pair of positions. */
  public record Cell(int destination, int source) {}

  /** A square matrix of attention, [destination, source]. Immutable. */
  public static final class Pattern {
    private final double[] values;
    private final int n;

    private Pattern(double[] values, int n) {
      this.values = values;
      this.n = n;
    }

    /**
     * @param values flattened by rows, length n * n
     */
    public static Pattern of(double[] values, int n) {
      if (values.length != n * n) {
        throw new IllegalArgumentException(
            "a pattern over " + n + " tokens has " + n * n + " values, found " + values.length);
      }
      return new Pattern(values.clone(), n);
    }

    double at(int destination, int source) {
      double v = values[destination * n + source];
      return Double.isFinite(v) ? Math.clamp(v, 0, 1) : 0;
    }

    int size() {
      return n;
    }
  }

  public Heatmap {
    tokens = List.copyOf(tokens);
    marks = List.copyOf(marks);
    if (tokens.size() != pattern.size()) {
      throw new IllegalArgumentException(
          "a pattern over " + pattern.size() + " tokens has " + tokens.size() + " labels");
    }
  }

  @Override
  public Drawing draw(String id) {
    return new Plot(this).draw(id);
  }

  /** Where the pieces of the drawing lie, in pixels. */
  private static final class Plot {
    private static final double LABEL = 10.5;
    private static final String SOURCE = "attends to (source) →";
    private static final String DESTINATION = "← from (destination)";

    private final Heatmap map;
    private final int n;
    private final double cell;
    private final double left;
    private final double width;
    private final Heading heading;
    private final double top;
    private final int stride;

    Plot(Heatmap map) {
      this.map = map;
      n = map.pattern().size();
      cell = Math.clamp(Math.floor(56000.0 / Math.max(1, n)) / 100, 1.0, 18);
      stride = Math.max(1, (int) Math.ceil((LABEL + 1) / cell));
      double longest = Weight.PLAIN.widest(map.tokens().stream().map(Plot::label), LABEL);
      left = longest + 28;
      width = Math.max(left + Math.max(n * cell, Weight.PLAIN.width(SOURCE, 11)) + 12, 340);
      heading = Heading.of(map.title(), Pen.TITLE, width);
      top = 44 + heading.more() + longest + 8;
    }

    Drawing draw(String id) {
      double size = n * cell;
      double below = Math.max(size, Weight.PLAIN.width(DESTINATION, 11));
      double height = top + below + 62;
      Markup m = new Markup();
      heading.draw(m, 0, 0);
      Pen.words(m, SOURCE, left, 37 + heading.more(), 11.0, Ink.MUTED, "start", "400");
      m.open("g", "transform", "translate(12 " + Num.coord(top) + ") rotate(-90)");
      Pen.words(m, DESTINATION, 0, 0, 11.0, Ink.MUTED, "end", "400");
      m.close().line();
      field(m);
      if (n <= CELLS) {
        cells(m);
      } else {
        image(m, id);
      }
      labels(m);
      marks(m);
      legend(m, top + below + 22);
      return new Drawing(id, map.title(), map.description(), width, height, m.toString());
    }

    private static String label(String token) {
      return Weight.PLAIN.fit(Type.visible(token), LABEL, 90);
    }

    /**
     * The stairs under the causal mask, so that "no attention" and "not allowed" look different.
     */
    private void field(Markup m) {
      StringBuilder d = new StringBuilder();
      d.append('M').append(Num.coord(left)).append(' ').append(Num.coord(top));
      for (int i = 0; i < n; i++) {
        d.append('h').append(Num.coord(cell)).append('v').append(Num.coord(cell));
      }
      d.append('H').append(Num.coord(left)).append('Z');
      m.open("g", "class", Ink.FIELD.fillClass(), "fill", Ink.FIELD.light());
      m.leaf("path", "d", d.toString()).close();
      Pen.stroke(m, Ink.RULE, d.toString(), "stroke-width", 0.6);
      m.line();
    }

    private void cells(Markup m) {
      boolean hover = n <= HOVER;
      Object[] size = {"width", cell, "height", cell};
      m.open("g", "class", Ink.C0.fillClass(), "fill", Ink.C0.light());
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          double v = map.pattern().at(i, j);
          if (!hover && v < 0.005) {
            continue;
          }
          Object[] place = {"x", left + j * cell, "y", top + i * cell};
          Object[] box = Markup.all(place, size, new Object[] {"fill-opacity", v});
          if (hover) {
            m.open("rect", box);
            m.element("title", place(i) + " → " + place(j) + ": " + Num.fixed(v, 2));
            m.close();
          } else {
            m.leaf("rect", box);
          }
        }
        m.line();
      }
      m.close();
    }

    private String place(int i) {
      return Type.visible(map.tokens().get(i)) + " [" + i + "]";
    }

    /**
     * The values as a grey image that masks a rectangle of ink: one image serves both colour
     * schemes.
     */
    private void image(Markup m, String id) {
      byte[] grey = new byte[n * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          grey[i * n + j] = (byte) Math.round(255 * map.pattern().at(i, j));
        }
      }
      double size = n * cell;
      m.open("mask", "id", id + "-m", "maskUnits", "userSpaceOnUse");
      Object[] place = {"x", left, "y", top, "width", size, "height", size};
      String png = Png.dataUri(Png.grey(grey, n, n));
      Object[] look = {"style", "image-rendering:pixelated", "href", png};
      m.leaf("image", Markup.all(place, look));
      m.close();
      Pen.box(m, Ink.C0, left, top, size, size, "mask", "url(#" + id + "-m)");
      m.line();
    }

    private void labels(Markup m) {
      double mid = cell / 2 + LABEL * 0.35;
      for (int i = 0; i < n; i += stride) {
        token(m, map.tokens().get(i), left - 6, top + i * cell + mid, "end");
      }
      m.line();
      for (int j = 0; j < n; j += stride) {
        String x = Num.coord(left + j * cell + mid);
        String turn = "translate(" + x + " " + Num.coord(top - 6) + ") rotate(-90)";
        m.open("g", "transform", turn);
        token(m, map.tokens().get(j), 0, 0, "start");
        m.close();
      }
      m.line();
    }

    /** A token's name; one that is cut is whole on hover. */
    private static void token(Markup m, String token, double x, double y, String anchor) {
      String shown = label(token);
      m.open("g");
      if (!shown.equals(Type.visible(token))) {
        m.element("title", Type.visible(token));
      }
      Pen.words(m, shown, x, y, LABEL, Ink.TEXT, anchor, "400");
      m.close();
    }

    private void marks(Markup m) {
      double line = cell > 8 ? 1.4 : 0.8;
      for (Cell mark : map.marks()) {
        double x = left + mark.source() * cell;
        Pen.outline(m, Ink.C1, x, top + mark.destination() * cell, cell, cell, line);
      }
      m.line();
    }

    private void legend(Markup m, double y) {
      List<Double> steps = List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);
      double x = 2;
      Pen.words(m, "attention", x, y + 10, 11.0, Ink.MUTED, "start", "400");
      x += Weight.PLAIN.width("attention ", 11.0);
      Pen.words(m, "0", x, y + 10, 11.0, Ink.MUTED, "start", "400");
      x += 12;
      Pen.box(m, Ink.FIELD, x, y, 14.0 * steps.size(), 12.0);
      for (double v : steps) {
        Pen.box(m, Ink.C0, x, y, 14.0, 12.0, "fill-opacity", v);
        x += 14;
      }
      Pen.words(m, "1", x + 6, y + 10, 11.0, Ink.MUTED, "start", "400");
      if (!map.marks().isEmpty()) {
        Pen.outline(m, Ink.C1, 3, y + 21, 11, 11, 1.4);
        Pen.words(
            m, "where an ideal head would attend", 20, y + 30, 11.0, Ink.MUTED, "start", "400");
      }
    }
  }
}
