package refrain.analysis.ngrams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Writes;
import refrain.analysis.instrument.Writes.Kind;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.RelabelledBigrams;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Circuits;
import refrain.probe.NormTreatment;

/**
 * How much of the bigram table each part writes: the mean of what it adds to the logits where a
 * token stands, against ln P(b | a). Parts may write things that cancel, which an ablation of one
 * of them cannot tell from a table: a head that copies its own token and a direct path that takes
 * that away again lose as much alone. Covariances with the table add up over parts, and what
 * cancels adds up to nothing.
 */
final class TableShares {
  static final Declarations ALL =
      new Declarations("this project; logits by parts as in Elhage et al. 2021");

  private static final int SEQUENCES = 2048;
  private static final int AT_ONCE = 256;
  private static final long SEED = 19;
  private static final int RELABELLINGS = 20;

  private static final String SHARE =
      "covariance of the logits that these write with ln P(b | a), over all pairs of the table with P"
          + " above 0, rows centred, over that of all parts together; logits: mean over the"
          + " positions at which token a stands on "
          + SEQUENCES
          + " walks up to the margin, the final norm's divisor as it is; these: ";

  private static final Quantity FIT =
      ALL.pure("home.fit", "fit of the mean logits with the table")
          .is("correlation of all parts' logits by token with ln P(b | a), rows centred");
  private static final Quantity DIRECT =
      share("direct", "the direct path", "the direct path from token to logits");
  private static final Quantity OTHERS =
      share("others", "heads that do not match", "all heads that do not match");
  private static final Quantity MATCHING =
      share(
          "matching",
          "the matching heads",
          "all heads of prefix matching .2 and three times uniform attention's");
  private static final Quantity MLPS = share("mlps", "the MLPs", "all MLPs");
  private static final Quantity NAMED =
      share(
          "named",
          "all but the matching heads",
          "the direct path, the heads that do not match and the MLPs");
  private static final Quantity LARGEST =
      ALL.pure("home.share.random", "largest share of a relabelled table")
          .is(
              "the largest size, over "
                  + RELABELLINGS
                  + " permutations of the tokens, of the covariance of all parts' logits with the"
                  + " permuted table, over that with the table");
  private static final Family<HeadId, Quantity> HEAD =
      ALL.pure("home.share", "share of the table written by the head")
          .ofEachHead("home.share of the head alone");

  private TableShares() {}

  private static Quantity share(String key, String title, String words) {
    return ALL.pure("home.share." + key, "share of the table written by " + title)
        .is(SHARE + words);
  }

  /**
   * @param language whose table is the same in every sequence, or known to the model all the same
   * @param matching heads
   */
  static Findings of(ModelState model, RelabelledBigrams language, List<Part> matching) {
    ModelSpec spec = model.spec();
    KnownWalks walks = KnownWalks.of(language, Rng.of(SEED).split("walks"), SEQUENCES);
    int v = language.vocab();
    Map<Part, double[][]> sums = new LinkedHashMap<>();
    Part.all(spec).forEach(part -> sums.put(part, new double[v][spec.dModel()]));
    int[] count = new int[v];
    for (int from = 0; from < SEQUENCES; from += AT_ONCE) {
      KnownWalks some = walks.part(from, from + AT_ONCE);
      Writes writes = new Writes(model, some.batch());
      sums.forEach(writes::addByToken);
      for (int[] x : some.batch().tokens()) {
        Arrays.stream(x, 0, x.length - 1).forEach(token -> count[token]++);
      }
    }
    RealMatrix unembed = new Circuits(model.parameters(), NormTreatment.FOLDED).wU();
    Map<Part, double[][]> logits = new LinkedHashMap<>();
    sums.forEach((part, sum) -> {
      for (int a = 0; a < v; a++) {
        for (int f = 0; f < sum[a].length; f++) {
          sum[a][f] /= Math.max(1, count[a]);
        }
      }
      logits.put(part, MatrixUtils.createRealMatrix(sum).multiply(unembed).getData());
    });
    return of(spec, logits, RelabelledBigrams.relabelled(language.table(), identity(v)), matching);
  }

  private static Findings of(
      ModelSpec spec, Map<Part, double[][]> logits, double[][] table, List<Part> matching) {
    double[][] all = new double[table.length][table.length];
    logits.values().forEach(one -> add(all, one));
    Covariance with = new Covariance(table);
    double whole = with.of(all);
    Map<Part, Double> shares = new LinkedHashMap<>();
    logits.forEach((part, one) -> shares.put(part, with.of(one) / whole));
    Rng rng = Rng.of(SEED).split("relabellings");
    double largest = 0;
    for (int i = 0; i < RELABELLINGS; i++) {
      double[][] wrong = permuted(table, rng.permutation(table.length));
      largest = Math.max(largest, Math.abs(new Covariance(wrong).of(all) / whole));
    }
    Findings out =
        new Findings()
            .put(FIT, whole / Math.sqrt(with.ofItself() * with.square(all)))
            .put(DIRECT, sum(shares, part -> part.kind() == Kind.DIRECT))
            .put(OTHERS, sum(shares, p -> p.kind() == Kind.HEAD && !matching.contains(p)))
            .put(MATCHING, matching.isEmpty() ? Double.NaN : sum(shares, matching::contains))
            .put(MLPS, spec.hasMlp() ? sum(shares, p -> p.kind() == Kind.MLP) : Double.NaN)
            .put(NAMED, sum(shares, part -> !matching.contains(part)))
            .put(LARGEST, largest);
    for (HeadId head : HeadId.all(spec)) {
      out.put(HEAD.of(head), sum(shares, Part.of(head)::equals));
    }
    return out;
  }

  private static double sum(Map<Part, Double> shares, Predicate<Part> which) {
    List<Double> some = new ArrayList<>();
    shares.forEach((part, share) -> {
      if (which.test(part)) {
        some.add(share);
      }
    });
    return some.stream().mapToDouble(x -> x).sum();
  }

  private static void add(double[][] to, double[][] one) {
    for (int a = 0; a < to.length; a++) {
      for (int b = 0; b < to.length; b++) {
        to[a][b] += one[a][b];
      }
    }
  }

  private static int[] identity(int n) {
    int[] names = new int[n];
    Arrays.setAll(names, a -> a);
    return names;
  }

  private static double[][] permuted(double[][] table, int[] names) {
    double[][] rows = new double[table.length][table.length];
    for (int a = 0; a < table.length; a++) {
      for (int b = 0; b < table.length; b++) {
        rows[names[a]][names[b]] = table[a][b];
      }
    }
    return rows;
  }

  /** Over the pairs that a table knows, with row means taken off. */
  private record Covariance(double[][] table) {
    double of(double[][] logits) {
      double sum = 0;
      for (int a = 0; a < table.length; a++) {
        double[] x = centred(logits[a], table[a]);
        double[] y = logs(table[a]);
        for (int b = 0; b < x.length; b++) {
          sum += x[b] * y[b];
        }
      }
      return sum;
    }

    double square(double[][] logits) {
      double sum = 0;
      for (int a = 0; a < table.length; a++) {
        for (double x : centred(logits[a], table[a])) {
          sum += x * x;
        }
      }
      return sum;
    }

    double ofItself() {
      double sum = 0;
      for (double[] row : table) {
        for (double y : logs(row)) {
          sum += y * y;
        }
      }
      return sum;
    }

    private static double[] logs(double[] row) {
      return centred(Arrays.stream(row).map(p -> p > 0 ? Math.log(p) : 0).toArray(), row);
    }

    /** 0 where the table has no pair. */
    private static double[] centred(double[] values, double[] row) {
      double mean = 0;
      int n = 0;
      for (int b = 0; b < row.length; b++) {
        mean += row[b] > 0 ? values[b] : 0;
        n += row[b] > 0 ? 1 : 0;
      }
      double[] centred = new double[row.length];
      for (int b = 0; b < row.length; b++) {
        centred[b] = row[b] > 0 ? values[b] - mean / n : 0;
      }
      return centred;
    }
  }
}
