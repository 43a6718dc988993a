package refrain.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.store.MetricsRow;

/** Follows the rows and says when the stop rule is met. */
final class StopWhen {
  private final StopRule rule;
  private final List<Double> scores = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();
  private double chance = Double.NaN;
  private @Nullable String reason;

  StopWhen(StopRule rule) {
    this.rule = rule;
  }

  void see(MetricsRow row) {
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
      case StopRule.AfterFormation(Formation formation, int margin, int notBefore) -> {
        double[] seen = scores.stream().mapToDouble(Double::doubleValue).toArray();
        int index = formation.index(seen, chance);
        if (index == Formation.NONE) {
          yield false;
        }
        reason = "induction heads had formed at step " + steps.get(index);
        yield step >= notBefore && step >= steps.get(index) + margin;
      }
    };
  }

  String reason() {
    return reason == null ? "" : reason;
  }
}
