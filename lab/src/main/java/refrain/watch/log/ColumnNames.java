package refrain.watch.log;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What columns of logs are, told by their names alone. */
public final class ColumnNames {
  /** Names of steps, the finest axis first; without case, blanks, dashes and underscores. */
  private static final List<Set<String>> STEPS =
      List.of(
          Set.of("globalstep", "step", "steps", "s", "trainstep", "currentstep", "nstep"),
          Set.of("iteration", "iterations", "iter", "iters", "it", "itr", "iternum"),
          Set.of("update", "updates", "nupdates", "numupdates"),
          Set.of(
              "timestep",
              "timesteps",
              "totaltimesteps",
              "numtimesteps",
              "envsteps",
              "totalenvsteps",
              "frame",
              "frames",
              "totalframes"),
          Set.of("batch", "batches", "batchidx", "minibatch"),
          Set.of("epoch", "epochs", "nepoch"),
          Set.of("episode", "episodes", "nepisodes"),
          Set.of("index", "row", "unnamed:0"));

  private static final Set<String> TIMES =
      Set.of("timestamp", "walltime", "datetime", "date", "time", "t", "tstart");

  private static final Set<String> RATES =
      Set.of("lr", "learningrate", "trainrate", "currentlr", "lrscale", "lrnow");

  private ColumnNames() {}

  /** The part of a path that names the thing itself, without case and joints. */
  static String bare(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return last.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]", "");
  }

  /** How fine an axis a column of this name is, 0 the finest; -1 where it is none. */
  public static int axis(String name) {
    String bare = bare(name);
    for (int i = 0; i < STEPS.size(); i++) {
      if (STEPS.get(i).contains(bare)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether an axis counts passes over data or episodes, which are more than steps. */
  public static boolean coarse(String axis) {
    return axis(axis) >= 5;
  }

  public static boolean isEpoch(String name) {
    return axis(name) == 5;
  }

  public static boolean isTime(String name) {
    return TIMES.contains(bare(name));
  }

  /** Whether a column is a learning rate: {@code lr}, {@code lr-AdamW}, {@code lr/pg0}. */
  public static boolean isRate(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return RATES.contains(bare(name).replace(".", ""))
        || lower.startsWith("lr-")
        || lower.startsWith("lr/");
  }
}
