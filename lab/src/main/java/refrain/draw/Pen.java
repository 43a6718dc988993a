package refrain.draw;

/** The few marks that figures are made of, each with its class and its fallback colour. */
public final class Pen {
  public static final double TICK = 11.5;
  public static final double LABEL = 12;
  public static final double TITLE = 14;

  private Pen() {}

  /** A path without fill; {@code more} alternates between names and values of attributes. */
  public static void stroke(Markup m, Ink ink, String d, Object... more) {
    Object[] all = new Object[more.length + 8];
    Object[] head = {"class", ink.strokeClass(), "stroke", ink.light(), "fill", "none", "d", d};
    System.arraycopy(head, 0, all, 0, 8);
    System.arraycopy(more, 0, all, 8, more.length);
    m.leaf("path", all);
  }

  /** A filled rectangle. */
  public static void box(
      Markup m, Ink ink, double x, double y, double width, double height, Object... more) {
    Object[] all = new Object[more.length + 12];
    Object[] head = {
      "x",
      x,
      "y",
      y,
      "width",
      width,
      "height",
      height,
      "class",
      ink.fillClass(),
      "fill",
      ink.light()
    };
    System.arraycopy(head, 0, all, 0, 12);
    System.arraycopy(more, 0, all, 12, more.length);
    m.leaf("rect", all);
  }

  /** A rectangle's outline. */
  public static void outline(
      Markup m, Ink ink, double x, double y, double width, double height, double line) {
    m.leaf(
        "rect",
        "x",
        x,
        "y",
        y,
        "width",
        width,
        "height",
        height,
        "fill",
        "none",
        "class",
        ink.strokeClass(),
        "stroke",
        ink.light(),
        "stroke-width",
        line);
  }

  public static void words(
      Markup m,
      String text,
      double x,
      double y,
      double size,
      Ink ink,
      String anchor,
      String weight) {
    m.element(
        "text",
        text,
        "x",
        x,
        "y",
        y,
        "font-size",
        size,
        "text-anchor",
        anchor,
        "font-weight",
        weight,
        "class",
        ink.fillClass(),
        "fill",
        ink.light());
  }

  /** Text over lines, with a rim of paper so that it stays legible. */
  public static void halo(Markup m, String text, double x, double y, String anchor) {
    m.element(
        "text",
        text,
        "x",
        x,
        "y",
        y,
        "font-size",
        TICK,
        "text-anchor",
        anchor,
        "class",
        Ink.TEXT.fillClass() + " " + Ink.PAPER.strokeClass(),
        "fill",
        Ink.TEXT.light(),
        "stroke",
        Ink.PAPER.light(),
        "stroke-width",
        3.0,
        "paint-order",
        "stroke");
  }

  /** "M x y" and the like: a command letter and its coordinates. */
  public static String to(String command, double x, double y) {
    return command + Num.coord(x) + " " + Num.coord(y);
  }
}
