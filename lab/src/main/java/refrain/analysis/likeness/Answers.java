package refrain.analysis.likeness;

import java.util.List;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.LogSumExp;

/**
 * What a model answers where an exemplar asks, given that the answer is one of the labels in the
 * context: a model that knows which labels occurred and no more has a gain of 0 at most.
 *
 * @param choice the share of sequences in which A*'s label is the most likely of them
 * @param gain ln n + mean log probability of A*'s label among the n of them, nats; ln n at most
 * @param readings of the pass
 */
record Answers(double choice, double gain, QueryReadings readings) {
  static Answers of(
      IsolatedMatches matches, Likeness likeness, ModelState model, List<Intervention> more) {
    QueryReadings r = model.read(matches.of(likeness), matches.queries(), more);
    double right = 0;
    double sum = 0;
    int sequences = matches.of(likeness).length;
    for (int s = 0; s < sequences; s++) {
      int[] labels = matches.labels(likeness, s);
      float[] log = new float[labels.length];
      for (int k = 0; k < labels.length; k++) {
        log[k] = (float) r.logit(s, 0, labels[k]);
      }
      int place = matches.places()[s];
      boolean best = true;
      for (int k = 0; k < labels.length; k++) {
        best &= k == place || log[k] < log[place];
      }
      right += best ? 1 : 0;
      sum += log[place] - LogSumExp.of(log, 0, log.length);
    }
    return new Answers(right / sequences, Math.log(matches.pairs()) + sum / sequences, r);
  }

  /** Mean attention of a head from A to the label of A*. */
  double attention(IsolatedMatches matches, HeadId head) {
    return readings.mean((s, q) -> readings.attention(head, s, q, matches.target(s)));
  }
}
