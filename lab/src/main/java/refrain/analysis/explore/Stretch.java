package refrain.analysis.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way from one checkpoint of a run to the next, as it is trained again here.
 *
 * @param key what its states are known by, 64 hexadecimal digits: the run, both checkpoints' bits,
 *     this process' arithmetic and the text that is there
 * @param from the step that it sets out at
 * @param next the step of the checkpoint that it leads to; null: there is none
 * @param sha256 of that one's parameters; "" where there is none
 * @param why it cannot lead to the run's bits; "": nothing is known against it
 * @param warnings a sentence for each damaged checkpoint that was passed over
 */
record Stretch(
    String key, long from, @Nullable Long next, String sha256, String why, List<String> warnings) {
  Stretch {
    warnings = List.copyOf(warnings);
  }
}
