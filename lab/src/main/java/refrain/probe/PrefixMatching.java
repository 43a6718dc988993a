package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Prefix-matching score (Olsson et al. 2022, "Head activation evaluators"): on random tokens
 * repeated four times, the average over positions i of
 *
 * <p>sum over j &lt; i with t[j] = t[i] of attention from i to j + 1.
 *
 * <p>Left out of the sum: j + 1 = i, and any j + 1 whose token is t[i] again. A token followed by
 * itself would count a head that attends to the token itself, or to its duplicates, as induction.
 * The average is over the positions that have something to attend to: all but the first block.
 *
 * @param sequences what the model reads
 */
public record PrefixMatching(RepeatedSequences sequences) implements HeadMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "pm",
        "prefix-matching score",
        "probability",
        Better.HIGHER,
        "mean over positions i of the attention from i to all j + 1 with t[j] = t[i], j + 1 < i,"
            + " t[j + 1] != t[i]; "
            + sequences.describe(),
        "Olsson et al. 2022, Head activation evaluators: prefix matching");
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.REPEATED;
  }

  @Override
  public double of(HeadReading head) {
    double sum = 0;
    int scored = 0;
    for (int i = 0; i < head.context(); i++) {
      boolean hasTarget = false;
      for (int j = 0; j + 1 < i; j++) {
        if (head.token(j) == head.token(i) && head.token(j + 1) != head.token(i)) {
          hasTarget = true;
          sum += head.attention(i, j + 1);
        }
      }
      scored += hasTarget ? 1 : 0;
    }
    return scored == 0 ? Double.NaN : sum / scored;
  }
}
