package refrain.data;

import java.util.stream.IntStream;
import refrain.base.Default;

/**
 * Templates of categories: a sample draws p categories, no two the same, and goes through them
 * again and again; each time a category comes, one of its members is drawn anew. So what comes back
 * is the order of categories and not that of tokens. Which tokens are of a category is the same in
 * all samples and has to be learnt in the weights; which category follows which is known from the
 * context alone. As in {@link RepeatedTokens}, which has one member a category, p is uniform in [T
 * / 4, T / 2].
 *
 * <p>Who knows the categories loses ln members wherever the template has come back once: the next
 * category is certain and its member uniform.
 *
 * <p>Tokens: category * members + member. A share of the samples are {@link RepeatedTokens} over
 * all tokens instead, which make ordinary induction heads form.
 *
 * <p>In a language that is {@code shuffled} tokens are dealt anew to the categories in each sample:
 * templates come back as often, and no two tokens are of one category in more than one sample.
 *
 * @param categories how many; half of T or more
 * @param members of each category
 * @param repeats the share of samples of repeated random tokens
 * @param shuffled whether tokens are dealt anew in each sample
 */
public record Templates(
    @Default("32") int categories,
    @Default("4") int members,
    @Default("0.5") double repeats,
    @Default("false") boolean shuffled)
    implements DataSpec {
  private static final String KIND = "templates";

  public Templates {
    Require.between(KIND, "categories", 2, 1024, categories);
    Require.between(KIND, "members", 2, 256, members);
    Require.between(KIND, "repeats", 0.0, 1.0, repeats);
  }

  /** V. */
  public int vocab() {
    return categories * members;
  }

  /** The category of a token, where they are not shuffled. */
  public int category(int token) {
    return token / members;
  }

  /** A token of the same category and not the same. */
  public int other(int token, Rng rng) {
    int member = rng.nextOther(token % members, members);
    return category(token) * members + member;
  }

  /** Of tokens drawn uniformly. */
  @Override
  public double entropy() {
    return StrictMath.log(vocab());
  }

  /** One sample that goes through a template, of T + 1 tokens. */
  public int[] template(Rng rng, int context) {
    int[] dealt = shuffled ? rng.permutation(vocab()) : IntStream.range(0, vocab()).toArray();
    int[] x = RepeatedTokens.sample(rng, categories, context);
    for (int t = 0; t < x.length; t++) {
      x[t] = dealt[x[t] * members + rng.nextInt(members)];
    }
    return x;
  }

  @Override
  public DataSource open() {
    return new WithRepeats(
            KIND, vocab(), repeats, context -> RepeatedTokens.check(KIND, categories, context))
        .and(this::template);
  }
}
