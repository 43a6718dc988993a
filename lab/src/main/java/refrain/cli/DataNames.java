package refrain.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import refrain.base.RefrainException;
import refrain.data.CodeText;
import refrain.data.DataSpec;
import refrain.data.EnglishText;
import refrain.data.Split;
import refrain.data.TextFiles;
import refrain.store.Json;

/** What the word for data on the command line stands for. */
final class DataNames {
  private static final String LANGUAGES =
      "bigram-restarts, relabelled-bigrams, repeated-tokens, random-offset-copy, markov-chains,"
          + " bigram-triggers, iid, trigram, families, category-task, word-pairs, k-hop, exemplars,"
          + " translations";

  /** For help texts. */
  static final String EXPECTED =
      LANGUAGES + ", code, english, a file or folder of UTF-8, or - for standard input";

  private DataNames() {}

  static boolean language(String word) {
    return List.of(LANGUAGES.split(", ")).contains(word);
  }

  /** Whether a word stands for the user's own text. */
  static boolean own(String word) {
    return !language(word) && !word.equals("code") && !word.equals("english");
  }

  /**
   * The data that a word stands for.
   *
   * @param vocab V of a text's tokenizer; a language keeps its own
   */
  static DataSpec spec(String word, int vocab, boolean lenient) {
    if (language(word)) {
      return Json.read(Json.object().put("kind", word), DataSpec.class, word);
    }
    return switch (word) {
      case "code" -> new CodeText(vocab, 0, 0, Split.DOCUMENTS);
      case "english" -> new EnglishText(vocab, 0, 0, Split.DOCUMENTS);
      default -> files(word, vocab, lenient);
    };
  }

  /** Refuses a word that stands for no text. */
  static void requireText(String word) {
    if (language(word)) {
      throw RefrainException.badInput(
          ("'%s' is a language of token ids, which has no text; expected code, english, a "
                  + "file, a folder or -")
              .formatted(word));
    }
  }

  private static TextFiles files(String word, int vocab, boolean lenient) {
    boolean exists;
    try {
      exists = word.equals(TextFiles.STANDARD_INPUT) || Files.exists(Path.of(word));
    } catch (InvalidPathException e) {
      exists = false;
    }
    if (!exists) {
      throw RefrainException.badInput("data '" + word + "' is unknown; expected " + EXPECTED);
    }
    return new TextFiles(word, vocab, lenient);
  }
}
