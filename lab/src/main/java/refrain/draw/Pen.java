package refrain.draw;

import java.util.List;

/** The few marks that figures are made of, each with its class and its fallback colour. */
public final class Pen {
  public static final double TICK = 11.5;
  public static final double LABEL = 12;
  public static final double TITLE = 14;

  /** Pixels from one label's baseline to that of the next below it. */
  public static final double PITCH = LABEL + 3;

  private Pen() {}

  /** A path without fill; {@code more} alternates between names and values of attributes. */
  public static void stroke(Markup m, Ink ink, String d, Object... more) {
    Object[] line = {"class", ink.strokeClass(), "stroke", ink.light(), "fill", "none", "d", d};
    m.leaf("path", Markup.all(line, more));
  }

  /** A filled rectangle. */
  public static void box(
      Markup m, Ink ink, double x, double y, double width, double height, Object... more) {
    Object[] place = {"x", x, "y", y, "width", width, "height", height};
    Object[] look = {"class", ink.fillClass(), "fill", ink.light()};
    m.leaf("rect", Markup.all(place, look, more));
  }

  /** A rectangle's outline. */
  public static void outline(
      Markup m, Ink ink, double x, double y, double width, double height, double line) {
    Object[] place = {"x", x, "y", y, "width", width, "height", height, "fill", "none"};
    Object[] look = {"class", ink.strokeClass(), "stroke", ink.light(), "stroke-width", line};
    m.leaf("rect", Markup.all(place, look));
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
    Object[] place = {"x", x, "y", y, "font-size", size, "text-anchor", anchor};
    Object[] look = {"font-weight", weight, "class", ink.fillClass(), "fill", ink.light()};
    m.element("text", text, Markup.all(place, look));
  }

  /** Lines of text below each other. */
  public static void lines(
      Markup m,
      List<String> lines,
      double x,
      double y,
      double size,
      double pitch,
      Ink ink,
      String anchor,
      String weight) {
    for (int i = 0; i < lines.size(); i++) {
      words(m, lines.get(i), x, y + i * pitch, size, ink, anchor, weight);
    }
  }

  /** Text over lines, with a rim of paper so that it stays legible. */
  public static void halo(
      Markup m, String text, double x, double y, double size, Ink ink, String weight) {
    Object[] place = {"x", x, "y", y, "font-size", size, "text-anchor", "start"};
    String inks = ink.fillClass() + " " + Ink.PAPER.strokeClass();
    Object[] look = {"class", inks, "fill", ink.light(), "stroke", Ink.PAPER.light()};
    Object[] rim = {"stroke-width", 3.0, "paint-order", "stroke", "font-weight", weight};
    m.element("text", text, Markup.all(place, look, rim));
  }

  /** "M x y" and the like: a command letter and its coordinates. */
  public static String to(String command, double x, double y) {
    return command + Num.coord(x) + " " + Num.coord(y);
  }
}
