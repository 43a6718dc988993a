package refrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import refrain.store.MetricsRow;
import refrain.store.Outcome;
import refrain.store.RunFolder;

/**
 * Follows the rows and says when the stop rule is met: of a run under way, and of one that has
 * ended, whether it went far enough for what is asked of it now.
 */
public final class StopWhen {
  private final StopRule rule;
  private final List<Double> scores = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();
  private double chance = Double.NaN;
  private int probesBelow;
  private @Nullable String reason;

  StopWhen(StopRule rule) {
    this.rule = rule;
  }

  /** Whether a run has ended, at the last step of what is asked or where its rule is met. */
  public static boolean farEnough(RunFolder run, RunSpec asked) {
    Outcome outcome = run.ended().orElse(null);
    boolean diverged = outcome != null && outcome.status() == Outcome.Status.DIVERGED;
    if (outcome == null || diverged || run.rowsThrough() < outcome.step()) {
      return false; // or it has ended, but lost rows
    }
    if (outcome.step() >= asked.steps()) {
      return true;
    }
    StopWhen stop = new StopWhen(asked.stop());
    run.metrics().rows().forEach(stop::see);
    return stop.metAt((int) outcome.step());
  }

  void see(MetricsRow row) {
    if (rule instanceof StopRule.AtIcl(double below, int _)
        && row.values().containsKey(Metrics.ICL)) {
      probesBelow = row.value(Metrics.ICL) < below ? probesBelow + 1 : 0;
    }
    if (row.values().containsKey(Metrics.PREFIX_MATCHING)) {
      scores.add(row.value(Metrics.PREFIX_MATCHING));
      steps.add(row.step());
      chance = row.value(Metrics.PREFIX_MATCHING_CHANCE);
    }
  }

  boolean metAt(int step) {
    return switch (rule) {
      case StopRule.Never() -> false;
      case StopRule.AtStep(int last) -> {
        reason = "its outcome was settled at step " + last;
        yield step >= last;
      }
      case StopRule.AfterFormation after -> {
        double[] seen = scores.stream().mapToDouble(Double::doubleValue).toArray();
        int index = after.formation().index(seen, chance);
        if (index == Formation.NONE) {
          yield false;
        }
        reason = "induction heads had formed at step " + steps.get(index);
        yield step >= after.stopsAt(steps.get(index));
      }
      case StopRule.AtIcl(double below, int probes) -> {
        reason =
            String.format(
                Locale.ROOT, "its ICL score had been below %.2f nats at %s probes", below, probes);
        yield probesBelow >= probes;
      }
    };
  }

  /** Why it stopped, with the cadence at which that was read. */
  String reason() {
    return reason == null ? "" : reason + cadence();
  }

  private String cadence() {
    return steps.size() < 2 ? "" : ", probed every " + (steps.get(1) - steps.getFirst()) + " steps";
  }
}
