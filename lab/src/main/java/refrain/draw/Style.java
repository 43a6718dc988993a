package refrain.draw;

/**
 * How a series looks: ink, dash pattern and marker together, so that series stay apart without
 * colour. A variant that keeps its slot looks the same in every figure of a page.
 *
 * @param ink colour of line, marker and label
 * @param dash SVG dash pattern in pixels, "" for a solid line
 * @param marker shape at the end of a line and at a few places along it
 */
public record Style(Ink ink, String dash, Marker marker) {
  public enum Marker {
    DISC,
    SQUARE,
    TRIANGLE,
    DIAMOND,
    RING,
    BOX,
    CROSS,
    PLUS
  }

  private static final String[] DASHES = {
    "", "7 3", "2 2.5", "9 3 2 3", "12 3 4 3", "4 2", "1 3", "14 4"
  };

  public static Style of(int slot) {
    int i = Math.floorMod(slot, Ink.SERIES);
    return new Style(Ink.series(i), DASHES[i], Marker.values()[i]);
  }

  /** Draws a curve; {@code d} is its path. */
  public void line(Markup m, String d, double width) {
    Object[] joint = {"stroke-width", width, "stroke-linejoin", "round"};
    Object[] dashes = {"stroke-dasharray", dash.isEmpty() ? "none" : dash};
    Pen.stroke(m, ink, d, Markup.all(joint, dashes));
  }

  /** Draws the marker with its centre at (x, y); {@code r} is its half width in pixels. */
  public void mark(Markup m, double x, double y, double r) {
    Object[] solid = {
      "class", ink.fillClass() + " k-paper", "fill", ink.light(), "stroke", Ink.PAPER.light()
    };
    Object[] rim = {"class", "f-paper " + ink.strokeClass(), "stroke", ink.light()};
    Object[] hollow =
        Markup.all(rim, new Object[] {"fill", Ink.PAPER.light(), "stroke-width", 1.5});
    Object[] bare = {
      "class", ink.strokeClass(), "fill", "none", "stroke", ink.light(), "stroke-width", 1.8
    };
    switch (marker) {
      case DISC -> m.leaf("circle", with(solid, "cx", x, "cy", y, "r", r));
      case RING -> m.leaf("circle", with(hollow, "cx", x, "cy", y, "r", r));
      case SQUARE -> m.leaf("path", with(solid, "d", square(x, y, r * 0.9)));
      case BOX -> m.leaf("path", with(hollow, "d", square(x, y, r * 0.9)));
      case TRIANGLE ->
          m.leaf("path", with(solid, "d", poly(x, y - r, x + r * 1.1, y + r, x - r * 1.1, y + r)));
      case DIAMOND ->
          m.leaf(
              "path",
              with(
                  solid,
                  "d",
                  poly(x, y - r * 1.2, x + r * 1.2, y, x, y + r * 1.2, x - r * 1.2, y)));
      case CROSS ->
          m.leaf(
              "path",
              with(bare, "d", strokes(x - r, y - r, x + r, y + r, x - r, y + r, x + r, y - r)));
      case PLUS -> m.leaf("path", with(bare, "d", strokes(x - r, y, x + r, y, x, y - r, x, y + r)));
    }
  }

  private static String square(double x, double y, double r) {
    return poly(x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r);
  }

  private static String poly(double... xy) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < xy.length; i += 2) {
      b.append(i == 0 ? 'M' : 'L')
          .append(Num.coord(xy[i]))
          .append(' ')
          .append(Num.coord(xy[i + 1]));
    }
    return b.append('Z').toString();
  }

  private static String strokes(double... xy) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < xy.length; i += 2) {
      b.append(i % 4 == 0 ? 'M' : 'L');
      b.append(Num.coord(xy[i])).append(' ').append(Num.coord(xy[i + 1]));
    }
    return b.toString();
  }

  private static Object[] with(Object[] attributes, Object... more) {
    return Markup.all(attributes, more);
  }
}
