package refrain.cli.term;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the terminal can do.
 *
 * @param redraws lines can be drawn again in place
 * @param styles bold and faint text, and colours
 * @param unicode its charset has the display's characters
 * @param width columns
 * @param height lines
 */
public record TerminalTraits(
    boolean redraws, boolean styles, boolean unicode, int width, int height) {
  private static final int WIDTH = 80;
  private static final int HEIGHT = 24;

  /** Looks at the process: console, environment, and the size that {@code stty} reports. */
  public static TerminalTraits detect() {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    TerminalTraits traits = from(System.getenv(), terminal, System.out.charset());
    return traits.redraws() ? traits.sizedBy(ask()) : traits;
  }

  /**
   * @param terminal whether input and output are a terminal
   */
  static TerminalTraits from(Map<String, String> env, boolean terminal, Charset charset) {
    boolean dumb = env.getOrDefault("TERM", "").equals("dumb");
    String ci = env.getOrDefault("CI", "");
    boolean inCi = !ci.isEmpty() && !ci.equals("false");
    boolean redraws = terminal && !dumb && !inCi;
    boolean forced = !List.of("", "0").contains(env.getOrDefault("CLICOLOR_FORCE", ""));
    boolean styles = (redraws || forced) && env.getOrDefault("NO_COLOR", "").isEmpty();
    int width = number(env.get("COLUMNS"), WIDTH);
    int height = number(env.get("LINES"), HEIGHT);
    return new TerminalTraits(
        redraws, styles, charset.equals(StandardCharsets.UTF_8), width, height);
  }

  Glyphs glyphs() {
    return unicode ? Glyphs.UNICODE : Glyphs.ASCII;
  }

  /** The same terminal at its present size, for windows that are resized. */
  TerminalTraits measuredAgain() {
    return redraws ? sizedBy(ask()) : this;
  }

  /**
   * @param rowsAndColumns as {@code stty size} prints them; anything else changes nothing
   */
  TerminalTraits sizedBy(String rowsAndColumns) {
    String[] parts = rowsAndColumns.strip().split(" ", -1);
    if (parts.length != 2) {
      return this;
    }
    int rows = number(parts[0], height);
    int columns = number(parts[1], width);
    return new TerminalTraits(redraws, styles, unicode, columns, rows);
  }

  private static int number(@Nullable String text, int otherwise) {
    try {
      int n = text == null ? 0 : Integer.parseInt(text.strip());
      return n > 0 ? n : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** Java cannot tell a terminal's size; where stty is missing the size stays as it was. */
  private static String ask() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(500, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return "";
      }
      return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
