package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Duplicate-token score: on repeated random tokens, the mean over positions i whose token occurred
 * before of the attention from i to all earlier occurrences, sum over j &lt; i with t[j] = t[i] of
 * attention from i to j (Wang et al. 2022, arXiv 2211.00593, section 3: duplicate token heads).
 */
public record DuplicateToken() implements HeadMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "dup",
        "duplicate-token score",
        "probability",
        Better.HIGHER,
        "mean over positions i of the attention from i to all j < i with t[j] = t[i], on repeated"
            + " random tokens",
        "Wang et al. 2022, section 3");
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.REPEATED;
  }

  @Override
  public double of(HeadReading head) {
    return MatchOffset.score(0, head.context(), head::token, head::attention);
  }
}
