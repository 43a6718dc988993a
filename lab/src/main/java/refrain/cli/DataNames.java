package refrain.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import refrain.base.RefrainException;
import refrain.data.BigramRestarts;
import refrain.data.BigramTriggers;
import refrain.data.CategoryTask;
import refrain.data.CodeText;
import refrain.data.Corpus;
import refrain.data.DataSpec;
import refrain.data.EnglishText;
import refrain.data.Families;
import refrain.data.Iid;
import refrain.data.JavaSources;
import refrain.data.MarkovChains;
import refrain.data.RandomOffsetCopy;
import refrain.data.RepeatedTokens;
import refrain.data.Speeches;
import refrain.data.TextFiles;
import refrain.data.TrigramLanguage;
import refrain.data.WordPairs;

/** What the word for data on the command line stands for. */
final class DataNames {
  /** For help texts. */
  static final String EXPECTED =
      "bigram-restarts, repeated-tokens, random-offset-copy, markov-chains, bigram-triggers, iid,"
          + " trigram, families, category-task, word-pairs, code, english, a file or folder of UTF-8, or - for standard input";

  private static final Map<String, Supplier<DataSpec>> LANGUAGES = new LinkedHashMap<>();

  static {
    LANGUAGES.put("bigram-restarts", BigramRestarts::defaults);
    LANGUAGES.put("repeated-tokens", RepeatedTokens::defaults);
    LANGUAGES.put("random-offset-copy", RandomOffsetCopy::defaults);
    LANGUAGES.put("markov-chains", MarkovChains::defaults);
    LANGUAGES.put("bigram-triggers", BigramTriggers::defaults);
    LANGUAGES.put("iid", Iid::defaults);
    LANGUAGES.put("trigram", TrigramLanguage::defaults);
    LANGUAGES.put("families", Families::defaults);
    LANGUAGES.put("category-task", CategoryTask::defaults);
    LANGUAGES.put("word-pairs", WordPairs::defaults);
  }

  private DataNames() {}

  /**
   * The data that a word stands for.
   *
   * @param vocab V of a text's tokenizer; a language keeps its own
   */
  static DataSpec spec(String word, int vocab, boolean lenient) {
    Supplier<DataSpec> language = LANGUAGES.get(word);
    if (language != null) {
      return language.get();
    }
    return switch (word) {
      case "code" -> new CodeText(vocab, 0);
      case "english" -> new EnglishText(vocab, 0);
      default -> files(word, vocab, lenient);
    };
  }

  /** The documents that a word stands for. */
  static Corpus corpus(String word, boolean lenient) {
    if (LANGUAGES.containsKey(word)) {
      throw RefrainException.badInput(
          "'"
              + word
              + "' is a language of token ids, which has no text; expected code, english, a"
              + " file, a folder or -");
    }
    return switch (word) {
      case "code" -> JavaSources.find();
      case "english" -> new Speeches();
      default -> files(word, 512, lenient).corpus();
    };
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
    return new TextFiles(word, vocab, lenient, 0);
  }
}
