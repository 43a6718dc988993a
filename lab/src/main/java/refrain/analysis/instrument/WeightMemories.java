package refrain.analysis.instrument;

import java.util.List;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameters;
import refrain.model.Positions;
import refrain.probe.Circuits;
import refrain.probe.NormTreatment;

/**
 * What the weights of a circuit remember, as the share of tokens, or of positions, that they get
 * right (Bietti et al. 2023, "Birth of a Transformer", memory recall probes). Rows are inputs,
 * columns the candidates, and right is a row whose largest entry, alone, is where it should be.
 *
 * <p>Norms are folded; the embedding that a head of layer 0 reads is normalised exactly, since a
 * factor of a candidate changes what is largest. Positions are read as they are: shortformer adds
 * them after the norm.
 */
public final class WeightMemories {
  private final ModelSpec spec;
  private final int context;
  private final Circuits raw;
  private final Circuits folded;
  private final RealMatrix embedding;
  private final @Nullable RealMatrix positions;

  /**
   * @param context positions that the model is trained on
   */
  public WeightMemories(Parameters parameters, int context) {
    this.context = context;
    this.spec = parameters.spec();
    this.raw = new Circuits(parameters, NormTreatment.RAW);
    this.folded = new Circuits(parameters, NormTreatment.FOLDED);
    this.embedding = normalised(folded.wE(), spec.norm());
    this.positions =
        spec.positions() instanceof Positions.Shortformer
            ? Circuits.matrix(parameters.get("pos_embed.W_pos"), spec.nCtx(), spec.dModel())
            : null;
  }

  /**
   * Whether a head's queries and keys prefer the previous position, by the position table alone:
   * the share of positions i &gt;= 1 whose largest p_i W_Q . p_j W_K over j &lt;= i is at i - 1.
   * NaN where there is no such table.
   */
  public double previous(HeadId head) {
    return previous(head, context - 1);
  }

  /** The same of the positions 1 up to a last one. */
  public double previous(HeadId head, int last) {
    if (positions == null || last < 1) {
      return Double.NaN;
    }
    double[][] q = positions.multiply(raw.wQ(head.layer(), head.head())).getData();
    double[][] k = positions.multiply(raw.wK(head.layer(), head.head())).getData();
    int right = 0;
    for (int i = 1; i <= last; i++) {
      right += largest(q[i], k, i + 1, i - 1) ? 1 : 0;
    }
    return right / (double) last;
  }

  /** Whether a head matches its token with the same token at the key: W_E W_Q against W_E W_K. */
  public double matchDirect(HeadId head) {
    return matched(head, embedding);
  }

  /** Whether a head copies the token that it attends to: W_E W_V W_O W_U. */
  public double copy(HeadId head) {
    return copied(embedding, head);
  }

  /** Whether several heads of a layer copy together: the sum of their W_E W_V W_O W_U. */
  public double copyTogether(List<HeadId> heads) {
    RealMatrix sum = MatrixUtils.createRealMatrix(spec.dVocab(), spec.dModel());
    for (HeadId h : heads) {
      RealMatrix ov = folded.wV(h.layer(), h.head()).multiply(folded.wO(h.layer(), h.head()));
      sum = sum.add(embedding.multiply(ov));
    }
    return diagonal(sum, folded.wU().transpose());
  }

  /** Whether it copies the token that a head of an earlier layer put there. */
  public double copyThrough(HeadId sender, HeadId head) {
    return copied(moved(sender), head);
  }

  /** Of the best head of layer 0. */
  public double bestPrevious() {
    return HeadId.all(spec).stream()
        .filter(head -> head.layer() == 0)
        .mapToDouble(this::previous)
        .max()
        .orElse(Double.NaN);
  }

  /**
   * Whether a head matches its token with the token that a head of an earlier layer put at the key:
   * W_E W_Q against W_E W_V^k W_O^k W_K. Of the best pair; NaN for a model of one layer.
   */
  public double bestMatch() {
    double best = Double.NaN;
    for (HeadId sender : HeadId.all(spec)) {
      RealMatrix sent = moved(sender);
      for (HeadId head : HeadId.all(spec)) {
        best = head.layer() > sender.layer() ? max(best, matched(head, sent)) : best;
      }
    }
    return best;
  }

  /** Of the best head of layer 1 or later; NaN for a model of one layer. */
  public double bestCopy() {
    return HeadId.all(spec).stream()
        .filter(head -> head.layer() > 0)
        .mapToDouble(this::copy)
        .max()
        .orElse(Double.NaN);
  }

  /** What a head writes of each token, [d_vocab, d_model]. */
  private RealMatrix moved(HeadId h) {
    RealMatrix values = embedding.multiply(folded.wV(h.layer(), h.head()));
    return values.multiply(folded.wO(h.layer(), h.head()));
  }

  private double matched(HeadId h, RealMatrix keys) {
    RealMatrix queries = folded.wE().multiply(folded.wQ(h.layer(), h.head()));
    return diagonal(queries, keys.multiply(folded.wK(h.layer(), h.head())));
  }

  private double copied(RealMatrix written, HeadId h) {
    RealMatrix out = folded.wO(h.layer(), h.head()).multiply(folded.wU());
    return diagonal(written.multiply(folded.wV(h.layer(), h.head())), out.transpose());
  }

  /** The share of rows a of x whose largest product with a row of y is with row a. */
  private static double diagonal(RealMatrix x, RealMatrix y) {
    double[][] a = x.getData();
    double[][] b = y.getData();
    int right = 0;
    for (int row = 0; row < a.length; row++) {
      right += largest(a[row], b, b.length, row) ? 1 : 0;
    }
    return right / (double) a.length;
  }

  /** Whether the product with {@code rows[at]} is larger than that with every other row. */
  private static boolean largest(double[] x, double[][] rows, int candidates, int at) {
    double wanted = dot(x, rows[at]);
    for (int j = 0; j < candidates; j++) {
      if (j != at && dot(x, rows[j]) >= wanted) {
        return false;
      }
    }
    return true;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  private static double max(double a, double b) {
    return Double.isNaN(a) ? b : Math.max(a, b);
  }

  /** Rows divided by what the norm divides them by; their mean is folded into the weights. */
  private static RealMatrix normalised(RealMatrix embedding, Norm norm) {
    if (norm == Norm.NONE) {
      return embedding;
    }
    RealMatrix scaled = embedding.copy();
    for (int r = 0; r < scaled.getRowDimension(); r++) {
      double[] row = scaled.getRow(r);
      double mean = 0;
      double squares = 0;
      for (double x : row) {
        mean += x / row.length;
        squares += x * x / row.length;
      }
      double size = Math.sqrt(norm == Norm.LAYER ? squares - mean * mean : squares);
      for (int c = 0; c < row.length; c++) {
        scaled.setEntry(r, c, size == 0 ? 0 : row[c] / size);
      }
    }
    return scaled;
  }
}
