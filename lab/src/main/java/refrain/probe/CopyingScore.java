package refrain.probe;

import java.util.Arrays;
import java.util.List;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameters;
import refrain.probe.Definition.Better;

/**
 * Copying score (Olsson et al. 2022, "Head activation evaluators"): on 25 random tokens, how far a
 * head's direct path to the logits raises the token that it attends to, rather than other tokens of
 * the sample; from -1 to 1.
 *
 * <p>The first tokens of {@link RepeatedSequences} are the sample S, as many as the shortest block
 * has: nothing later can change what happens in it. For a key position j the direct path is c_j =
 * v_j W_O W_U on the tokens of S, with the final norm's linear part folded into W_U and its
 * positive divisor left out; the mean over S is taken off. Then
 *
 * <p>r = sum_ij A_ij max(0, c_j[t_j]) / sum_ij A_ij sum over S of |c_j|, score = 4 r - 1,
 *
 * <p>over positions j &lt;= i of the block. The paper gives a range of 0 to 0.5 for r, which is
 * what centred logits have: what is raised equals what is lowered, so the denominator is twice the
 * raise on all tokens. A head that writes nothing scores -1.
 *
 * <p>Written beside it as copy.z: how many standard deviations that is above random heads of the
 * same width ({@link CopyingNull}).
 *
 * @param sequences what the model reads
 * @param reference random heads on the same sequences
 */
public record CopyingScore(RepeatedSequences sequences, CopyingNull reference)
    implements HeadMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "copy",
        "copying score",
        "1",
        Better.HIGHER,
        "4 r - 1, r = attention-weighted raise of the attended token's centred direct-path logit /"
            + " sum of absolute centred logits of the block's tokens; first "
            + sequences.shortest()
            + " of "
            + sequences.describe(),
        "Olsson et al. 2022, Head activation evaluators: copying");
  }

  private Definition aboveRandom() {
    return new Definition(
        "copy.z",
        "copying score above random heads",
        "1",
        Better.HIGHER,
        "(copying score - mean) / standard deviation of "
            + reference.describe()
            + " for a token and read as many for its logit, on the same tokens",
        "this project; Olsson et al. 2022, Head activation evaluators: copying");
  }

  @Override
  public List<Definition> definitions() {
    return List.of(definition(), aboveRandom());
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.REPEATED;
  }

  @Override
  public boolean readsValues() {
    return true;
  }

  @Override
  public void report(Readings readings, Measurements out) {
    HeadMeasure.super.report(readings, out);
    HeadScores scores = readings.heads(this);
    HeadScores.each(readings.spec(), (l, h) -> reference.z(scores.get(l, h)))
        .report(aboveRandom(), out);
  }

  @Override
  public double of(HeadReading head) {
    int first = sequences.first();
    int end = first + sequences.shortest();
    int[] sample = new int[sequences.shortest()];
    Arrays.setAll(sample, m -> head.token(first + m));
    int[] distinct = Arrays.stream(sample).distinct().sorted().toArray();
    double[][] direct = directPath(head, distinct);
    double raised = 0;
    double all = 0;
    for (int j = first; j < end; j++) {
      double[] logits = logits(head, j, direct, distinct.length);
      double attention = 0;
      for (int i = j; i < end; i++) {
        attention += head.attention(i, j);
      }
      raised += attention * Math.max(0, logits[Arrays.binarySearch(distinct, sample[j - first])]);
      for (double logit : logits) {
        all += attention * Math.abs(logit);
      }
    }
    return all == 0 ? -1 : 4 * raised / all - 1;
  }

  /** v_j W_O W_U on the sample, its mean taken off: [tokens]. */
  private static double[] logits(HeadReading head, int position, double[][] direct, int tokens) {
    double[] logits = new double[tokens];
    for (int f = 0; f < direct.length; f++) {
      add(head.value(position, f), direct[f], logits);
    }
    double mean = 0;
    for (int c = 0; c < tokens; c++) {
      mean += logits[c] / tokens;
    }
    for (int c = 0; c < tokens; c++) {
      logits[c] -= mean;
    }
    return logits;
  }

  /** W_O W_U restricted to the sample's tokens, [d_head, tokens]. */
  private static double[][] directPath(HeadReading head, int[] tokens) {
    Parameters p = head.parameters();
    ModelSpec spec = p.spec();
    int d = spec.dModel();
    double[][] unembedding = unembedding(p, tokens);
    int from = p.layout().get("blocks." + head.layer() + ".attn.W_O").offset();
    double[][] out = new double[spec.dHead()][tokens.length];
    for (int f = 0; f < spec.dHead(); f++) {
      int row = from + (head.head() * spec.dHead() + f) * d;
      for (int i = 0; i < d; i++) {
        add(p.arena()[row + i], unembedding[i], out[f]);
      }
    }
    return out;
  }

  /** to += x row: the sums over rows run side by side, each in the rows' order. */
  private static void add(double x, double[] row, double[] to) {
    for (int c = 0; c < to.length; c++) {
      to[c] += x * row[c];
    }
  }

  /** Some columns of W_U, with the final norm's linear part: [d_model, tokens]. */
  private static double[][] unembedding(Parameters p, int[] tokens) {
    ModelSpec spec = p.spec();
    int d = spec.dModel();
    float[] arena = p.arena();
    int from = p.layout().get(spec.tied() ? "embed.W_E" : "unembed.W_U").offset();
    int scale = spec.hasFinalNorm() ? p.layout().get("ln_final.w").offset() : -1;
    double[][] columns = new double[d][tokens.length];
    for (int c = 0; c < tokens.length; c++) {
      double mean = 0;
      for (int i = 0; i < d; i++) {
        double w = arena[from + (spec.tied() ? tokens[c] * d + i : i * spec.dVocab() + tokens[c])];
        columns[i][c] = scale < 0 ? w : w * arena[scale + i];
        mean += columns[i][c] / d;
      }
      if (spec.hasFinalNorm() && spec.norm() == Norm.LAYER) {
        for (int i = 0; i < d; i++) {
          columns[i][c] -= mean;
        }
      }
    }
    return columns;
  }
}
