package refrain.report;

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

  /** For a page that has the style sheet already. */
  public String inline() {
    Markup m = new Markup();
    root(m);
    return content(m).close().toString();
  }

  /** A whole file, right when opened alone or shown by a README in either colour scheme. */
  public String standalone() {
    Markup m = new Markup();
    m.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root(m).line().open("style").raw(Ink.css(".rf")).close().line();
    m.leaf(
        "rect",
        "class",
        "f-paper",
        "fill",
        Ink.PAPER.light(),
        "width",
        width,
        "height",
        height,
        "rx",
        6.0);
    return content(m).close().line().toString();
  }

  private Markup root(Markup m) {
    return m.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "rf",
        "viewBox",
        "0 0 " + Num.coord(width) + " " + Num.coord(height),
        "width",
        width,
        "height",
        height,
        "role",
        "img",
        "aria-labelledby",
        id + "-t " + id + "-d",
        "font-family",
        Type.SANS);
  }

  private Markup content(Markup m) {
    m.line().element("title", title, "id", id + "-t");
    m.element("desc", description, "id", id + "-d");
    return m.line().raw(body).line();
  }
}
