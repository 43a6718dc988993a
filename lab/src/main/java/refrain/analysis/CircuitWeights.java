package refrain.analysis;

import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.probe.CopyingScore;
import refrain.probe.RepeatedSequences;

/** Why a single head's memory may fall short: where it looks, and how much fits into a head. */
final class CircuitWeights {
  /** A position that attends to the one before it with more than half. */
  private static final double LOOKS_BACK = 0.5;

  /** The paper's sample of tokens is shorter where the context is. */
  private static final int DRAWS = 200;

  private static final long SEED = 1;

  private CircuitWeights() {}

  /**
   * @param heads at least one that matches
   * @param patterns on the evaluation set
   */
  static Findings of(Parameters parameters, CircuitHeads heads, Patterns patterns) {
    ModelSpec spec = parameters.spec();
    HeadId sender = heads.previous().getFirst();
    HeadId receiver = heads.matching().getFirst();
    double[] byPosition = patterns.previous(sender);
    int reach = 0;
    while (reach + 1 < byPosition.length && byPosition[reach + 1] >= LOOKS_BACK) {
      reach++;
    }
    WeightMemories memories = new WeightMemories(parameters);
    return new Findings()
        .put("mech.prev.byPosition", byPosition)
        .put("mech.prev.reach", reach)
        .put(
            "mech.memory.previous.within",
            sender.layer() == 0 ? memories.previous(0, sender.head(), reach) : Double.NaN)
        .put("mech.memory.copy.set", memories.copyTogether(heads.bestLayer()))
        .put(
            "mech.memory.copy.through",
            memories.copyThrough(sender.layer(), sender.head(), receiver.layer(), receiver.head()))
        .put("mech.copy.rank", copyingOfRandomCodes(spec.dHead(), block(spec.nCtx())));
  }

  private static int block(int context) {
    return Math.min(RepeatedSequences.BLOCK, (context - 1) / RepeatedSequences.REPEATS);
  }

  /**
   * The copying score ({@link CopyingScore}) of a head that copies as well as random codes let it:
   * token a is a vector c_a of d_head normal numbers, attending to a raises the logit of b by c_a .
   * c_b, and all tokens of the sample are attended to alike.
   */
  static double copyingOfRandomCodes(int dHead, int sample) {
    Rng rng = Rng.of(SEED).split("random codes");
    double raised = 0;
    double all = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double[][] codes = new double[sample][dHead];
      for (double[] code : codes) {
        for (int i = 0; i < dHead; i++) {
          code[i] = rng.nextGaussian();
        }
      }
      for (int a = 0; a < sample; a++) {
        double[] logits = new double[sample];
        double mean = 0;
        for (int b = 0; b < sample; b++) {
          for (int i = 0; i < dHead; i++) {
            logits[b] += codes[a][i] * codes[b][i];
          }
          mean += logits[b] / sample;
        }
        raised += Math.max(0, logits[a] - mean);
        for (double logit : logits) {
          all += Math.abs(logit - mean);
        }
      }
    }
    return 4 * raised / all - 1;
  }
}
