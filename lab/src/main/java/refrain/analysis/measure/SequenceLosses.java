package refrain.analysis.measure;

import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.instrument.Losses;
import refrain.probe.IclIndices;

/**
 * Losses of a model on some sequences, reduced to what is compared.
 *
 * @param loss [sequence] mean over positions, nats per token
 * @param icl [sequence] ICL score of each sequence, nats
 * @param byIndex [T] mean over sequences, nats
 * @param estimate the ICL score of all
 */
public record SequenceLosses(double[] loss, double[] icl, double[] byIndex, IclEstimate estimate) {
  /** Of losses [sequence, T]. */
  public static SequenceLosses of(float[][] losses, IclIndices indices) {
    double[] loss = new double[losses.length];
    for (int s = 0; s < loss.length; s++) {
      loss[s] = Losses.mean(new float[][] {losses[s]});
    }
    return new SequenceLosses(
        loss,
        IclEstimate.each(losses, indices),
        Losses.byIndex(losses),
        IclEstimate.of(losses, indices));
  }

  /** What changed on the same sequences. */
  public Removal removed(SequenceLosses after) {
    return new Removal(Change.between(loss, after.loss), Change.between(icl, after.icl));
  }
}
