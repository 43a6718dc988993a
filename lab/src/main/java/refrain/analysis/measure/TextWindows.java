package refrain.analysis.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.analysis.OnDisk;
import refrain.analysis.instrument.IclEstimate;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.TextSource;

/**
 * The user's text in the tokens of a run.
 *
 * @param tokens [window, T + 1] side by side from its beginning
 * @param words where it comes from
 */
public record TextWindows(int[][] tokens, String words) {
  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw RefrainException.badFile(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * Reads a file: as many windows of the context as it has, at most as many as an ICL score is of.
   *
   * @param data of the run
   * @throws RefrainException when the run reads no text, or the file cannot be read or is shorter
   *     than one window
   */
  public static TextWindows of(Path file, DataSource data, int context) {
    if (!(data instanceof TextSource text)) {
      throw RefrainException.badInput(
          "--text: this run reads a language of token ids and has no tokenizer; give its tokens as"
              + " --prompt");
    }
    check(file);
    return of(file, text.tokenizer().encode(read(file)), context, "the run");
  }

  /** The same in the tokens of a model on disk. */
  public static TextWindows of(Path file, OnDisk model) {
    check(file);
    return of(file, model.tokensOf(read(file)), model.context(), model.name());
  }

  private static void check(Path file) {
    if (!Files.isRegularFile(file)) {
      throw RefrainException.badInput("--text %s: no such file; expected a text file", file);
    }
  }

  private static TextWindows of(Path file, int[] ids, int context, String whose) {
    List<int[]> windows = new ArrayList<>();
    for (int from = 0;
        from + context < ids.length && windows.size() < IclEstimate.SEQUENCES;
        from += context) {
      windows.add(Arrays.copyOfRange(ids, from, from + context + 1));
    }
    if (windows.isEmpty()) {
      throw RefrainException.badInput(
          "--text %s: has %s tokens, expected at least %s, one more than the context of %s;"
              + " give more text, or a short one as --prompt",
          file, ids.length, context + 1, whose);
    }
    return new TextWindows(
        windows.toArray(int[][]::new),
        windows.size() + " windows of " + context + " tokens of " + file);
  }
}
