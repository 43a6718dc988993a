package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.hipparchus.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.TokenNames;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.probe.Circuits;
import refrain.probe.NormTreatment;

/**
 * What one head moves and what it looks for, token by token, by its weights (Elhage et al. 2021,
 * "Summarizing OV/QK matrices"): the full circuits W_E W_V W_O W_U and W_E W_Q W_K^T W_E^T, of
 * which a row is computed when it is asked for. Memory: four vectors of d_head a token.
 *
 * <p>The norms' linear parts are in the weights and their positive divisors are left out, so values
 * compare within a table; positions and biases are left out. The keys of an induction head hold
 * what an earlier head wrote: {@code through} that one they are those of the token before.
 *
 * <p>Not thread-safe.
 */
public final class HeadTables {
  /** Tokens of a table, and rows of it. */
  private static final int MOST = 1000;

  /** The tokens on which shares are counted, at most. */
  private static final int COUNTED = 512;

  private final TokenNames names;
  private final ModelSpec spec;
  private final HeadId head;
  private final @Nullable HeadId through;
  private final long step;

  /** [V, d_head] what is written and asked for by a token, and how a logit or key reads it. */
  private final float[] moved;

  private final float[] raises;
  private final float[] asks;
  private final float[] keys;

  /**
   * @param through an earlier head whose output the keys are read from; null: keys are read from
   *     the embedding
   */
  HeadTables(
      TokenNames names,
      Parameters parameters,
      long step,
      HeadId head,
      @Nullable HeadId through,
      Watch watch) {
    this.names = names;
    this.spec = parameters.spec();
    this.step = step;
    this.head = head;
    this.through = through;
    head.check(spec);
    if (through != null) {
      through.check(spec);
      RefrainException.require(
          through.layer() < head.layer(),
          "the keys of %s cannot be read through %s, which is in no earlier layer",
          head,
          through);
    }
    Circuits circuits = new Circuits(parameters, NormTreatment.FOLDED);
    RealMatrix key = circuits.wK(head.layer(), head.head());
    RealMatrix read =
        through == null
            ? key
            : circuits
                .wV(through.layer(), through.head())
                .multiply(circuits.wO(through.layer(), through.head()).multiply(key));
    RealMatrix query = circuits.wQ(head.layer(), head.head());
    this.moved = embedded(parameters, circuits.wV(head.layer(), head.head()), watch);
    this.asks = embedded(parameters, query.scalarMultiply(1 / Math.sqrt(spec.dHead())), watch);
    this.keys = embedded(parameters, read, watch);
    this.raises = unembedded(parameters, circuits.wO(head.layer(), head.head()), watch);
  }

  /**
   * One token of a table.
   *
   * @param token its id
   * @param value how much its logit is raised, or its score as a key
   */
  public record Entry(int token, String name, double value) {}

  /**
   * One token's rows.
   *
   * @param raised the tokens whose logits attending to it raises most
   * @param lowered those that it lowers most
   * @param own how much it raises its own, and the rank of that, 1: none is raised more
   * @param preferred the keys that a query of it scores highest
   * @param self its own score as a key, and the rank
   */
  public record Row(
      int token,
      String name,
      List<Entry> raised,
      List<Entry> lowered,
      Entry own,
      int ownRank,
      List<Entry> preferred,
      Entry self,
      int selfRank) {}

  /**
   * Both tables for some tokens.
   *
   * @param head whose
   * @param through the head that its keys are read through; null: none
   * @param copies the share of tokens that raise their own logit most, of {@code counted}
   * @param matches the share of queries that prefer the key of their own token (through a
   *     previous-token head: what follows it), of {@code counted}
   * @param counted tokens, spread evenly over the vocabulary
   * @param says what the values are, in one sentence
   */
  public record Tables(
      long step,
      HeadId head,
      @Nullable HeadId through,
      List<Row> rows,
      double copies,
      double matches,
      int counted,
      String says) {}

  /**
   * The tables.
   *
   * @param tokens whose rows; none: those of the first tokens
   * @param top entries in a row
   */
  public Tables of(List<Integer> tokens, int top, Watch watch) {
    RefrainException.require(top >= 1 && top <= MOST, "top is %s, expected 1 to %s", top, MOST);
    RefrainException.require(
        tokens.size() <= MOST, "tokens: has %s, expected at most %s", tokens.size(), MOST);
    List<Integer> wanted =
        tokens.isEmpty()
            ? IntStream.range(0, Math.min(spec.dVocab(), 2 * top)).boxed().toList()
            : tokens;
    List<Row> rows = new ArrayList<>();
    for (int token : wanted) {
      RefrainException.require(
          token >= 0 && token < spec.dVocab(),
          "tokens: no token %s; the vocabulary has 0 to %s",
          token,
          spec.dVocab() - 1);
      watch.check();
      rows.add(row(token, top));
    }
    int counted = Math.min(COUNTED, spec.dVocab());
    int copies = 0;
    int matches = 0;
    for (int i = 0; i < counted; i++) {
      watch.check();
      int token = (int) ((long) i * spec.dVocab() / counted);
      copies += rank(ov(token), token) == 1 ? 1 : 0;
      matches += rank(qk(token), token) == 1 ? 1 : 0;
    }
    return new Tables(
        step,
        head,
        through,
        rows,
        (double) copies / counted,
        (double) matches / counted,
        counted,
        "by the weights of "
            + head
            + (through == null ? "" : ", its keys read through " + through)
            + "; the norms' divisors, positions and biases are left out");
  }

  private Row row(int token, int top) {
    float[] ov = ov(token);
    float[] qk = qk(token);
    return new Row(
        token,
        names.name(token),
        largest(ov, top, 1),
        largest(ov, top, -1),
        entry(ov, token),
        rank(ov, token),
        largest(qk, top, 1),
        entry(qk, token),
        rank(qk, token));
  }

  /** [V] how much attending to a token raises each logit. */
  float[] ov(int token) {
    return row(moved, token, raises);
  }

  /** [V] the score that a query of a token gives to each key. */
  float[] qk(int token) {
    return row(asks, token, keys);
  }

  private float[] row(float[] left, int token, float[] right) {
    int d = spec.dHead();
    float[] row = new float[spec.dVocab()];
    for (int v = 0; v < row.length; v++) {
      double sum = 0;
      for (int f = 0; f < d; f++) {
        sum += (double) left[token * d + f] * right[v * d + f];
      }
      row[v] = (float) sum;
    }
    return row;
  }

  private Entry entry(float[] values, int token) {
    return new Entry(token, names.name(token), values[token]);
  }

  private static int rank(float[] values, int token) {
    int rank = 1;
    for (float value : values) {
      rank += value > values[token] ? 1 : 0;
    }
    return rank;
  }

  /**
   * The largest entries, or the smallest, in order; of equal ones the lower token first.
   *
   * @param sign 1 or -1
   */
  private List<Entry> largest(float[] values, int top, int sign) {
    PriorityQueue<Integer> kept =
        new PriorityQueue<>((a, b) -> {
          int order = Float.compare(sign * values[a], sign * values[b]);
          return order == 0 ? Integer.compare(b, a) : order;
        });
    for (int v = 0; v < values.length; v++) {
      kept.add(v);
      if (kept.size() > top) {
        kept.poll();
      }
    }
    List<Entry> all = new ArrayList<>();
    while (!kept.isEmpty()) {
      all.addFirst(entry(values, kept.poll()));
    }
    return all;
  }

  /** [V, d_head] the embedding times a matrix [d_model, d_head]. */
  private static float[] embedded(Parameters parameters, RealMatrix matrix, Watch watch) {
    watch.check();
    ModelSpec spec = parameters.spec();
    int d = spec.dModel();
    int width = spec.dHead();
    double[][] weights = matrix.getData();
    Parameter embedding = parameters.layout().get("embed.W_E");
    float[] out = new float[spec.dVocab() * width];
    double[] sum = new double[width];
    for (int v = 0; v < spec.dVocab(); v++) {
      Arrays.fill(sum, 0);
      for (int i = 0; i < d; i++) {
        double x = parameters.arena()[embedding.at(v * d + i)];
        for (int f = 0; f < width; f++) {
          sum[f] += x * weights[i][f];
        }
      }
      for (int f = 0; f < width; f++) {
        out[v * width + f] = (float) sum[f];
      }
    }
    return out;
  }

  /**
   * [V, d_head] W_O W_U turned, with the final norm's linear part, which is worked into W_O: W_U is
   * too wide to be copied.
   */
  private static float[] unembedded(Parameters parameters, RealMatrix out, Watch watch) {
    watch.check();
    ModelSpec spec = parameters.spec();
    int d = spec.dModel();
    int width = spec.dHead();
    double[][] written = out.getData(); // [d_head, d_model]
    if (spec.hasFinalNorm()) {
      float[] scale = parameters.get("ln_final.w");
      for (double[] row : written) {
        double mean = 0;
        for (int i = 0; i < d && spec.norm() == Norm.LAYER; i++) {
          mean += row[i] / d;
        }
        for (int i = 0; i < d; i++) {
          row[i] = (row[i] - mean) * scale[i];
        }
      }
    }
    boolean tied = spec.tied();
    Parameter unembedding = parameters.layout().get(tied ? "embed.W_E" : "unembed.W_U");
    float[] all = new float[spec.dVocab() * width];
    double[] column = new double[d];
    for (int v = 0; v < spec.dVocab(); v++) {
      for (int i = 0; i < d; i++) {
        column[i] = parameters.arena()[unembedding.at(tied ? v * d + i : i * spec.dVocab() + v)];
      }
      for (int f = 0; f < width; f++) {
        double sum = 0;
        for (int i = 0; i < d; i++) {
          sum += written[f][i] * column[i];
        }
        all[v * width + f] = (float) sum;
      }
    }
    return all;
  }
}
