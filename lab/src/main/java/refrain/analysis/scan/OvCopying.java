package refrain.analysis.scan;

import refrain.model.LayerStream;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.probe.NormTreatment;
import refrain.probe.OvEigenvalues;
import refrain.tensor.Mat;

/**
 * The copying score by eigenvalues of the heads of one layer after another, in float32 up to the
 * product W_O W_U W_E W_V of a head, whose eigenvalues are found in float64; norms folded in.
 */
final class OvCopying {
  /** What is done about norms. */
  static final OvEigenvalues MEASURE = new OvEigenvalues(NormTreatment.FOLDED);

  private final LayerStream stream;
  private final ModelSpec spec;

  /** W_U W_E with the final norm, packed, [d_model, d_model]. */
  private final Mat unembedEmbed;

  // Of every layer again: of a large model they are large, and would pile up as garbage.
  private final Mat out;
  private final Mat read;
  private final Mat values;

  OvCopying(LayerStream stream) {
    this.stream = stream;
    this.spec = stream.spec();
    int d = spec.dModel();
    Mat product = stream.unembedEmbed();
    if (spec.hasFinalNorm()) {
      fold(product, "ln_final.w");
    }
    unembedEmbed = stream.packed(product);
    out = Mat.allocate(spec.nHeads() * spec.dHead(), d);
    read = Mat.allocate(out.rows, d);
    values = Mat.allocate(d, spec.nKvHeads() * spec.dHead());
  }

  /** diag(w) W, and under layer norm the mean over rows taken off. */
  private void fold(Mat w, String scale) {
    if (spec.norm() == Norm.NONE) {
      return;
    }
    float[] by = stream.vector(scale, w.rows);
    for (int j = 0; j < w.columns; j++) {
      double mean = 0;
      for (int i = 0; i < w.rows; i++) {
        int at = w.at(i) + j;
        w.data[at] *= by[i];
        mean += w.data[at] / (double) w.rows;
      }
      for (int i = 0; i < w.rows && spec.norm() == Norm.LAYER; i++) {
        w.data[w.at(i) + j] -= (float) mean;
      }
    }
  }

  /** [head] of a layer. */
  double[] of(int layer) {
    String block = "blocks." + layer + ".";
    stream.matrix(block + "attn.W_O", out);
    stream.product(out, unembedEmbed, read);
    stream.matrix(block + "attn.W_V", values);
    fold(values, block + "ln1.w");
    double[] scores = new double[spec.nHeads()];
    stream.workers().run(scores.length, (h, worker) -> scores[h] = OvEigenvalues.of(product(h)));
    return scores;
  }

  private double[][] product(int head) {
    int n = spec.dHead();
    int column = head / spec.group() * n;
    double[][] product = new double[n][n];
    for (int i = 0; i < n; i++) {
      double[] sums = product[i];
      int row = read.at(head * n + i);
      for (int k = 0; k < spec.dModel(); k++) {
        double x = read.data[row + k];
        int at = values.at(k) + column;
        for (int j = 0; j < n; j++) {
          sums[j] += x * values.data[at + j];
        }
      }
    }
    return product;
  }
}
