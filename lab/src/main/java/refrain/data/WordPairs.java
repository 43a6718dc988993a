package refrain.data;

import java.util.Arrays;
import refrain.base.Default;

/**
 * Few-shot word mapping: a sample draws a language and lists "word translation" pairs of distinct
 * words, names of countries in English and in that language ({@link CountryNames}). What a word is
 * in each language has to be learnt in the weights, which language is meant shows in the context;
 * no pair comes twice, so a translation is never there to be copied.
 *
 * <p>Tokens: word i in English is i, in language l (from 0) it is (l + 1) * words + i. A share of
 * the samples are {@link RepeatedTokens} instead: they make ordinary induction heads form in the
 * same model.
 *
 * @param words how many, the first of the list
 * @param languages how many besides English, the first of the list
 * @param repeats the share of samples of repeated random tokens
 */
public record WordPairs(
    @Default("48") int words, @Default("8") int languages, @Default("0.25") double repeats)
    implements DataSpec {
  private static final String KIND = "word-pairs";

  public WordPairs {
    Require.between(KIND, "words", 2, CountryNames.WORDS, words);
    Require.between(KIND, "languages", 2, CountryNames.LANGUAGES, languages);
    Require.between(KIND, "repeats", 0.0, 1.0, repeats);
  }

  /** V. */
  public int vocab() {
    return words * (languages + 1);
  }

  /** The token of a word in a language, 0 the first besides English. */
  public int translation(int word, int language) {
    return (language + 1) * words + word;
  }

  /** One list of pairs in a language, of so many tokens. */
  public int[] pairs(Rng rng, int language, int length) {
    int[] order = rng.sample(words, (length + 1) / 2);
    int[] sample = new int[length];
    Arrays.setAll(sample, t -> t % 2 == 0 ? order[t / 2] : translation(order[t / 2], language));
    return sample;
  }

  @Override
  public DataSource open() {
    return new WithRepeats(KIND, vocab(), repeats, this::check)
        .and((rng, context) -> pairs(rng, rng.nextInt(languages), context + 1));
  }

  private void check(int context) {
    Require.contextAtMost(KIND, 2 * words - 1, context, "each word comes once");
    Require.contextAtLeast(KIND, 4, context, "two pairs");
  }
}
