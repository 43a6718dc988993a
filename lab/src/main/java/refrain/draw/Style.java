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
    // Beyond the inks the same ones come again, with other dashes and markers.
    int round = Math.floorDiv(slot, Ink.SERIES);
    return new Style(
        Ink.series(i),
        DASHES[Math.floorMod(i + 3 * round, DASHES.length)],
        Marker.values()[Math.floorMod(i + round, Marker.values().length)]);
  }

  /** Draws a curve; {@code d} is its path. */
  public void line(Markup m, String d, double width) {
    Object[] joint = {"stroke-width", width, "stroke-linejoin", "round"};
    Object[] dashes = {"stroke-dasharray", dash.isEmpty() ? "none" : dash};
    Pen.stroke(m, ink, d, Markup.all(joint, dashes));
  }

  /** Draws the marker with its centre at (x, y); {@code r} is its half width in pixels. */
  public void mark(Markup m, double x, double y, double r) {
    Object[] solid = {"class", ink.fillClass() + " k-paper", "fill", ink.light()};
    Object[] hollow = {"class", "f-paper " + ink.strokeClass(), "stroke", ink.light()};
    Object[] look =
        switch (marker) {
          case DISC, SQUARE, TRIANGLE, DIAMOND -> with(solid, "stroke", Ink.PAPER.light());
          case RING, BOX -> with(hollow, "fill", Ink.PAPER.light(), "stroke-width", 1.5);
          case CROSS, PLUS ->
              with(
                  new Object[] {"class", ink.strokeClass(), "fill", "none"},
                  "stroke",
                  ink.light(),
                  "stroke-width",
                  1.8);
        };
    if (marker == Marker.DISC || marker == Marker.RING) {
      m.leaf("circle", with(look, "cx", x, "cy", y, "r", r));
      return;
    }
    String d =
        switch (marker) {
          case TRIANGLE -> poly(x, y - r, x + r * 1.1, y + r, x - r * 1.1, y + r);
          case DIAMOND -> poly(x, y - r * 1.2, x + r * 1.2, y, x, y + r * 1.2, x - r * 1.2, y);
          case CROSS -> strokes(x - r, y - r, x + r, y + r, x - r, y + r, x + r, y - r);
          case PLUS -> strokes(x - r, y, x + r, y, x, y - r, x, y + r);
          default -> square(x, y, r * 0.9);
        };
    m.leaf("path", with(look, "d", d));
  }

  private static String square(double x, double y, double r) {
    return poly(x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r);
  }

  private static String poly(double... xy) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < xy.length; i += 2) {
      b.append(Pen.to(i == 0 ? "M" : "L", xy[i], xy[i + 1]));
    }
    return b.append('Z').toString();
  }

  private static String strokes(double... xy) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < xy.length; i += 2) {
      b.append(Pen.to(i % 4 == 0 ? "M" : "L", xy[i], xy[i + 1]));
    }
    return b.toString();
  }

  private static Object[] with(Object[] attributes, Object... more) {
    return Markup.all(attributes, more);
  }
}
