package refrain.study;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One arm of a study.
 *
 * @param name as in tables and figures
 * @param preset where its specification starts
 * @param set settings over the preset, laid out like a run's specification
 * @param seeds at most so many replicates; 0: as many as the study has
 * @param control the variant that it is compared with at the same seed; null: none
 * @param settled when a run's outcome is known and it may stop
 */
public record Variant(
    String name,
    String preset,
    JsonNode set,
    int seeds,
    @Nullable String control,
    Settled settled) {

  /** When a run may stop. */
  public enum Settled {
    /** Some time after heads have formed (the study's plateau), else at its last step. */
    AFTER_FORMATION,
    /** At twice the step at which the control's run of the same seed formed heads. */
    AT_TWICE_CONTROL,
    /** At its last step. */
    AT_END
  }
}
