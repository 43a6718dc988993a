package refrain.probe;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameter;
import refrain.model.Parameters;

/**
 * The weights of each head as matrices, multiplied from the right (x W), and the circuits they make
 * (Elhage et al. 2021): OV = W_V W_O and QK = W_Q W_K^T, both [d_model, d_model] of rank d_head at
 * most. With grouped queries a head reads the key head of its group. Biases and positions are left
 * out.
 *
 * <p>What is d_vocab wide is never multiplied out here but in {@link #fullOv}: A B and B A have the
 * same eigenvalues but zeros, so a product [d_head, d_head] is enough.
 *
 * <p>Not thread-safe.
 */
public final class Circuits {
  private final Parameters parameters;
  private final ModelSpec spec;
  private final NormTreatment treatment;
  private @Nullable RealMatrix embedSquared;
  private @Nullable RealMatrix unembedEmbed;

  public Circuits(Parameters parameters, NormTreatment treatment) {
    this.parameters = parameters;
    this.spec = parameters.spec();
    this.treatment = treatment;
  }

  public ModelSpec spec() {
    return spec;
  }

  /** W_Q of a query head, [d_model, d_head]. */
  public RealMatrix wQ(int layer, int head) {
    return reading(head("W_Q", layer, head, spec.dModel(), spec.dHead()), ln1(layer));
  }

  /** W_K of the key head that a query head reads, [d_model, d_head]. */
  public RealMatrix wK(int layer, int head) {
    int keyHead = head / spec.group();
    return reading(head("W_K", layer, keyHead, spec.dModel(), spec.dHead()), ln1(layer));
  }

  /** W_V of the key head that a query head reads, [d_model, d_head]. */
  public RealMatrix wV(int layer, int head) {
    int keyHead = head / spec.group();
    return reading(head("W_V", layer, keyHead, spec.dModel(), spec.dHead()), ln1(layer));
  }

  /** W_O of a query head, [d_head, d_model]. */
  public RealMatrix wO(int layer, int head) {
    return head("W_O", layer, head, spec.dHead(), spec.dModel());
  }

  /** What an MLP reads by, [d_model, d_mlp]: W_in, and beside it the gate where it has one. */
  public RealMatrix mlpIn(int layer) {
    RealMatrix in = reading(mlp("W_in", layer, spec.dModel(), spec.dMlp()), ln2(layer));
    if (!spec.activation().gated()) {
      return in;
    }
    RealMatrix gate = reading(mlp("W_gate", layer, spec.dModel(), spec.dMlp()), ln2(layer));
    RealMatrix both = MatrixUtils.createRealMatrix(spec.dModel(), 2 * spec.dMlp());
    both.setSubMatrix(in.getData(), 0, 0);
    both.setSubMatrix(gate.getData(), 0, spec.dMlp());
    return both;
  }

  /** What an MLP writes by, [d_mlp, d_model]. */
  public RealMatrix mlpOut(int layer) {
    return mlp("W_out", layer, spec.dMlp(), spec.dModel());
  }

  /** W_E, [d_vocab, d_model]. */
  public RealMatrix wE() {
    return matrix(parameters.get("embed.W_E"), spec.dVocab(), spec.dModel());
  }

  /** W_U, [d_model, d_vocab]. */
  public RealMatrix wU() {
    RealMatrix raw =
        spec.tied()
            ? wE().transpose()
            : matrix(parameters.get("unembed.W_U"), spec.dModel(), spec.dVocab());
    return spec.hasFinalNorm() ? reading(raw, "ln_final.w") : raw;
  }

  /** W_E^T W_E, [d_model, d_model]. */
  public RealMatrix embedSquared() {
    if (embedSquared == null) {
      RealMatrix e = wE();
      embedSquared = e.transposeMultiply(e);
    }
    return embedSquared;
  }

  /** W_U W_E, [d_model, d_model]. */
  public RealMatrix unembedEmbed() {
    if (unembedEmbed == null) {
      unembedEmbed = wU().multiply(wE());
    }
    return unembedEmbed;
  }

  /**
   * The full OV circuit W_E W_V W_O W_U, [d_vocab, d_vocab]: row a, column b is how much attending
   * to token a raises the logit of b on the direct path.
   */
  public RealMatrix fullOv(int layer, int head) {
    return wE().multiply(wV(layer, head)).multiply(wO(layer, head).multiply(wU()));
  }

  private String ln1(int layer) {
    return "blocks." + layer + ".ln1.w";
  }

  private static String ln2(int layer) {
    return "blocks." + layer + ".ln2.w";
  }

  private RealMatrix mlp(String name, int layer, int rows, int columns) {
    return matrix(parameters.get("blocks." + layer + ".mlp." + name), rows, columns);
  }

  /** The linear part of a norm in front of a matrix [d_model, n]. */
  private RealMatrix reading(RealMatrix w, String scale) {
    if (treatment == NormTreatment.RAW || spec.norm() == Norm.NONE) {
      return w;
    }
    float[] s = parameters.get(scale);
    int d = w.getRowDimension();
    for (int j = 0; j < w.getColumnDimension(); j++) {
      double mean = 0;
      for (int i = 0; i < d; i++) {
        w.multiplyEntry(i, j, s[i]);
        mean += w.getEntry(i, j) / d;
      }
      if (spec.norm() == Norm.LAYER) {
        for (int i = 0; i < d; i++) {
          w.addToEntry(i, j, -mean);
        }
      }
    }
    return w;
  }

  private RealMatrix head(String name, int layer, int head, int rows, int columns) {
    Parameter p = parameters.layout().get("blocks." + layer + ".attn." + name);
    int from = head * rows * columns;
    RealMatrix m = MatrixUtils.createRealMatrix(rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      m.setEntry(i / columns, i % columns, parameters.arena()[p.at(from + i)]);
    }
    return m;
  }

  /** Values [rows, columns] as a matrix. */
  public static RealMatrix matrix(float[] values, int rows, int columns) {
    double[][] m = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        m[i][j] = values[i * columns + j];
      }
    }
    return new Array2DRowRealMatrix(m, false);
  }
}
