package refrain.probe;

import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Definition.Better;

/**
 * QK trace through previous-token heads (Olsson et al. 2022, Argument 5): for a head h of the
 * second layer or a later one, the trace of
 *
 * <p>sum over heads k of earlier layers of prev(k) W_E W_Q^h (W_E W_V^k W_O^k W_K^h)^T, [d_vocab,
 * d_vocab]:
 *
 * <p>how much a token prefers keys whose previous token it is. prev(k) is the previous-token score
 * on the evaluation set. Computed through [d_head, d_head]. Written as qk.trace (the trace, in
 * units of scores times sqrt(d_head), summed over the vocabulary) and qk.trace.eig (divided by the
 * sum of the absolute eigenvalues, -1 to 1). 0 for heads of the first layer.
 *
 * @param norms what is done about the norms
 */
public record QkTrace(NormTreatment norms) implements WeightMeasure {
  /** Where the weights of the sum come from. */
  public static final PreviousToken PREVIOUS = new PreviousToken(Stimulus.EVALUATION);

  /** For each head, the [d_head, d_head] product with the trace and the eigenvalues of the sum. */
  static RealMatrix[][] products(Circuits c, HeadScores previous) {
    ModelSpec spec = c.spec();
    RealMatrix[][] products = new RealMatrix[spec.nLayers()][spec.nHeads()];
    RealMatrix moved = MatrixUtils.createRealMatrix(spec.dModel(), spec.dModel());
    for (int l = 0; l < spec.nLayers(); l++) {
      for (int h = 0; h < spec.nHeads(); h++) {
        // trace(W_E W_Q (W_E M W_K)^T) = trace((M W_K)^T W_E^T W_E W_Q)
        RealMatrix keys = moved.multiply(c.wK(l, h));
        products[l][h] = keys.transposeMultiply(c.embedSquared()).multiply(c.wQ(l, h));
      }
      for (int k = 0; k < spec.nHeads(); k++) {
        RealMatrix ov = c.wV(l, k).multiply(c.wO(l, k));
        moved = moved.add(ov.scalarMultiply(previous.get(l, k)));
      }
    }
    return products;
  }

  /**
   * The trace of W_E W_Q^h (W_E W_V^k W_O^k W_K^h)^T of one sender k and one receiver h: how much a
   * token prefers keys to which k brought it, whatever k attends to.
   */
  public static double of(Circuits c, HeadId sender, HeadId receiver) {
    RealMatrix keys =
        c.wV(sender.layer(), sender.head())
            .multiply(c.wO(sender.layer(), sender.head()))
            .multiply(c.wK(receiver.layer(), receiver.head()));
    return keys.transposeMultiply(c.embedSquared())
        .multiply(c.wQ(receiver.layer(), receiver.head()))
        .getTrace();
  }

  /** The size of what a head writes of each token, ||W_E W_V W_O||_F. */
  public static double written(Circuits c, HeadId head) {
    RealMatrix ov = c.wV(head.layer(), head.head()).multiply(c.wO(head.layer(), head.head()));
    return Math.sqrt(ov.transposeMultiply(c.embedSquared()).multiply(ov).getTrace());
  }

  @Override
  public Definition definition() {
    return definition(
        "qk.trace",
        "trace of sum over earlier heads k of prev(k) W_E W_Q (W_E W_V^k W_O^k W_K)^T;"
            + " qk.trace.eig:"
            + " divided by the sum of its absolute eigenvalues");
  }

  private Definition definition(String key, String formula) {
    return new Definition(
        key,
        "QK trace through previous-token heads",
        "1",
        Better.HIGHER,
        formula + ", norms " + norms,
        "Olsson et al. 2022, Argument 5");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    Circuits c = readings.circuits(norms);
    HeadScores previous = readings.heads(PREVIOUS);
    RealMatrix[][] products = products(c, previous);
    HeadScores.each(c.spec(), (l, h) -> products[l][h].getTrace()).report(definition(), out);
    HeadScores.each(c.spec(), (l, h) -> Eigenvalues.positivity(products[l][h]))
        .report(definition("qk.trace.eig", "qk.trace / sum of absolute eigenvalues"), out);
  }
}
