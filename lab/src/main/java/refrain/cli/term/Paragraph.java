package refrain.cli.term;

import java.util.ArrayList;
import java.util.List;

/** Prose broken into lines at its blanks. */
public final class Paragraph {
  private static final int WIDEST = 100;
  private static final int NARROWEST = 20;

  private Paragraph() {}

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
