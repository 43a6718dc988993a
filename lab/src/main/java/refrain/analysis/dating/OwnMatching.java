package refrain.analysis.dating;

import java.util.Arrays;
import java.util.List;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Patterns;
import refrain.data.Batch;
import refrain.model.HeadId;

/**
 * Matching where it helps: prefix matching is measured on repeated random tokens, which the data
 * may not have, and may be learned earlier or later there than on the data's own repeats. So it is
 * measured on the evaluation set too, at positions whose next token can be read off: where the
 * current token stood before and was followed by the token that follows now.
 */
final class OwnMatching {
  static final Declarations ALL =
      new Declarations("Olsson et al. 2022, prefix-matching score, on the data itself");

  private static final SeriesQuantity STEPS =
      ALL.axis("match.own.steps", "of each checkpoint, and step 0");
  private static final SeriesQuantity BEST =
      ALL.series("match.own", "matching on the data's own repeats", "probability")
          .is(
              "the largest over heads of the mean, over positions i of the evaluation set with an"
                  + " earlier j, t[j] = t[i] and t[j + 1] = t[i + 1], j + 1 < i, of the attention"
                  + " from i to all such j + 1");

  /** Tokens of the evaluation set whose patterns are read. */
  private static final int TOKENS = 4096;

  /** Sequences whose patterns are kept at a time. */
  private static final int BATCH = 8;

  private OwnMatching() {}

  /**
   * The best head's matching over training.
   *
   * @param steps of the checkpoints and step 0; empty where no heads formed
   * @param best at each of them
   */
  record Curve(double[] steps, double[] best) {
    static final Curve NONE = new Curve(new double[0], new double[0]);

    Findings findings() {
      return new Findings().put(STEPS, steps).put(BEST, best);
    }
  }

  static Curve of(Subject run) {
    if (run.curves().formed().isEmpty()) {
      return Curve.NONE;
    }
    int[][] tokens = run.evaluationOf(TOKENS).tokens();
    double[] steps = Arrays.stream(run.states()).asDoubleStream().toArray();
    double[] best =
        Arrays.stream(run.states()).mapToDouble(step -> best(run.state(step), tokens)).toArray();
    return new Curve(steps, best);
  }

  /**
   * The best head's matching in one state; NaN where nothing repeats.
   *
   * @param tokens [sequence, T + 1]
   */
  static double best(ModelState state, int[][] tokens) {
    List<HeadId> heads = HeadId.all(state.spec());
    double[] sums = new double[heads.size()];
    int positions = 0;
    for (int from = 0; from < tokens.length; from += BATCH) {
      int[][] some = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + BATCH));
      Patterns patterns = new Patterns(state, Batch.of(some));
      for (int s = 0; s < some.length; s++) {
        int[] x = some[s];
        for (int i = 0; i < x.length - 1; i++) {
          boolean repeats = false;
          for (int j = 0; j + 1 < i; j++) {
            if (x[j] == x[i] && x[j + 1] == x[i + 1]) {
              repeats = true;
              for (int h = 0; h < sums.length; h++) {
                sums[h] += patterns.at(s, heads.get(h), i, j + 1);
              }
            }
          }
          positions += repeats ? 1 : 0;
        }
      }
    }
    return Arrays.stream(sums).max().orElse(Double.NaN) / positions; // 0 / 0 is NaN
  }
}
