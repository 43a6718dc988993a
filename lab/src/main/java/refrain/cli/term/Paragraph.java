package refrain.cli.term;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import refrain.base.Printable;

/** Prose broken into lines at its blanks. */
public final class Paragraph {
  private static final int WIDEST = 100;
  private static final int NARROWEST = 20;

  private Paragraph() {}

  /** Prints one over the terminal's width; what is put in is shown without control characters. */
  public static void print(
      PrintWriter out, TerminalTraits traits, String format, @Nullable Object... values) {
    String text = Printable.line(String.format(Locale.ROOT, format, values));
    lines(text, traits.width() - 1, "").forEach(out::println);
  }

  /**
   * Lines no wider than the terminal, nor than is good to read; a longer word stands alone.
   *
   * @param width columns of the terminal
   * @param indent put before each line but the first
   */
  public static List<String> lines(String text, int width, String indent) {
    int most = Math.clamp(width, NARROWEST, WIDEST);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > most) {
        lines.add(line.toString());
        line.setLength(0);
        line.append(indent).append(word);
      } else {
        line.append(line.isEmpty() ? "" : " ").append(word);
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
