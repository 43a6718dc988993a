package refrain.analysis.likeness;

import java.util.List;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.intervene.Intervention;
import refrain.model.HeadId;

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
      Choice choice = Choice.of(r.logits(s, 0, matches.labels(likeness, s)), matches.places()[s]);
      right += choice.likeliest() ? 1 : 0;
      sum += choice.right() - choice.all();
    }
    return new Answers(right / sequences, Math.log(matches.pairs()) + sum / sequences, r);
  }

  /** Mean attention of a head from A to the label of A*. */
  double attention(IsolatedMatches matches, HeadId head) {
    return readings.mean((s, q) -> readings.attention(head, s, q, matches.target(s)));
  }
}
