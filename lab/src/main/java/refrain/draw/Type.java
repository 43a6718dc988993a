package refrain.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Text in figures: widths without a font, and tokens made visible. */
public final class Type {
  public static final String SANS =
      "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif";
  public static final String MONO =
      "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

  /** Each class of characters with its width in em, in one of the wider fonts (DejaVu Sans). */
  private static final Map<String, Double> REGULAR =
      Map.ofEntries(
          Map.entry("ijlIJ'", 0.30),
          Map.entry(" ,.·’", 0.33),
          Map.entry("f/:;|-\\", 0.37),
          Map.entry("rt()[]!²", 0.42),
          Map.entry("\"*_`–", 0.51),
          Map.entry("csz?", 0.56),
          Map.entry("aekovxyFLPTY", 0.62),
          Map.entry("bdghnpquES0123456789${}µ", 0.65),
          Map.entry("ABCKRVXZα", 0.70),
          Map.entry("DGHNOQU&", 0.80),
          Map.entry("w#+<=>^~−→←×≤≥±", 0.84),
          Map.entry("mM%", 0.98));

  private static final Map<String, Double> BOLD =
      Map.ofEntries(
          Map.entry("ijl '", 0.35),
          Map.entry("IJ/|,.·’\\", 0.38),
          Map.entry(":;-", 0.42),
          Map.entry("f()[]!²", 0.47),
          Map.entry("rt_`–\"*", 0.53),
          Map.entry("csz?", 0.60),
          Map.entry("vxyL", 0.66),
          Map.entry("aekoEFT0123456789$α", 0.70),
          Map.entry("bdghnpquCPSYZ{}µ", 0.74),
          Map.entry("ABKRVX", 0.78),
          Map.entry("DGHNOQU#+<=>^~−→←×≤≥±", 0.85),
          Map.entry("w&", 0.93));

  /** Of all other characters. */
  private static final double WIDEST = 1.1;

  private static final double[] REGULAR_EMS = table(REGULAR);
  private static final double[] BOLD_EMS = table(BOLD);

  private Type() {}

  private static double[] table(Map<String, Double> classes) {
    double[] ems = new double['≥' + 1];
    Arrays.fill(ems, WIDEST);
    classes.forEach((characters, em) -> characters.chars().forEach(c -> ems[c] = em));
    return ems;
  }

  /**
   * An upper estimate of a text's width in pixels at {@code size}: the reader's font is not known
   * here, and few are wider than the one that the estimate is made from.
   */
  public static double width(String text, double size) {
    return width(text, size, REGULAR_EMS);
  }

  /** The same of bold text. */
  public static double bold(String text, double size) {
    return width(text, size, BOLD_EMS);
  }

  private static double width(String text, double size, double[] ems) {
    return size * text.chars().mapToDouble(c -> c < ems.length ? ems[c] : WIDEST).sum();
  }

  /** The width of the widest of several texts, 0 without any. */
  public static double widest(Stream<String> texts, double size) {
    return texts.mapToDouble(text -> width(text, size)).max().orElse(0);
  }

  /** The same of bold texts. */
  public static double widestBold(Stream<String> texts, double size) {
    return texts.mapToDouble(text -> bold(text, size)).max().orElse(0);
  }

  /**
   * The lines of a text that has {@code room} pixels: broken between words, inside one only where
   * it is wider than the room. One line at least.
   *
   * @param width of a text in pixels
   */
  public static List<String> wrap(String text, ToDoubleFunction<String> width, double room) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && width.applyAsDouble(line + " " + word) > room) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
      while (width.applyAsDouble(line.toString()) > room && line.length() > 1) {
        int end = line.length() - 1;
        while (end > 1 && width.applyAsDouble(line.substring(0, end)) > room) {
          end--;
        }
        end -= end > 1 && Character.isHighSurrogate(line.charAt(end - 1)) ? 1 : 0;
        lines.add(line.substring(0, end));
        line.delete(0, end);
      }
    }
    lines.add(line.toString());
    return lines;
  }

  /** Cuts {@code text} so that it fits, with an ellipsis. */
  public static String fit(String text, double size, double room) {
    if (width(text, size) <= room) {
      return text;
    }
    int end = text.length();
    while (end > 0 && width(text.substring(0, end) + "…", size) > room) {
      end--;
    }
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  /** A token as a label: white space and controls become visible signs. */
  public static String visible(String token) {
    StringBuilder b = new StringBuilder();
    token
        .codePoints()
        .forEach(c ->
            b.appendCodePoint(
                switch (c) {
                  case ' ' -> '·';
                  case '\n', '\r' -> '↵';
                  case '\t' -> '→';
                  default -> Character.isISOControl(c) ? 0xFFFD : c;
                }));
    return b.toString();
  }
}
