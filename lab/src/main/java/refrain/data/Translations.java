package refrain.data;

import refrain.base.Default;

/**
 * Translation with pairs that are never seen: a sample draws two languages and lists "word
 * translation" pairs of distinct words from the one into the other. What a word is in each language
 * has to be learnt in the weights; which languages are meant shows in the context. No pair comes
 * twice, so a translation is never there to be copied.
 *
 * <p>The last {@code unseen} words never stand in a sample between the languages 0 and 1, in either
 * direction. They are known from all other pairs of languages, so that what they are in 1 can be
 * told by a model for which a word is the same thing in all languages.
 *
 * <p>Tokens: word i in language l is l * words + i.
 *
 * <p>A share of the samples are {@link RepeatedTokens} instead: they make ordinary induction heads
 * form in the same model.
 *
 * @param words how many
 * @param languages how many
 * @param unseen words that are not translated between the languages 0 and 1
 * @param repeats the share of samples of repeated random tokens
 */
public record Translations(
    @Default("32") int words,
    @Default("4") int languages,
    @Default("6") int unseen,
    @Default("0.7") double repeats)
    implements DataSpec {
  private static final String KIND = "translations";

  public Translations {
    Require.between(KIND, "words", 2, 1024, words);
    Require.between(KIND, "languages", 3, 64, languages);
    Require.between(KIND, "unseen", 0, words - 1, unseen);
    Require.between(KIND, "repeats", 0.0, 1.0, repeats);
  }

  /** V. */
  public int vocab() {
    return words * languages;
  }

  /** The token of a word in a language. */
  public int token(int word, int language) {
    return language * words + word;
  }

  /** Words that are translated between all languages, the first ones. */
  public int seen() {
    return words - unseen;
  }

  /** One list of pairs, of so many tokens. */
  public int[] pairs(Rng rng, int length) {
    int[] between = rng.sample(languages, 2);
    int known = between[0] < 2 && between[1] < 2 ? seen() : words;
    int[] order = rng.sample(known, (length + 1) / 2);
    int[] sample = new int[length];
    for (int t = 0; t < length; t++) {
      sample[t] = token(order[t / 2], between[t % 2]);
    }
    return sample;
  }

  @Override
  public DataSource open() {
    return new WithRepeats(KIND, vocab(), repeats, this::check)
        .and((rng, context) -> pairs(rng, context + 1));
  }

  private void check(int context) {
    Require.contextAtMost(
        KIND, 2 * seen() - 1, context, "each word comes once, unseen ones left out");
    Require.contextAtLeast(KIND, 4, context, "two pairs");
  }
}
