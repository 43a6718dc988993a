package refrain.analysis.ondisk;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.ondisk.WordPrompts.Task;
import refrain.stats.Bootstrap;

/**
 * What is said of an arm: how much of what the model gains from its prompts is lost with heads off,
 * and what that costs on text. Each number's error is the bootstrap's over its units: the words
 * that are asked of, the sequences, the texts.
 */
final class Numbers {
  static final Declarations ALL =
      new Declarations(
          "Olsson et al. 2022, Arguments 3 and 4; gain in answer loss as in Yin and Steinhardt 2025");

  /** Shots whose gain is claimed of. */
  private static final int MANY = 8;

  /** All shots, and those that sets of other heads are measured with. */
  static final int[] SHOTS = {0, 1, 2, 4, 8, 16};

  static final int[] FEWER = {0, MANY};

  /** Of the bootstrap. */
  static final int DRAWS = 2000;

  static final long SEED = 15;

  private static final Declarations.Members<Task> TASKS =
      new Declarations.Members<>(
          Task.ALL,
          Task::name,
          task ->
              switch (task.name()) {
                case "fr" -> "French words";
                case "es" -> "Spanish words";
                case "lines" -> "French words in lines that name the languages";
                default -> "animal or not";
              });

  private static final Family<Task, Quantity> GAIN_ERROR =
      errors("shots.gain", "standard error of the few-shot gain", "nats");
  private static final Family<Task, Quantity> GAIN =
      withError(
          "shots.gain",
          "few-shot gain in answer loss",
          "nats",
          GAIN_ERROR,
          "loss of the whole answer without a shot minus that behind 8, mean over words");
  private static final Family<Task, Quantity> LOST_ERROR =
      errors("shots.lost", "standard error of the share of the few-shot gain lost", "1");
  private static final Family<Task, Quantity> LOST =
      withError(
          "shots.lost",
          "share of the few-shot gain lost",
          "1",
          LOST_ERROR,
          "1 - shots.gain of the arm / shots.gain of the model as it is; of several sets their mean");
  private static final Family<Task, Quantity> ADDED_ERROR =
      errors("shots.added", "standard error of the few-shot loss added over the gain", "1");
  private static final Family<Task, Quantity> ADDED =
      withError(
          "shots.added",
          "few-shot loss added, over the gain",
          "1",
          ADDED_ERROR,
          "(loss of the arm behind 8 shots minus that of the model as it is) / shots.gain");
  private static final Family<Task, Quantity> MORE_ERROR =
      errors("shots.more", "standard error of the share lost beyond that with others", "1");
  private static final Family<Task, Quantity> MORE =
      withError(
          "shots.more",
          "share of the few-shot gain lost beyond that with other heads",
          "1",
          MORE_ERROR,
          "shots.lost minus its mean over the sets of others of the same size and kind");
  private static final Family<Task, Quantity> RANK =
      ALL.probability("shots.rank", "share of sets of other heads that cost as much few-shot gain")
          .ofEach(TASKS, "(1 + sets of others whose shots.lost is no less) / (1 + sets of others)");
  private static final Family<Task, SeriesQuantity> LOSSES =
      ALL.series("shots.losses", "loss of the answer by shots", "nats")
          .ofEach(TASKS, "mean over words");
  private static final Family<Task, SeriesQuantity> ACCURACY =
      ALL.series("shots.accuracy", "accuracy by shots", "probability")
          .ofEach(TASKS, "share of words all of whose tokens are the most likely ones");
  private static final Family<Task, SeriesQuantity> DRAWN =
      ALL.series("shots.drawn", "share of the few-shot gain lost, sets of others", "1")
          .ofEach(TASKS, "shots.lost of each set, from the least to the most");
  private static final SeriesQuantity COUNT =
      ALL.series("shots.count", "shots", "examples").is("examples before the word");

  private static final Quantity REPEATS_GAIN_ERROR =
      ALL.nats("repeats.gain.error", "standard error of repeats.gain")
          .is("bootstrap over sequences");
  private static final Quantity REPEATS_GAIN =
      ALL.nats("repeats.gain", "gain on repeated random tokens")
          .error(REPEATS_GAIN_ERROR)
          .is("loss of the first block of 25 random tokens minus that of its three repeats");
  private static final Quantity REPEATS_LOST_ERROR =
      ALL.pure("repeats.lost.error", "standard error of repeats.lost")
          .is("bootstrap over sequences");
  private static final Quantity REPEATS_LOST =
      ALL.pure("repeats.lost", "share of the gain on repeats lost")
          .error(REPEATS_LOST_ERROR)
          .is("1 - repeats.gain of the arm / repeats.gain of the model as it is");
  private static final SeriesQuantity BLOCKS =
      ALL.series("repeats.losses", "loss on random tokens by repeat", "nats")
          .is("mean over the positions of a block and sequences");
  private static final SeriesQuantity BLOCK =
      ALL.series("repeats.block", "time that the block is said", "1").is("1 to 4");

  private static final Quantity DAMAGE_ERROR =
      ALL.nats("text.damage.error", "standard error of text.damage").is("bootstrap over texts");
  private static final Quantity DAMAGE =
      ALL.nats("text.damage", "damage on text without repeats")
          .error(DAMAGE_ERROR)
          .is(
              "loss on tokens of natural text that have not occurred before in their 128 tokens,"
                  + " minus that of the model as it is");
  private static final Quantity ICL_ERROR =
      ALL.nats("text.icl.error", "standard error of text.icl").is("bootstrap over texts");
  private static final Quantity ICL =
      ALL.nats("text.icl", "ICL score on natural text")
          .error(ICL_ERROR)
          .is("loss at the last 20 of 512 tokens minus that around the 51st, mean over texts");
  private static final Quantity ICL_LOST_ERROR =
      ALL.pure("text.icl.lost.error", "standard error of text.icl.lost").is("bootstrap over texts");
  private static final Quantity ICL_LOST =
      ALL.pure("text.icl.lost", "share of the ICL score on natural text lost")
          .error(ICL_LOST_ERROR)
          .is("1 - text.icl of the arm / text.icl of the model as it is");

  private Numbers() {}

  private static Family<Task, Quantity> errors(String key, String title, String unit) {
    return Family.of(
        Task.ALL,
        task ->
            ALL.number(
                    key + "." + task.name() + ".error",
                    title + ", " + TASKS.words().apply(task),
                    unit)
                .is("bootstrap over words"));
  }

  private static Family<Task, Quantity> withError(
      String key, String title, String unit, Family<Task, Quantity> errors, String formula) {
    return Family.of(
        Task.ALL,
        task ->
            ALL.number(key + "." + task.name(), title + ", " + TASKS.words().apply(task), unit)
                .error(errors.of(task))
                .is(formula));
  }

  private static double mean(double[][] rows, int[] units, int column) {
    return Arrays.stream(units).mapToDouble(u -> rows[u][column]).average().orElse(Double.NaN);
  }

  private static int[] all(double[][] rows) {
    return IntStream.range(0, rows.length).toArray();
  }

  /** Loss without a shot minus that behind many. */
  private static double gain(double[][] rows, int shots, int[] units) {
    return mean(rows, units, 0) - late(rows, shots, units);
  }

  /**
   * @param shots how many numbers of shots there are
   */
  private static double late(double[][] rows, int shots, int[] units) {
    return mean(rows, units, Arrays.binarySearch(shots == SHOTS.length ? SHOTS : FEWER, MANY));
  }

  private static double lost(double[][] arm, int shots, double[][] intact, int all, int[] units) {
    return 1 - gain(arm, shots, units) / gain(intact, all, units);
  }

  /** A number of all units, and its error. */
  static void put(
      Findings out, Quantity of, Quantity error, int units, ToDoubleFunction<int[]> statistic) {
    out.put(of, statistic.applyAsDouble(IntStream.range(0, units).toArray()));
    out.put(error, Bootstrap.error(units, statistic, DRAWS, SEED));
  }

  /**
   * Of one task.
   *
   * @param arms [set][word][column] of each set of the arm
   * @param shots numbers of shots that the arm was measured with
   * @param intact the model as it is, with all shots
   * @param others the sets to compare with; null: none
   */
  static void shots(
      Findings out,
      Task task,
      double[][][] arms,
      int[] shots,
      double[][] intact,
      double @Nullable [][][] others) {
    int n = shots.length;
    int all = SHOTS.length;
    double[][] arm = mean(arms);
    int[] units = all(intact);
    put(out, GAIN.of(task), GAIN_ERROR.of(task), arm.length, some -> gain(arm, n, some));
    put(
        out,
        LOST.of(task),
        LOST_ERROR.of(task),
        arm.length,
        some -> lost(arm, n, intact, all, some));
    put(out, ADDED.of(task), ADDED_ERROR.of(task), arm.length, some -> added(arm, n, intact, some));
    if (others == null) {
      out.put(MORE.of(task), Double.NaN);
      out.put(MORE_ERROR.of(task), Double.NaN);
      out.put(RANK.of(task), Double.NaN);
    } else {
      double[][] other = mean(others);
      int m = FEWER.length;
      put(
          out,
          MORE.of(task),
          MORE_ERROR.of(task),
          arm.length,
          some -> more(arm, n, other, m, intact, some));
      double own = lost(arm, n, intact, all, units);
      long asMuch =
          Arrays.stream(others).filter(o -> lost(o, m, intact, all, units) >= own).count();
      out.put(RANK.of(task), (1.0 + asMuch) / (1.0 + others.length));
    }
    out.put(LOSSES.of(task), columns(arm, 0, n));
    out.put(ACCURACY.of(task), columns(arm, n, n));
    out.put(
        DRAWN.of(task),
        Arrays.stream(arms).mapToDouble(o -> lost(o, n, intact, all, units)).sorted().toArray());
  }

  private static double added(double[][] arm, int shots, double[][] intact, int[] units) {
    return (late(arm, shots, units) - late(intact, SHOTS.length, units))
        / gain(intact, SHOTS.length, units);
  }

  private static double more(
      double[][] arm, int shots, double[][] other, int fewer, double[][] intact, int[] units) {
    return lost(arm, shots, intact, SHOTS.length, units)
        - lost(other, fewer, intact, SHOTS.length, units);
  }

  static void count(Findings out, int[] shots) {
    out.put(COUNT, Arrays.stream(shots).asDoubleStream().toArray());
  }

  private static double[] columns(double[][] rows, int from, int number) {
    return IntStream.range(from, from + number)
        .mapToDouble(c -> mean(rows, all(rows), c))
        .toArray();
  }

  /** Of repeated random tokens: [sequence][block]. */
  static void repeats(Findings out, double[][][] arms, double[][] intact) {
    double[][] arm = mean(arms);
    int n = arm.length;
    put(out, REPEATS_GAIN, REPEATS_GAIN_ERROR, n, some -> repeated(arm, some));
    put(
        out,
        REPEATS_LOST,
        REPEATS_LOST_ERROR,
        n,
        some -> 1 - repeated(arm, some) / repeated(intact, some));
    out.put(BLOCKS, columns(arm, 0, arm[0].length));
    out.put(BLOCK, IntStream.rangeClosed(1, arm[0].length).asDoubleStream().toArray());
  }

  private static double repeated(double[][] rows, int[] units) {
    return mean(rows, units, 0)
        - IntStream.range(1, rows[0].length)
            .mapToDouble(block -> mean(rows, units, block))
            .average()
            .orElse(Double.NaN);
  }

  /** Of text without repeats: column 0 of each text. */
  static void damage(Findings out, double[][][] arms, double[][] intact) {
    double[][] arm = mean(arms);
    put(out, DAMAGE, DAMAGE_ERROR, arm.length, some -> mean(arm, some, 0) - mean(intact, some, 0));
  }

  /** Of longer texts: losses early and late; null: they were not read in this arm. */
  static void icl(Findings out, double @Nullable [][] arm, double[][] intact) {
    if (arm == null) {
      List.of(ICL, ICL_ERROR, ICL_LOST, ICL_LOST_ERROR).forEach(q -> out.put(q, Double.NaN));
      return;
    }
    put(out, ICL, ICL_ERROR, arm.length, some -> icl(arm, some));
    put(out, ICL_LOST, ICL_LOST_ERROR, arm.length, some -> 1 - icl(arm, some) / icl(intact, some));
  }

  private static double icl(double[][] rows, int[] units) {
    return mean(rows, units, 2) - mean(rows, units, 1);
  }

  private static double[][] mean(double[][][] arms) {
    if (arms.length == 1) {
      return arms[0];
    }
    double[][] mean = new double[arms[0].length][arms[0][0].length];
    for (double[][] arm : arms) {
      for (int u = 0; u < mean.length; u++) {
        for (int c = 0; c < mean[u].length; c++) {
          mean[u][c] += arm[u][c] / arms.length;
        }
      }
    }
    return mean;
  }
}
