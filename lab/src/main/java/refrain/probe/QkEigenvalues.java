package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * QK matching score by eigenvalues: the sum of the eigenvalues of the full QK circuit W_E W_Q W_K^T
 * W_E^T (its trace, how much tokens attend to themselves by content) over the sum of their absolute
 * values, from -1 to 1. Computed from W_K^T W_E^T W_E W_Q, [d_head, d_head] (Elhage et al. 2021,
 * "Summarizing OV/QK matrices"). Rotary positions are left out: the content at distance 0.
 *
 * @param norms what is done about the norm before W_Q and W_K
 */
public record QkEigenvalues(NormTreatment norms) implements WeightMeasure {

  /** The score of every head. */
  public HeadScores of(Circuits circuits) {
    return HeadScores.each(
        circuits.spec(),
        (l, h) ->
            Eigenvalues.positivity(
                circuits
                    .wK(l, h)
                    .transposeMultiply(circuits.embedSquared())
                    .multiply(circuits.wQ(l, h))));
  }

  @Override
  public Definition definition() {
    return new Definition(
        "qk.eig",
        "QK matching score by eigenvalues",
        "1",
        Better.HIGHER,
        "sum of eigenvalues / sum of their absolute values of W_E W_Q W_K^T W_E^T, norms " + norms,
        "Elhage et al. 2021, Summarizing OV/QK matrices");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    of(readings.circuits(norms)).report(definition(), out);
  }
}
