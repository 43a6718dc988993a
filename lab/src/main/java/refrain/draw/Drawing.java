package refrain.draw;

/**
 * A drawn figure.
 *
 * @param id prefix of its identifiers
 * @param title accessible name
 * @param description accessible description
 * @param width pixels
 * @param height pixels
 * @param body SVG elements
 */
public record Drawing(
    String id, String title, String description, double width, double height, String body) {

  /** Below this width a figure in a page keeps its size instead of filling the column. */
  private static final double SMALL = 700;

  /** Room around a figure that stands alone, pixels. */
  private static final double MARGIN = 14;

  /** For a page that has the style sheet already. */
  public String inline() {
    Markup m = new Markup();
    root(m, 0, width < SMALL ? "rf small" : "rf");
    return content(m).close().toString();
  }

  /** A whole file, right when opened alone or shown by a README in either colour scheme. */
  public String standalone() {
    Markup m = new Markup();
    m.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root(m, MARGIN, "rf").line().open("style").raw(Ink.css(".rf")).close().line();
    double w = width + 2 * MARGIN;
    Pen.box(m, Ink.PAPER, -MARGIN, -MARGIN, w, height + 2 * MARGIN, "rx", 6.0);
    return content(m).close().line().toString();
  }

  private Markup root(Markup m, double margin, String kind) {
    double w = width + 2 * margin;
    double h = height + 2 * margin;
    String corner = Num.coord(-margin) + " " + Num.coord(-margin);
    Object[] space = {"xmlns", "http://www.w3.org/2000/svg", "class", kind};
    String box = corner + " " + Num.coord(w) + " " + Num.coord(h);
    Object[] size = {"viewBox", box, "width", w, "height", h};
    Object[] name = {"role", "img", "aria-labelledby", id + "-t " + id + "-d"};
    return m.open("svg", Markup.all(space, size, name, new Object[] {"font-family", Type.SANS}));
  }

  private Markup content(Markup m) {
    m.line().element("title", title, "id", id + "-t");
    m.element("desc", description, "id", id + "-d");
    return m.line().raw(body).line();
  }
}
