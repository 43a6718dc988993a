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
 * <p>Writes pm.uniform too, the score of a head that attends to all positions up to its own alike:
 * on a block of 3 tokens it is .21, and a score says little before it is compared with that.
 *
 * <p>Where the context holds the paper's sequences the score at the distances that the model was
 * trained on stands beside it, under pm.trained.
 *
 * @param sequences what the model reads
 * @param stimulus which of the two kinds of sequences these are
 */
public record PrefixMatching(RepeatedSequences sequences, Stimulus stimulus)
    implements HeadMeasure {
  /** On the sequences that verdicts are read on. */
  public PrefixMatching(RepeatedSequences sequences) {
    this(sequences, Stimulus.REPEATED);
  }

  private String key() {
    return stimulus == Stimulus.REPEATED ? "pm" : "pm.trained";
  }

  @Override
  public Definition definition() {
    return new Definition(
        key(),
        stimulus == Stimulus.REPEATED
            ? "prefix-matching score"
            : "prefix-matching score at trained distances",
        "probability",
        Better.HIGHER,
        "mean over positions i of the attention from i to all j + 1 with t[j] = t[i], j + 1 < i,"
            + " t[j + 1] != t[i]; "
            + key()
            + ".uniform: the score of uniform attention; "
            + sequences.describe(),
        "Olsson et al. 2022, Head activation evaluators: prefix matching");
  }

  @Override
  public double of(HeadReading head) {
    return MatchOffset.score(1, head.context(), head::token, head::attention);
  }

  /** The mean over sequences of the score of attention 1 / (i + 1) to each of 0..i. */
  double uniform() {
    double sum = 0;
    int scored = 0;
    for (int[] tokens : sequences.batch().tokens()) {
      double score =
          MatchOffset.score(
              1, tokens.length - 1, t -> tokens[t], (query, key) -> 1.0 / (query + 1));
      if (!Double.isNaN(score)) {
        sum += score;
        scored++;
      }
    }
    return sum / scored;
  }

  @Override
  public void report(Readings readings, Measurements out) {
    HeadMeasure.super.report(readings, out);
    out.put(key() + ".uniform", uniform());
  }
}
