package refrain.train;

import static refrain.base.RefrainException.require;

import refrain.data.CodeText;
import refrain.data.DataSpec;
import refrain.data.EnglishText;
import refrain.data.TextFiles;

/**
 * Another language before that of the run: its batches are what the steps up to {@code until} are
 * taken on. What a run is evaluated on is its own language from the beginning.
 *
 * @param data a language of the run's vocabulary; no text, which a run has one of
 * @param until steps taken when it ends
 */
public record Lesson(DataSpec data, int until) {
  public Lesson {
    require(until >= 1, "lesson: until is step %s, expected 1 or more", until);
    require(
        !(data instanceof CodeText || data instanceof EnglishText || data instanceof TextFiles),
        "lesson: its data is a text, expected a language; a run on a text can begin from another"
            + " run's checkpoint: --from RUN@STEP");
  }
}
