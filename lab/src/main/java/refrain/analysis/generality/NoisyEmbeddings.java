package refrain.analysis.generality;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.DataSpec;
import refrain.data.Families;
import refrain.data.Rng;
import refrain.model.Parameter;
import refrain.model.Parameters;

/**
 * Fuzzy matching by dose: A* is read through an embedding that is A's mixed with noise, so that its
 * similarity to A is any number wanted, in any language. Token 2 k + 1 serves as the noisy alias of
 * token 2 k. A segment is made of even tokens and then repeated; in its first copy every other
 * token stands as its alias, so that A* is noisy and B* is not.
 *
 * <p>With rows centred (as a layer norm reads them), the alias is cos a + sin |a| u, u a random
 * direction orthogonal to a and to 1.
 */
final class NoisyEmbeddings {
  static final Declarations ALL = new Declarations("this project");

  private static final Quantity EXACT =
      ALL.probability("noise.attention.exact", "attention to B* at cosine 1")
          .is("mean attention of the induction heads from A to the token after A*");
  private static final Quantity KEPT_9 =
      ALL.pure("noise.kept.0.9", "share of the attention kept at cosine .9")
          .is("(noise.attention at .9 - at 0) / (at 1 - at 0)");
  private static final Quantity KEPT_5 =
      ALL.pure("noise.kept.0.5", "share of the attention kept at cosine .5")
          .is("(noise.attention at .5 - at 0) / (at 1 - at 0)");
  private static final Quantity HALF =
      ALL.pure("noise.half", "cosine at which half of the attention is left")
          .is("where noise.attention last crosses the middle between its ends, linear in between");
  private static final Quantity EXCESS =
      ALL.pure("noise.excess.0", "attention to B* at cosine 0 over uniform attention")
          .is("noise.attention at cosine 0 / noise.chance");

  private static final SeriesQuantity COSINE =
      ALL.series("noise.cosine", "cosine of A and A*", "1")
          .is("between their rows of the embedding, centred");
  private static final SeriesQuantity ATTENTION =
      ALL.series("noise.attention", "attention to B* by cosine", "probability")
          .is("mean attention of the induction heads from A to the token after A*");
  private static final SeriesQuantity ACCURACY =
      ALL.series("noise.accuracy", "accuracy of B* by cosine", "probability")
          .is("share of A after which the most likely token is B*, or a form of its symbol");
  private static final Quantity CHANCE =
      ALL.probability("noise.chance", "uniform attention to B*").is("mean over A of 1 / positions");

  private static final int SEGMENTS = 128;

  /** Cosines between the rows of A and A*, rising. */
  static final double[] COSINES = {0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1};

  private final IntUnaryOperator word;
  private final int length;
  private final int[][] sequences = new int[SEGMENTS][];
  private final int[][] queries = new int[SEGMENTS][];

  /**
   * @param data where tokens are similar by themselves, a segment has one of each category, and
   *     another form of B counts as B
   * @param vocab V, even
   * @param context n_ctx of the model, at least 12
   */
  private NoisyEmbeddings(DataSpec data, int vocab, int context) {
    IntUnaryOperator group = data instanceof Families f ? f::category : token -> token;
    this.word = data instanceof Families f ? f::symbol : token -> token;
    int groups = data instanceof Families f ? f.categories() : vocab / 2;
    this.length = Math.min(context / 2 - 2, groups);
    Rng rng = Rng.of(42).split("noisy segments");
    for (int s = 0; s < SEGMENTS; s++) {
      sequences[s] = draw(group, vocab, rng);
      queries[s] = new int[length / 2 - 1];
      Arrays.setAll(queries[s], q -> length + match(q));
    }
  }

  private int[] draw(IntUnaryOperator group, int vocab, Rng rng) {
    int[] x = new int[2 * length + 1];
    Set<Integer> used = new HashSet<>();
    int n = 0;
    for (int k : rng.permutation(vocab / 2)) {
      if (n < length && used.add(group.applyAsInt(2 * k))) {
        x[n] = 2 * k;
        x[length + n] = 2 * k;
        n++;
      }
    }
    for (int t = 1; t < length; t += 2) {
      x[t]++;
    }
    return x;
  }

  /** Where the A* of a query stands. */
  private static int match(int query) {
    return 2 * query + 1;
  }

  static Findings of(DataSpec data, ModelState model, Heads heads) {
    return new NoisyEmbeddings(data, model.spec().dVocab(), model.context()).of(model, heads);
  }

  private Findings of(ModelState model, Heads heads) {
    double[] attention = new double[COSINES.length];
    double[] accuracy = new double[COSINES.length];
    double chance = 0;
    for (int position : queries[0]) {
      chance += 1.0 / (position + 1) / queries[0].length;
    }
    for (int i = 0; i < COSINES.length; i++) {
      ModelState noisy = model.with(aliased(model.parameters(), COSINES[i]));
      QueryReadings r = noisy.read(sequences, queries, List.of());
      attention[i] = r.mean((s, q) -> r.attention(heads.nearest(), s, q, match(q) + 1));
      accuracy[i] = r.mean((s, q) -> isWord(r.predicted(s, q), sequences[s][match(q) + 1]));
    }
    double exact = attention[COSINES.length - 1];
    double floor = attention[0];
    double whole = exact - floor;
    return new Findings()
        .put(COSINE, COSINES)
        .put(ATTENTION, attention)
        .put(ACCURACY, accuracy)
        .put(EXACT, exact)
        .put(KEPT_9, (attention[at(0.9)] - floor) / whole)
        .put(KEPT_5, (attention[at(0.5)] - floor) / whole)
        .put(HALF, crossing(attention, floor + whole / 2))
        .put(CHANCE, chance)
        .put(EXCESS, floor / chance);
  }

  private double isWord(int token, int wanted) {
    return word.applyAsInt(token) == word.applyAsInt(wanted) ? 1 : 0;
  }

  private static int at(double cosine) {
    return Arrays.binarySearch(COSINES, cosine);
  }

  /** The cosine at which a curve over {@link #COSINES} last rises through a level; NaN: nowhere. */
  static double crossing(double[] curve, double level) {
    for (int i = curve.length - 1; i > 0; i--) {
      if (curve[i] > level && curve[i - 1] <= level) {
        double share = (level - curve[i - 1]) / (curve[i] - curve[i - 1]);
        return COSINES[i - 1] + share * (COSINES[i] - COSINES[i - 1]);
      }
    }
    return Double.NaN;
  }

  /** The model with the row of each odd token made out of that of the even one before it. */
  static Parameters aliased(Parameters parameters, double cosine) {
    Parameters copy = parameters.copy();
    Parameter rows = parameters.layout().get("embed.W_E");
    int d = parameters.spec().dModel();
    Rng rng = Rng.of(43).split("noise");
    for (int token = 0; token + 1 < parameters.spec().dVocab(); token += 2) {
      double[] a = new double[d];
      int from = token * d;
      Arrays.setAll(a, f -> parameters.arena()[rows.at(from + f)]);
      double mean = centre(a);
      double[] u = direction(a, rng);
      double size = cosine >= 1 ? 0 : Math.sqrt(1 - cosine * cosine) * Math.sqrt(dot(a, a));
      for (int f = 0; f < d; f++) {
        double value = mean + cosine * a[f] + size * u[f];
        copy.arena()[rows.at((token + 1) * d + f)] = (float) value;
      }
    }
    return copy;
  }

  /** A random direction of length 1, orthogonal to a centred vector and to 1. */
  private static double[] direction(double[] a, Rng rng) {
    double[] u = new double[a.length];
    Arrays.setAll(u, f -> rng.nextGaussian());
    centre(u);
    double along = dot(a, u);
    double square = dot(a, a);
    for (int f = 0; f < u.length && square > 0; f++) {
      u[f] -= along / square * a[f];
    }
    double norm = Math.sqrt(dot(u, u));
    for (int f = 0; f < u.length; f++) {
      u[f] /= norm;
    }
    return u;
  }

  /** Takes the mean off and returns it. */
  private static double centre(double[] x) {
    double mean = Arrays.stream(x).sum() / x.length;
    for (int f = 0; f < x.length; f++) {
      x[f] -= mean;
    }
    return mean;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int f = 0; f < x.length; f++) {
      sum += x[f] * y[f];
    }
    return sum;
  }
}
