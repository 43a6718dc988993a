package refrain.store;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.stream.LongStream;

/**
 * After which steps a checkpoint is taken. A pure function of the step and of what was measured so
 * far, so that a resumed run takes the same ones. The first state (step 0) and the last one are the
 * trainer's business.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CheckpointSchedule.Every.class, name = "every"),
  @JsonSubTypes.Type(value = CheckpointSchedule.LogSpaced.class, name = "log-spaced"),
  @JsonSubTypes.Type(value = CheckpointSchedule.At.class, name = "at"),
  @JsonSubTypes.Type(value = CheckpointSchedule.WhileMoving.class, name = "while-moving"),
  @JsonSubTypes.Type(value = CheckpointSchedule.Union.class, name = "union"),
})
public sealed interface CheckpointSchedule {
  /**
   * Whether a checkpoint is due.
   *
   * @param step updates done, 1 or more
   * @param history what was measured up to this step, and the last checkpoint before it
   */
  boolean due(long step, ScoreHistory history);

  /** After every so many steps. */
  static CheckpointSchedule every(long steps) {
    return new Every(steps);
  }

  /**
   * After every so many steps.
   *
   * @param steps from one to the next
   */
  record Every(long steps) implements CheckpointSchedule {
    public Every {
      require(steps >= 1, "checkpoints: every: steps is %d, expected 1 or more", steps);
    }

    @Override
    public boolean due(long step, ScoreHistory history) {
      return step % steps == 0;
    }
  }

  /**
   * At the steps 10^(k / perDecade) for k = 0, 1, 2, ..., rounded: as many between 1 and 10 as
   * between 1,000 and 10,000, as phase changes are spread evenly over log-steps.
   *
   * @param perDecade how many from 1 to 10, and from 10 to 100
   */
  record LogSpaced(int perDecade) implements CheckpointSchedule {
    public LogSpaced {
      require(
          perDecade >= 1 && perDecade <= 1000,
          "checkpoints: log-spaced: perDecade is %d, expected 1 to 1000",
          perDecade);
    }

    @Override
    public boolean due(long step, ScoreHistory history) {
      if (step < 1) {
        return false;
      }
      // Only these k can round to the step; one more on each side against rounding of the logs.
      long first = (long) Math.floor(perDecade * Math.log10(step - 0.5));
      long last = (long) Math.ceil(perDecade * Math.log10(step + 0.5));
      return LongStream.rangeClosed(Math.max(0, first), last)
          .anyMatch(k -> Math.round(Math.pow(10, k / (double) perDecade)) == step);
    }
  }

  /**
   * At listed steps.
   *
   * @param steps each 1 or more
   */
  record At(List<Long> steps) implements CheckpointSchedule {
    public At {
      steps = List.copyOf(steps);
      steps.forEach(
          step -> require(step >= 0, "checkpoints: at: step is %d, expected 0 or more", step));
    }

    @Override
    public boolean due(long step, ScoreHistory history) {
      return steps.contains(step);
    }
  }

  /**
   * While a score moves: when its last value differs by at least {@code change} from its value
   * {@code window} steps before (the newest that is at least so old, or else the first). A score
   * that was not measured, or NaN, does not move.
   *
   * @param metric the name in the metrics, {@code icl} for example
   * @param change in the unit of the score, above 0
   * @param window steps, 1 or more
   * @param spacing the fewest steps since the last checkpoint of whatever schedule, 1 or more
   */
  record WhileMoving(String metric, double change, long window, long spacing)
      implements CheckpointSchedule {
    public WhileMoving {
      require(
          change > 0 && Double.isFinite(change),
          "checkpoints: while-moving: change is %s, expected a finite number above 0",
          change);
      require(
          window >= 1, "checkpoints: while-moving: window is %d, expected 1 or more steps", window);
      require(
          spacing >= 1,
          "checkpoints: while-moving: spacing is %d, expected 1 or more steps",
          spacing);
    }

    @Override
    public boolean due(long step, ScoreHistory history) {
      return step - history.lastCheckpoint() >= spacing
          && Math.abs(history.change(metric, window)) >= change;
    }
  }

  /**
   * When any of several is due.
   *
   * @param schedules the several
   */
  record Union(List<CheckpointSchedule> schedules) implements CheckpointSchedule {
    public Union {
      schedules = List.copyOf(schedules);
    }

    @Override
    public boolean due(long step, ScoreHistory history) {
      return schedules.stream().anyMatch(schedule -> schedule.due(step, history));
    }
  }
}
