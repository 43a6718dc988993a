package refrain.analysis.mechanism;

import java.util.Arrays;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Patterns;
import refrain.analysis.instrument.WeightMemories;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.CopyingNull;

/** Why a single head's memory may fall short: where it looks, and how much fits into a head. */
final class CircuitWeights {
  static final Declarations ALL = new Declarations("Bietti et al. 2023, memory recall probes");

  private static final SeriesQuantity BY_POSITION =
      ALL.series(
              "mech.prev.byPosition", "attention to the previous token by position", "probability")
          .is("mean attention from i to i - 1, best previous-token head, last checkpoint");
  private static final Quantity REACH =
      ALL.number("mech.prev.reach", "positions with previous-token attention", "positions")
          .is(
              "of the best previous-token head: i = 1, 2, ... as long as the mean attention"
                  + " from i to i - 1 is at least .5",
              "this project");
  private static final Quantity WITHIN =
      ALL.pure("mech.memory.previous.within", "previous-token memory within reach")
          .is("mech.memory.previous of one head over the positions of mech.prev.reach");
  private static final Quantity TOGETHER =
      ALL.pure("mech.memory.copy.set", "copy memory of the induction heads together")
          .is("mech.memory.copy of the sum of W_E W_V W_O W_U over the induction heads of a layer");
  private static final Quantity THROUGH =
      ALL.pure("mech.memory.copy.through", "copy memory through the previous-token head")
          .is("mech.memory.copy of W_E W_V^k W_O^k W_V W_O W_U: what V-composition would copy");
  private static final Quantity RANK =
      ALL.pure("mech.copy.rank", "copying score of random codes")
          .is(
              "copying score where token a is d_head normal numbers c_a and attending to a"
                  + " raises b by c_a . c_b: what one head can hold",
              "this project");

  /** A position that attends to the one before it with more than half. */
  private static final double LOOKS_BACK = 0.5;

  private static final int DRAWS = 200;

  private static final long SEED = 1;

  private CircuitWeights() {}

  /**
   * @param heads at least one that matches
   * @param patterns on the evaluation set
   * @param sample tokens that copying scores are read on
   */
  static Findings of(ModelState model, Circuit heads, Patterns patterns, int sample) {
    ModelSpec spec = model.spec();
    HeadId sender = heads.previous().getFirst();
    HeadId receiver = heads.matching().getFirst();
    double[] byPosition = patterns.previous(sender);
    int reach = 0;
    while (reach + 1 < byPosition.length && byPosition[reach + 1] >= LOOKS_BACK) {
      reach++;
    }
    WeightMemories memories = new WeightMemories(model.parameters(), model.context());
    return new Findings()
        .put(BY_POSITION, byPosition)
        .put(REACH, reach)
        .put(WITHIN, sender.layer() == 0 ? memories.previous(sender, reach) : Double.NaN)
        .put(TOGETHER, memories.copyTogether(heads.bestLayer()))
        .put(THROUGH, memories.copyThrough(sender, receiver))
        .put(RANK, copyingOfRandomCodes(spec.dHead(), sample));
  }

  /**
   * The copying score of a head that copies as well as random codes let it: token a is a vector c_a
   * of d_head normal numbers, attending to a raises the logit of b by c_a . c_b, and all tokens of
   * the sample are attended to alike.
   */
  static double copyingOfRandomCodes(int dHead, int sample) {
    Rng rng = Rng.of(SEED).split("random codes");
    double[] alike = new double[sample];
    Arrays.fill(alike, 1);
    double sum = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double[][] codes = new double[sample][dHead];
      for (double[] code : codes) {
        Arrays.setAll(code, i -> rng.nextGaussian());
      }
      sum += CopyingNull.score(codes, codes, alike);
    }
    return sum / DRAWS;
  }
}
