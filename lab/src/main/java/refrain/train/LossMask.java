package refrain.train;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * Targets that do not count in the training loss for some steps: the model is not taught them. What
 * it reads is as ever, so unlike an intervention whose place depends on the tokens a mask tells it
 * nothing of what comes next. Probes count all targets.
 *
 * @param targets which
 * @param from steps taken when it comes on
 * @param until steps taken when it goes off again; null: never
 * @param weight what such a target counts in place of 1: 0, nothing; below 0 it is unlearned, its
 *     loss driven up. The loss is divided by the sum of all weights, which must stay above 0
 */
public record LossMask(
    Targets targets,
    @Default("0") int from,
    @Default("null") @Nullable Integer until,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @Default("0") double weight) {
  /** Kinds of targets. */
  public enum Targets {
    /**
     * Those that an induction head would predict: x[i + 1] where an earlier j has x[j] = x[i] and
     * x[j + 1] = x[i + 1].
     */
    COPYABLE,
    /** Those that occurred before: x[i + 1] = x[j] for a j up to i. */
    SEEN;

    /** Whether x[i + 1] is one. */
    boolean at(int[] tokens, int i) {
      for (int j = 0; j <= i; j++) {
        boolean is =
            this == SEEN
                ? tokens[j] == tokens[i + 1]
                : j < i && tokens[j] == tokens[i] && tokens[j + 1] == tokens[i + 1];
        if (is) {
          return true;
        }
      }
      return false;
    }
  }

  public LossMask {
    require(from >= 0, "mask: on from step %s, expected 0 or more", from);
    require(
        until == null || until > from,
        "mask: on from step %s until step %s, expected a later end",
        from,
        until);
    require(
        weight >= -1 && weight <= 1, "mask: weight is %s, expected a number from -1 to 1", weight);
  }

  /** Of targets that do not count. */
  public LossMask(Targets targets, int from, @Nullable Integer until) {
    this(targets, from, until, 0);
  }

  /** The same, on and off so many steps later. */
  LossMask later(int steps) {
    return new LossMask(targets, from + steps, until == null ? null : until + steps, weight);
  }

  /** Whether it is on for the step from a state that has had so many. */
  public boolean on(int step) {
    return from <= step && (until == null || step < until);
  }

  /** Gives its targets their weight. */
  void weigh(int[] tokens, float[] weights) {
    for (int i = 0; i < weights.length; i++) {
      if (targets.at(tokens, i)) {
        weights[i] = (float) weight;
      }
    }
  }
}
