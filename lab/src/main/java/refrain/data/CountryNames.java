package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Names of countries in English and eight languages, from the Unicode Common Locale Data Repository
 * (CLDR) 47. The list is a file of the program, so that runs do not depend on the CLDR of the JDK;
 * {@code lab/src/scripts/CountryNamesFromCldr.java} makes it. Each name is one word and stands for
 * one country in one language.
 */
public final class CountryNames {
  /** Countries in the list. */
  public static final int WORDS = 64;

  /** Languages besides English. */
  public static final int LANGUAGES = 8;

  private static final String FILE = "/refrain/corpora/country-names.tsv";
  private static final CountryNames NAMES = read();

  private final List<String[]> rows;

  private CountryNames(List<String[]> rows) {
    this.rows = rows;
  }

  public static CountryNames get() {
    return NAMES;
  }

  /**
   * A name.
   *
   * @param word the country, 0, ..., WORDS - 1
   * @param language 0 is English
   */
  public String name(int word, int language) {
    return rows.get(word + 1)[language + 1];
  }

  private static CountryNames read() {
    String text = new String(Resources.read(FILE), UTF_8);
    return new CountryNames(text.lines().map(line -> line.split("\t")).toList());
  }
}
