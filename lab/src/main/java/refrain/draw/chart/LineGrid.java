package refrain.draw.chart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type.Weight;

/**
 * Small multiples: panels of curves on common axes, so that heights compare across panels. A key
 * names the series once, if panels hold more than one.
 *
 * @param title short title of the whole
 * @param description what it shows, in a sentence
 * @param panels charts with the same axes; each one's title heads its panel
 * @param columns panels in a row
 */
public record LineGrid(String title, String description, List<LineChart> panels, int columns)
    implements Figure {
  private static final double WIDTH = 760;
  private static final double PANEL_HEIGHT = 210;

  public LineGrid {
    panels = List.copyOf(panels);
    if (panels.isEmpty() || columns < 1) {
      throw new IllegalArgumentException(
          "a grid needs panels and columns, found " + panels.size() + " and " + columns);
    }
  }

  @Override
  public Drawing draw(String id) {
    Scale xs = shared(panels.stream().map(LineChart::xScale).toList());
    Scale ys = shared(panels.stream().map(LineChart::yScale).toList());
    double gap = 18;
    double cell = (WIDTH - gap * (columns - 1)) / columns;
    int rows = (panels.size() + columns - 1) / columns;
    List<LinePlot> plots = new ArrayList<>();
    LinePlot.Margins margins = new LinePlot.Margins(0, 0, 0, 0);
    for (int i = 0; i < panels.size(); i++) {
      boolean last = i + columns >= panels.size();
      LinePlot plot = new LinePlot(panels.get(i), xs, ys, false, last, i % columns == 0);
      plots.add(plot);
      margins = margins.max(plot.margins(cell));
    }
    Markup m = new Markup();
    Pen.words(m, title, 2, 18, Pen.TITLE + 1, Ink.TEXT, "start", "600");
    double y = 30 + key(m, 44);
    for (int i = 0; i < plots.size(); i++) {
      int row = i / columns;
      double x = (i % columns) * (cell + gap);
      double at = y + row * PANEL_HEIGHT;
      plots.get(i).draw(m, id + "-" + i, x, at, cell, PANEL_HEIGHT, margins);
    }
    return new Drawing(id, title, description, WIDTH, y + rows * PANEL_HEIGHT + 4, m.toString());
  }

  /** Draws the key at {@code y} and returns its height; none where panel titles say enough. */
  private double key(Markup m, double y) {
    Map<String, Style> styles = new LinkedHashMap<>();
    panels.forEach(p -> p.series().forEach(s -> styles.putIfAbsent(s.label(), s.style())));
    if (panels.stream().allMatch(p -> p.series().size() <= 1)) {
      return 0;
    }
    double x = 2;
    double line = y;
    for (Map.Entry<String, Style> entry : styles.entrySet()) {
      double need = 38 + Weight.BOLD.width(entry.getKey(), Pen.LABEL) + 14;
      if (x > 2 && x + need > WIDTH) {
        x = 2;
        line += 20;
      }
      Style style = entry.getValue();
      String dash = style.dash().isEmpty() ? "none" : style.dash();
      String d = Pen.to("M", x, line - 4) + "h30";
      Pen.stroke(m, style.ink(), d, "stroke-width", 1.8, "stroke-dasharray", dash);
      style.mark(m, x + 15, line - 4, 3.4);
      Pen.words(m, entry.getKey(), x + 36, line, Pen.LABEL, style.ink(), "start", "600");
      x += need;
    }
    m.line();
    return line - y + 24;
  }

  private static Scale shared(List<Scale> scales) {
    double lo = scales.stream().mapToDouble(Scale::lo).min().orElse(0);
    double hi = scales.stream().mapToDouble(Scale::hi).max().orElse(1);
    return new Scale(scales.get(0).log(), lo, hi);
  }
}
