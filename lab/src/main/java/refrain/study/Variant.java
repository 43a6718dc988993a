package refrain.study;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One arm of a study.
 *
 * @param name as in tables and figures
 * @param preset where its specification starts
 * @param set settings over the preset, laid out like a run's specification
 * @param quick at most so many replicates in a quick run of the study, 0: none; left out: as many
 *     as the study has
 * @param full at most so many in a full one
 * @param control the variant that it is compared with at the same seed; null: none
 * @param settled when a run's outcome is known and it may stop
 * @param analyses what is computed from each run after it ended, beside its summary
 */
public record Variant(
    String name,
    String preset,
    @Default("{}") JsonNode set,
    @Default("1000000") int quick,
    @Default("1000000") int full,
    @Default("null") @Nullable String control,
    @Default("AT_END") Settled settled,
    @Default("[]") List<AnalysisKind> analyses) {

  /** When a run may stop. */
  public enum Settled {
    /** Some time after heads have formed (the study's plateau), else at its last step. */
    AFTER_FORMATION,
    /** A third of its formation step after heads have formed, else at its last step. */
    A_THIRD_AFTER_FORMATION,
    /** At twice the step at which the control's run of the same seed formed heads. */
    AT_TWICE_CONTROL,
    /** At its last step. */
    AT_END
  }

  public Variant {
    analyses = List.copyOf(analyses);
    if (quick < 0 || full < quick) {
      throw RefrainException.badInput(
          "variant '%s': quick is %s and full %s, expected 0 <= quick <= full", name, quick, full);
    }
  }

  /** The same with one more setting over its preset. */
  Variant with(String setting, JsonNode value) {
    ObjectNode more = Json.object();
    more.set(setting, value);
    return new Variant(
        name, preset, Json.merge(set, more), quick, full, control, settled, analyses);
  }
}
