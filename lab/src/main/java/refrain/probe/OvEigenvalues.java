package refrain.probe;

import org.hipparchus.linear.Array2DRowRealMatrix;
import refrain.probe.Definition.Better;

/**
 * OV copying score by eigenvalues (Olsson et al. 2022, Argument 5; Elhage et al. 2021, "Summarizing
 * OV/QK matrices"): the sum of the eigenvalues of the full OV circuit W_E W_V W_O W_U over the sum
 * of their absolute values, from -1 to 1. Computed from W_O W_U W_E W_V, [d_head, d_head], which
 * has the same eigenvalues but zeros. 0 for a head that writes nothing.
 *
 * @param norms what is done about the norms before W_V and W_U
 */
public record OvEigenvalues(NormTreatment norms) implements WeightMeasure {

  /**
   * The score of one head.
   *
   * @param product W_O W_U W_E W_V, [d_head, d_head], with what is done about norms
   */
  public static double of(double[][] product) {
    return Eigenvalues.positivity(new Array2DRowRealMatrix(product, false));
  }

  /** The score of every head. */
  public HeadScores of(Circuits circuits) {
    return HeadScores.each(
        circuits.spec(),
        (l, h) ->
            Eigenvalues.positivity(
                circuits.wO(l, h).multiply(circuits.unembedEmbed()).multiply(circuits.wV(l, h))));
  }

  @Override
  public Definition definition() {
    return new Definition(
        "ov.eig",
        "OV copying score by eigenvalues",
        "1",
        Better.HIGHER,
        "sum of eigenvalues / sum of their absolute values of W_E W_V W_O W_U, norms " + norms,
        "Olsson et al. 2022, Argument 5; Elhage et al. 2021, Summarizing OV/QK matrices");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    of(readings.circuits(norms)).report(definition(), out);
  }
}
