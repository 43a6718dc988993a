package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * In-context-learning score: mean loss late in the context minus mean loss early in it, averaged
 * over the evaluation set; nats, more negative is better (Olsson et al. 2022, "In-context learning
 * score": index 500 minus index 50 of 512). The paper does not say whether it counts from 0 or 1,
 * and scores single indices; {@link IclIndices} says what is done here.
 *
 * <p>Writes icl, icl.early and icl.late.
 *
 * @param indices where
 * @param context T of the evaluation set
 */
public record IclScore(IclIndices indices, int context) implements LossMeasure {

  /** The score of a curve of losses by index, [T]. */
  public double of(double[] byIndex) {
    return indices.late(byIndex) - indices.early(byIndex);
  }

  @Override
  public Definition definition() {
    return new Definition(
        "icl",
        "in-context-learning score",
        "nats",
        Better.LOWER,
        "mean loss at "
            + indices.describe(context)
            + " of a context of "
            + context
            + " (index t from 0: predicting token t + 1 from tokens 0..t), over the evaluation set",
        "Olsson et al. 2022, In-context learning score");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    double[] byIndex = readings.lossByIndex();
    out.put("icl", of(byIndex));
    out.put("icl.early", indices.early(byIndex));
    out.put("icl.late", indices.late(byIndex));
  }
}
