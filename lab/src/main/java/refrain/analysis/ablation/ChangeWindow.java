package refrain.analysis.ablation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeSet;
import refrain.analysis.Curves;
import refrain.train.Formation;

/**
 * Checkpoints around a run's change. The window reaches from a tenth of the planned steps before
 * the formation step to as far after it, like <em>before</em> in {@link Curves#before}.
 *
 * @param start step of the checkpoint nearest to its start
 * @param end step of the checkpoint nearest to its end
 * @param steps checkpoints to look at, increasing: over all of training and denser in the window
 * @param formed whether heads formed; if not, start and end are the first and the last checkpoint
 */
record ChangeWindow(long start, long end, long[] steps, boolean formed) {
  private static final int OVER_TRAINING = 5;
  private static final double[] IN_WINDOW = {-1, -0.6, -0.2, 0.2, 0.6, 1};

  /**
   * @param checkpoints increasing, at least one
   * @param planned steps of the run's specification
   */
  static ChangeWindow of(Curves curves, long[] checkpoints, int planned) {
    TreeSet<Long> chosen = new TreeSet<>();
    long last = checkpoints[checkpoints.length - 1];
    for (int i = 1; i <= OVER_TRAINING; i++) {
      chosen.add(nearest(checkpoints, (double) i * last / OVER_TRAINING));
    }
    int index = curves.formation(Formation.DEFAULT);
    if (index == Formation.NONE) {
      return new ChangeWindow(checkpoints[0], last, array(chosen), false);
    }
    double middle = curves.steps()[index];
    double half = Curves.NEAR * planned;
    for (double part : IN_WINDOW) {
      chosen.add(nearest(checkpoints, middle + part * half));
    }
    return new ChangeWindow(
        nearest(checkpoints, middle - half),
        nearest(checkpoints, middle + half),
        array(chosen),
        true);
  }

  private static long nearest(long[] checkpoints, double step) {
    return Arrays.stream(checkpoints)
        .boxed()
        .min(Comparator.comparingDouble(checkpoint -> Math.abs(checkpoint - step)))
        .orElseThrow();
  }

  private static long[] array(TreeSet<Long> steps) {
    return steps.stream().mapToLong(Long::longValue).toArray();
  }
}
