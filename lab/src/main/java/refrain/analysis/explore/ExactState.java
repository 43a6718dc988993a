package refrain.analysis.explore;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import refrain.analysis.measure.Change;
import refrain.model.Parameters;

/**
 * The parameters that a run had after some step, and how well that is known.
 *
 * @param step updates done
 * @param exactness what is known of it
 * @param from the step of the checkpoint that it was trained again from, 0: the initial parameters;
 *     its own step where it was stored
 * @param next the step of the checkpoint that it is or can be verified at; null: there is none
 * @param sha256 of that checkpoint's parameters, 64 hexadecimal digits; "" where there is none
 * @param difference where the state is another, the loss at {@code next} on the evaluation set
 *     minus the checkpoint's, nats per token, and its standard error; null: not known
 * @param why the state is another; "" where it is not
 * @param says all that in one sentence
 * @param warnings a sentence for each damaged checkpoint that was passed over
 * @param parameters themselves, of which JSON has nothing
 */
public record ExactState(
    long step,
    Exactness exactness,
    long from,
    @Nullable Long next,
    String sha256,
    @Nullable Change difference,
    String why,
    String says,
    List<String> warnings,
    @JsonIgnore Parameters parameters) {
  private static final int SHOWN_DIGITS = 12;

  public ExactState {
    warnings = List.copyOf(warnings);
  }

  static ExactState stored(long step, boolean initial, String sha256, Parameters parameters) {
    String says =
        initial
            ? "step 0 as it began: the initial parameters, drawn from the run's seed"
            : "step " + step + " as it was saved, SHA-256 " + digits(sha256);
    return new ExactState(
        step,
        Exactness.STORED,
        step,
        initial ? null : (Long) step,
        sha256,
        null,
        "",
        says,
        List.of(),
        parameters);
  }

  /** The one state of a model on disk. */
  static ExactState onDisk(Parameters parameters) {
    return new ExactState(
        0,
        Exactness.STORED,
        0,
        null,
        "",
        null,
        "",
        "the weights as they lie on disk",
        List.of(),
        parameters);
  }

  /**
   * A state that was trained again.
   *
   * @param settled what became of the way at its end; null: nobody went there yet
   * @param why the way is known to be another's before; "": it is not
   */
  static ExactState replayed(
      long step, Stretch stretch, @Nullable Settled settled, String why, Parameters parameters) {
    Exactness exactness =
        settled != null
            ? settled.exactness()
            : why.isEmpty() ? Exactness.REPLAYED : Exactness.OTHER;
    String reason = settled == null ? why : settled.why();
    Change difference = settled == null ? null : settled.difference();
    return new ExactState(
        step,
        exactness,
        stretch.from(),
        stretch.next(),
        stretch.sha256(),
        difference,
        reason,
        says(step, stretch, exactness, reason, difference),
        stretch.warnings(),
        parameters);
  }

  private static String says(
      long step, Stretch stretch, Exactness exactness, String why, @Nullable Change difference) {
    String begins = stretch.from() == 0 ? "the beginning" : "checkpoint " + stretch.from();
    String again = "step " + step + ", trained again from " + begins;
    Long next = stretch.next();
    return switch (exactness) {
      case STORED -> throw new IllegalArgumentException("it was not trained again");
      case VERIFIED ->
          again
              + ": the same way led to checkpoint "
              + next
              + " with its SHA-256 "
              + digits(stretch.sha256())
              + ", so these are the run's bits";
      case REPLAYED ->
          again
              + " with the losses and gradient norms that the run recorded; "
              + (next == null
                  ? "no later checkpoint is there to verify it at"
                  : "not yet verified at checkpoint " + next);
      case OTHER ->
          again
              + ", is not the run's to the bit: "
              + why
              + (difference == null
                  ? ""
                  : String.format(
                      Locale.ROOT,
                      "; at checkpoint %d its loss differs by %+.2g nats (standard error %.1g)",
                      next,
                      difference.mean(),
                      difference.error()));
    };
  }

  private static String digits(String sha256) {
    return sha256.substring(0, Math.min(SHOWN_DIGITS, sha256.length()));
  }
}
