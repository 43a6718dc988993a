package refrain.analysis.instrument;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.View;

/**
 * What a forward pass did at some positions of each sequence: attention of all heads, and logits.
 */
public final class QueryReadings implements Observer {
  private final ModelSpec spec;
  private final int[][] queries;
  private final float[][][][] attention;
  private final float[][][] logits;

  /**
   * @param queries [sequence, any] positions to be read
   */
  public QueryReadings(ModelSpec spec, int[][] queries) {
    this.spec = spec;
    this.queries = queries;
    this.attention = new float[queries.length][spec.nLayers() * spec.nHeads()][][];
    this.logits = new float[queries.length][][];
  }

  /** Queries of one position in each of some sequences, the same in all. */
  public static int[][] oneEach(int sequences, int position) {
    int[][] queries = new int[sequences][];
    Arrays.setAll(queries, _ -> new int[] {position});
    return queries;
  }

  @Override
  public Set<HookPoint> wants() {
    Set<HookPoint> points = new LinkedHashSet<>();
    for (int layer = 0; layer < spec.nLayers(); layer++) {
      points.add(HookPoint.of(HookKind.PATTERN, layer));
    }
    points.add(HookPoint.of(HookKind.LOGITS));
    return points;
  }

  @Override
  public void observe(int sequence, HookPoint point, View view) {
    float[] all = view.toArray();
    int[] at = queries[sequence];
    if (point.kind() == HookKind.LOGITS) {
      logits[sequence] = new float[at.length][spec.dVocab()];
      for (int q = 0; q < at.length; q++) {
        System.arraycopy(all, at[q] * spec.dVocab(), logits[sequence][q], 0, spec.dVocab());
      }
      return;
    }
    int context = view.shape()[1];
    for (int head = 0; head < spec.nHeads(); head++) {
      float[][] rows = new float[at.length][];
      for (int q = 0; q < at.length; q++) {
        rows[q] = new float[at[q] + 1];
        System.arraycopy(all, (head * context + at[q]) * context, rows[q], 0, at[q] + 1);
      }
      attention[sequence][new HeadId(point.layer(), head).index(spec.nHeads())] = rows;
    }
  }

  /** The attention that the query's position pays to a key. */
  public double attention(HeadId head, int sequence, int query, int key) {
    return attention[sequence][head.index(spec.nHeads())][query][key];
  }

  /** The mean of the attention over some heads. */
  public double attention(List<HeadId> heads, int sequence, int query, int key) {
    double sum = 0;
    for (HeadId head : heads) {
      sum += attention(head, sequence, query, key);
    }
    return sum / heads.size();
  }

  /** The logit of a token. */
  public double logit(int sequence, int query, int token) {
    return logits[sequence][query][token];
  }

  /** The logits of some tokens. */
  public float[] logits(int sequence, int query, int[] tokens) {
    float[] z = new float[tokens.length];
    for (int k = 0; k < z.length; k++) {
      z[k] = logits[sequence][query][tokens[k]];
    }
    return z;
  }

  /** The token of the largest logit. */
  public int predicted(int sequence, int query) {
    float[] z = logits[sequence][query];
    int best = 0;
    for (int v = 1; v < z.length; v++) {
      best = z[v] > z[best] ? v : best;
    }
    return best;
  }

  /** The logarithm of the probability of a set of tokens together, nats. */
  public double logProbability(int sequence, int query, IntPredicate tokens) {
    float[] z = logits[sequence][query];
    double max = z[predicted(sequence, query)];
    double all = 0;
    double some = 0;
    for (int v = 0; v < z.length; v++) {
      double p = Math.exp(z[v] - max);
      all += p;
      some += tokens.test(v) ? p : 0;
    }
    return Math.log(some / all);
  }

  /** A number of each query. */
  @FunctionalInterface
  public interface OfQuery {
    double of(int sequence, int query);
  }

  /** The mean of a number over sequences, by query; every sequence has as many. */
  public double[] byQuery(OfQuery number) {
    double[] mean = new double[queries[0].length];
    for (int q = 0; q < mean.length; q++) {
      for (int s = 0; s < queries.length; s++) {
        mean[q] += number.of(s, q) / queries.length;
      }
    }
    return mean;
  }

  /** The mean of a number over the queries of each sequence. */
  public double[] bySequence(OfQuery number) {
    double[] mean = new double[queries.length];
    for (int s = 0; s < mean.length; s++) {
      for (int q = 0; q < queries[s].length; q++) {
        mean[s] += number.of(s, q) / queries[s].length;
      }
    }
    return mean;
  }

  /** The mean of a number over all queries, summed in order. */
  public double mean(OfQuery number) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < queries.length; s++) {
      for (int q = 0; q < queries[s].length; q++) {
        sum += number.of(s, q);
        n++;
      }
    }
    return sum / n;
  }
}
