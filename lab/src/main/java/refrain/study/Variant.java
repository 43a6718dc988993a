package refrain.study;

import static refrain.base.RefrainException.require;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.ondisk.OffArm;
import refrain.base.Default;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One arm of a study.
 *
 * @param name as in tables and figures
 * @param preset where its specification starts; "on-disk": nothing is trained, the model lies on
 *     disk
 * @param set settings over the preset, laid out like a run's specification; of a model on disk
 *     which heads are off ({@link OffArm})
 * @param seeds at most so many of the study's seeds, 0: none; null: all
 * @param control the variant that it is compared with at the same seed; null: none
 * @param donor whose weights its runs begin with; null: they begin anew
 * @param settled when a run's outcome is known and it may stop
 * @param analyses what is computed from each run after it ended, beside its summary
 */
public record Variant(
    String name,
    String preset,
    @Default("{}") JsonNode set,
    @Default("null") @Nullable Integer seeds,
    @Default("null") @Nullable String control,
    @Default("null") @Nullable Donor donor,
    @Default("AT_END") Settled settled,
    @Default("[]") List<AnalysisKind> analyses) {

  /** The preset of an arm whose model lies on disk. */
  public static final String ON_DISK = "on-disk";

  /** When a run may stop. */
  public enum Settled {
    /** Some time after heads have formed (the study's plateau), else at its last step. */
    AFTER_FORMATION,
    /** A third of its formation step after heads have formed, else at its last step. */
    A_THIRD_AFTER_FORMATION,
    /** At twice the step at which the control's run of the same seed formed heads. */
    AT_TWICE_CONTROL,
    /** When its ICL score has been below .7 of its control's final one at three probes in a row. */
    AT_CONTROL_ICL,
    /** At its last step. */
    AT_END
  }

  /** Whose runs begin anew. */
  public Variant(
      String name,
      String preset,
      JsonNode set,
      @Nullable Integer seeds,
      @Nullable String control,
      Settled settled,
      List<AnalysisKind> analyses) {
    this(name, preset, set, seeds, control, null, settled, analyses);
  }

  public Variant {
    analyses = List.copyOf(analyses);
    require(
        seeds == null || seeds >= 0, "variant '%s': seeds is %s, expected 0 or more", name, seeds);
  }

  /** Whether nothing is trained: the model lies on disk. */
  public boolean onDisk() {
    return preset.equals(ON_DISK);
  }

  /** The same with one more setting over its preset. */
  Variant with(String setting, JsonNode value) {
    ObjectNode more = Json.object();
    more.set(setting, value);
    return new Variant(
        name, preset, Json.merge(set, more), seeds, control, donor, settled, analyses);
  }
}
