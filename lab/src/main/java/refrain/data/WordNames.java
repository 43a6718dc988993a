package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Everyday words in English, French and Spanish, from the names of emoji in the Unicode Common
 * Locale Data Repository (CLDR) 48.2; {@code lab/src/scripts/word_names_from_cldr.py} makes the
 * list. Each is one word of letters and names one thing.
 */
public final class WordNames {
  private static final String FILE = "/refrain/corpora/word-names.tsv";

  /**
   * What a thing is called.
   *
   * @param animal whether it is one
   */
  public record Word(String english, String french, String spanish, boolean animal) {}

  private WordNames() {}

  /**
   * Some of the words, in the order of the list.
   *
   * @param claimed those that claims are judged on; false: those that are there to explore with
   */
  public static List<Word> of(boolean claimed) {
    return new String(Resources.read(FILE), UTF_8)
        .lines()
        .skip(1)
        .map(line -> line.split("\t"))
        .filter(row -> row[4].equals(claimed ? "claim" : "explore"))
        .map(row -> new Word(row[0], row[1], row[2], row[3].equals("animal")))
        .toList();
  }
}
