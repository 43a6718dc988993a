package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Markup;
import refrain.draw.Pen;

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
    LinePlot.Margins margins = LinePlot.Margins.NONE;
    for (int i = 0; i < panels.size(); i++) {
      boolean last = i + columns >= panels.size();
      LinePlot plot = new LinePlot(panels.get(i), xs, ys, false, last, i % columns == 0);
      plots.add(plot);
      margins = margins.max(plot.sides(cell));
    }
    LinePlot.Margins sides = margins;
    for (LinePlot plot : plots) {
      margins = margins.max(plot.heights(cell, sides));
    }
    Markup m = new Markup();
    Heading heading = Heading.of(title, Pen.TITLE + 1, WIDTH);
    heading.draw(m, 0, 0);
    double y = 30 + heading.more();
    y += key().draw(m, y + 14);
    double height = columns == 1 ? LineChart.HEIGHT : PANEL_HEIGHT;
    for (int i = 0; i < plots.size(); i++) {
      int row = i / columns;
      double x = (i % columns) * (cell + gap);
      plots.get(i).draw(m, id + "-" + i, x, y + row * height, cell, height, margins);
    }
    return new Drawing(id, title, description, WIDTH, y + rows * height + 4, m.toString());
  }

  /** Without entries where panel titles say enough. */
  private Key key() {
    boolean said = panels.stream().allMatch(p -> p.series().size() <= 1);
    List<Key.Entry> entries =
        panels.stream()
            .flatMap(p -> p.series().stream())
            .map(s -> new Key.Entry(s.label(), s.style()))
            .toList();
    return new Key(said ? List.of() : entries, true, WIDTH);
  }

  private static Scale shared(List<Scale> scales) {
    double lo = scales.stream().mapToDouble(Scale::lo).min().orElse(0);
    double hi = scales.stream().mapToDouble(Scale::hi).max().orElse(1);
    return new Scale(scales.get(0).log(), lo, hi);
  }
}
