package refrain.analysis.ablation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;
import refrain.train.Formation;

/**
 * Checkpoints around a run's change. The window is that of the change of its own ICL score, from a
 * tenth of it to nine tenths as {@link Dating} fits it: a run that was planned longer, and is as
 * long, has the same one.
 *
 * @param start step of the checkpoint nearest to its start
 * @param end step of the checkpoint nearest to its end, after it
 * @param steps checkpoints to look at, increasing: over all of training and denser in the window
 * @param formed whether heads formed and the score can be dated; if not, start and end are the
 *     first and the last checkpoint
 */
record ChangeWindow(long start, long end, long[] steps, boolean formed) {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 3");

  private static final Quantity START =
      ALL.steps("ablation.window.start", "start of the window that is attributed")
          .is("the checkpoint nearest to where a tenth of the change of the ICL score is done");
  private static final Quantity END =
      ALL.steps("ablation.window.end", "end of the window that is attributed")
          .is("the checkpoint nearest to where nine tenths of it are done");

  private static final int OVER_TRAINING = 5;
  private static final double[] IN_WINDOW = {0, 0.2, 0.4, 0.6, 0.8, 1};

  /** Fewer probes than this are not dated. */
  private static final int LEAST = 20;

  /** Of a run, by its own curves. */
  static ChangeWindow of(Subject run) {
    return of(run.curves(), run.steps(), run.spec().optimizer().warmup());
  }

  /**
   * @param checkpoints increasing, at least one
   * @param t0 steps, as in {@link DatingSettings}
   */
  static ChangeWindow of(Curves curves, long[] checkpoints, double t0) {
    TreeSet<Long> chosen = new TreeSet<>();
    long last = checkpoints[checkpoints.length - 1];
    for (int i = 1; i <= OVER_TRAINING; i++) {
      chosen.add(nearest(checkpoints, (double) i * last / OVER_TRAINING));
    }
    // The state before the first step is the same for every model and no learning.
    int[] probes =
        IntStream.rangeClosed(0, curves.last()).filter(i -> curves.steps()[i] > 0).toArray();
    if (curves.formation(Formation.DEFAULT) == Formation.NONE || probes.length < LEAST) {
      return new ChangeWindow(checkpoints[0], last, array(chosen), false);
    }
    double[] steps = Arrays.stream(probes).mapToDouble(i -> curves.steps()[i]).toArray();
    double[] icl = Arrays.stream(probes).mapToDouble(i -> curves.icl()[i]).toArray();
    ChangePoint change =
        new Dating(steps, new DatingSettings(t0, DatingSettings.DEFAULT.candidates())).date(icl);
    for (double part : IN_WINDOW) {
      chosen.add(nearest(checkpoints, change.onset() + part * (change.end() - change.onset())));
    }
    long start = nearest(checkpoints, change.onset());
    long end = nearest(checkpoints, change.end());
    return new ChangeWindow(start, end, array(chosen), start < end);
  }

  Findings findings() {
    return formed ? new Findings().put(START, start).put(END, end) : new Findings();
  }

  /** How a run's losses changed over the window: [sequence, T] of each batch, nats. */
  Function<Batch, float[][]> change(Subject run) {
    ModelState before = run.state(start);
    ModelState after = run.state(end);
    return batch -> {
      float[][] change = after.losses(batch, List.of());
      float[][] from = before.losses(batch, List.of());
      for (int s = 0; s < change.length; s++) {
        for (int t = 0; t < change[s].length; t++) {
          change[s][t] -= from[s][t];
        }
      }
      return change;
    };
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
