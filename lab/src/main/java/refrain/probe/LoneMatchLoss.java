package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * What one lone match gives, in nats: lone.again, the loss of B after A B ... A among tokens that
 * all differ; lone.fresh, that of the same B where a new token stands in the place of the second A;
 * and lone, the first minus the second. Repeated sequences let a model count a run of matches; here
 * there is one.
 *
 * @param sequences what the model reads
 */
public record LoneMatchLoss(LoneMatches sequences) implements LossMeasure {
  @Override
  public Definition definition() {
    return new Definition(
        "lone",
        "loss after a lone match",
        "nats",
        Better.LOWER,
        "mean loss of B after A B ... A (lone.again) minus that of the same B after a token that is"
            + " new (lone.fresh), at the last position; "
            + sequences.describe(),
        "this project");
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.LONE_MATCH;
  }

  @Override
  public void report(Readings readings, Measurements out) {
    float[][] losses = readings.losses(Stimulus.LONE_MATCH);
    double again = 0;
    double fresh = 0;
    for (int s = 0; s < losses.length; s += 2) {
      again += losses[s][losses[s].length - 1];
      fresh += losses[s + 1][losses[s + 1].length - 1];
    }
    int pairs = losses.length / 2;
    out.put("lone", (again - fresh) / pairs);
    out.put("lone.again", again / pairs);
    out.put("lone.fresh", fresh / pairs);
  }
}
