package refrain.draw.chart;

import java.util.List;
import java.util.stream.IntStream;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Type.Weight;

/**
 * One number of every head of a model: layers down, heads across, darker for more. Heads that were
 * found are outlined, those found weakly by a thinner line; each names its value on hover.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param values [layer, head] 0 to 1; what is below 0 is as 0
 * @param marks [layer, head] 2: found, 1: found weakly, 0: not
 * @param found what the outline means; "": nothing is outlined
 */
public record HeadMap(
    String title, String description, List<double[]> values, List<int[]> marks, String found)
    implements Figure {
  private static final double LABEL = 10.5;
  private static final double STEP = 14;

  public HeadMap {
    values = List.copyOf(values);
    marks = List.copyOf(marks);
    if (values.isEmpty() || values.size() != marks.size()) {
      throw new IllegalArgumentException(
          values.size() + " layers with marks on " + marks.size() + ", expected at least one");
    }
  }

  private int layers() {
    return values.size();
  }

  private int heads() {
    return values.getFirst().length;
  }

  @Override
  public Drawing draw(String id) {
    double cell = Math.clamp(Math.floor(480.0 / Math.max(heads(), layers())), 7, 20);
    double left = Weight.PLAIN.width("layer 00 ", LABEL);
    double legend = Weight.PLAIN.width(key(), 11) + 30;
    double width =
        Math.max(Math.max(left + heads() * cell + 12, 300), found.isEmpty() ? 0 : legend);
    Heading heading = Heading.of(title, Pen.TITLE, width);
    double top = 44 + heading.more();
    double below = top + layers() * cell;
    Markup m = new Markup();
    heading.draw(m, 0, 0);
    Pen.box(m, Ink.FIELD, left, top, heads() * cell, layers() * cell);
    m.open("g", "class", Ink.C0.fillClass(), "fill", Ink.C0.light());
    for (int l = 0; l < layers(); l++) {
      for (int h = 0; h < heads(); h++) {
        cell(m, l, h, left + h * cell, top + l * cell, cell);
      }
      m.line();
    }
    m.close();
    outlines(m, left, top, cell);
    labels(m, left, top, cell);
    legend(m, below + 14);
    double height = below + (found.isEmpty() ? 36 : 54);
    return new Drawing(id, title, description, width, height, m.toString());
  }

  private void cell(Markup m, int layer, int head, double x, double y, double size) {
    double v = values.get(layer)[head];
    double shade = Double.isFinite(v) ? Math.clamp(v, 0, 1) : 0;
    m.open("rect", "x", x, "y", y, "width", size, "height", size, "fill-opacity", shade);
    m.element("title", "L" + layer + "H" + head + ": " + Num.fixed(v, 2));
    m.close();
  }

  private void outlines(Markup m, double left, double top, double cell) {
    for (int l = 0; l < layers(); l++) {
      for (int h = 0; h < heads(); h++) {
        int mark = marks.get(l)[h];
        if (mark > 0) {
          double line = mark == 2 ? 2 : .8;
          Pen.outline(m, Ink.C1, left + h * cell, top + l * cell, cell, cell, line);
        }
      }
    }
    m.line();
  }

  private void labels(Markup m, double left, double top, double cell) {
    int every = (int) Math.ceil((LABEL + 2) / cell);
    double middle = cell / 2 + LABEL * .35;
    Pen.words(m, "head", left - 6, top - 6, LABEL, Ink.MUTED, "end", "400");
    int across = Math.max(every, (int) Math.ceil(Weight.PLAIN.width("00 ", LABEL) / cell));
    IntStream.iterate(0, h -> h < heads(), h -> h + across)
        .forEach(h -> {
          double x = left + (h + .5) * cell;
          Pen.words(m, Integer.toString(h), x, top - 6, LABEL, Ink.TEXT, "middle", "400");
        });
    IntStream.iterate(0, l -> l < layers(), l -> l + every)
        .forEach(l -> {
          String label = l == 0 ? "layer 0" : Integer.toString(l);
          Pen.words(m, label, left - 6, top + l * cell + middle, LABEL, Ink.TEXT, "end", "400");
        });
    m.line();
  }

  private String key() {
    return found + "; thin: weakly";
  }

  private void legend(Markup m, double y) {
    Pen.words(m, "0", 2, y + 10, 11, Ink.MUTED, "start", "400");
    Pen.box(m, Ink.FIELD, 14, y, 11 * STEP, 12.0);
    for (int i = 0; i <= 10; i++) {
      Pen.box(m, Ink.C0, 14 + i * STEP, y, STEP, 12.0, "fill-opacity", i / 10.0);
    }
    Pen.words(m, "1", 20 + 11 * STEP, y + 10, 11, Ink.MUTED, "start", "400");
    if (!found.isEmpty()) {
      Pen.outline(m, Ink.C1, 3, y + 20, 11, 11, 2);
      Pen.words(m, key(), 20, y + 30, 11, Ink.MUTED, "start", "400");
    }
  }
}
