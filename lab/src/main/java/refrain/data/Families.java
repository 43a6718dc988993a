package refrain.data;

import java.util.Optional;
import refrain.base.Default;

/**
 * A language whose tokens are similar to known degrees, for fuzzy matching A* B* ... A -> B (Olsson
 * et al. 2022, Argument 4). Tokens come in a tree: categories, symbols of a category, forms of a
 * symbol; token (category * symbols + symbol) * forms + form.
 *
 * <ul>
 *   <li>The walk goes over symbols, through a bigram table with rows softmax(c (sqrt(shared)
 *       Z[category, category] + sqrt(1 - shared) Z[symbol, symbol])), Z normal: symbols of a
 *       category have similar neighbours before and behind them. Each token's form is uniform, so
 *       the forms of a symbol have the same neighbours.
 *   <li>With probability {@code repeatProbability} the sample starts again at an offset r, uniform
 *       in [margin, T - margin): token t repeats token t mod r of the first r. A repeated token is
 *       the same token with probability {@code keep}, another form of its symbol with probability
 *       {@code synonym}, and otherwise a form of another symbol of its category.
 * </ul>
 *
 * @param categories how many
 * @param symbols of each category
 * @param forms of each symbol
 * @param c the entropy parameter, as in {@link BigramRestarts}
 * @param shared the share of a symbol's preferences, in variance, that its category has in common
 * @param repeatProbability the share of samples that start again
 * @param keep probability that a repeated token stays as it was
 * @param synonym probability that it comes back in another form
 * @param margin the least distance of the restart from either end, tokens
 * @param languageSeed fixes the bigram table
 */
public record Families(
    @Default("32") int categories,
    @Default("2") int symbols,
    @Default("2") int forms,
    @Default("0.5") double c,
    @Default("0.5") double shared,
    @Default("0.75") double repeatProbability,
    @Default("0.5") double keep,
    @Default("0.3") double synonym,
    @Default("16") int margin,
    @Default("12345") long languageSeed)
    implements DataSpec {
  private static final String KIND = "families";
  private static final double ROUNDING = 1e-9;

  public Families {
    Require.between(KIND, "categories", 2, 256, categories);
    Require.between(KIND, "symbols", 2, 64, symbols);
    Require.between(KIND, "forms", 2, 16, forms);
    Require.between(
        KIND, "categories * symbols * forms", 8, 4096, (long) categories * symbols * forms);
    Require.between(KIND, "c", 0.0, 10.0, c);
    Require.between(KIND, "shared", 0.0, 1.0, shared);
    Require.between(KIND, "repeatProbability", 0.0, 1.0, repeatProbability);
    Require.between(KIND, "keep", 0.0, 1.0, keep);
    Require.between(KIND, "synonym", 0.0, 1.0, synonym);
    Require.between(KIND, "keep + synonym", 0.0, 1.0 + ROUNDING, keep + synonym);
    Require.between(KIND, "margin", 1, 1 << 20, margin);
  }

  /** V. */
  public int vocab() {
    return categories * symbols * forms;
  }

  /** The symbol of a token, 0, ..., categories * symbols - 1. */
  public int symbol(int token) {
    return token / forms;
  }

  /** The category of a token. */
  public int category(int token) {
    return token / (forms * symbols);
  }

  /** The table of the walk over symbols. */
  public BigramTable table() {
    Rng rng = Rng.of(languageSeed).split("families");
    double[][] between = normals(rng, categories);
    double[][] own = normals(rng, categories * symbols);
    double common = StrictMath.sqrt(shared);
    double alone = StrictMath.sqrt(1 - shared);
    for (int a = 0; a < own.length; a++) {
      double[] row = own[a];
      double[] ofCategory = between[a / symbols];
      own[a] =
          BigramTable.softmax(
              row.length, c, b -> common * ofCategory[b / symbols] + alone * row[b]);
    }
    return new BigramTable(own);
  }

  private static double[][] normals(Rng rng, int n) {
    double[][] z = new double[n][n];
    for (double[] row : z) {
      for (int b = 0; b < n; b++) {
        row[b] = rng.nextGaussian();
      }
    }
    return z;
  }

  /** A token of the same symbol in another form. */
  public int otherForm(int token, Rng rng) {
    int form = rng.nextOther(token % forms, forms);
    return symbol(token) * forms + form;
  }

  /** A token of the same category and another symbol, in any form. */
  public int otherSymbol(int token, Rng rng) {
    int place = rng.nextOther(symbol(token) % symbols, symbols);
    return (category(token) * symbols + place) * forms + rng.nextInt(forms);
  }

  /** Of the walk over symbols and the uniform form of each. */
  @Override
  public double entropy() {
    return table().entropy() + StrictMath.log(forms);
  }

  @Override
  public Families replicate(int n) {
    return new Families(
        categories,
        symbols,
        forms,
        c,
        shared,
        repeatProbability,
        keep,
        synonym,
        margin,
        languageSeed + n);
  }

  @Override
  public DataSource open() {
    BigramTable table = table();
    return DataSource.of(
        vocab(),
        context -> Optional.of(new Distances(margin, context - margin - 1)),
        (rng, context) -> sample(table, rng, context));
  }

  private int[] sample(BigramTable table, Rng rng, int context) {
    Require.contextAtLeast(KIND, 2 * margin + 1, context, "twice the margin and one more");
    int[] x = table.walk(rng, context + 1);
    for (int t = 0; t <= context; t++) {
      x[t] = x[t] * forms + rng.nextInt(forms);
    }
    if (rng.nextDouble() < repeatProbability) {
      int offset = rng.nextInt(margin, context - margin);
      for (int t = offset; t <= context; t++) {
        x[t] = repeated(x[t % offset], rng);
      }
    }
    return x;
  }

  private int repeated(int token, Rng rng) {
    double u = rng.nextDouble();
    if (u < keep) {
      return token;
    }
    return u < keep + synonym ? otherForm(token, rng) : otherSymbol(token, rng);
  }
}
