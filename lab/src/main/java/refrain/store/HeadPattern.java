package refrain.store;

import java.util.Optional;
import refrain.base.RefrainException;
import refrain.model.HeadId;

/**
 * The attention of one head on one sequence, kept with a run so that reports can draw it without a
 * model.
 *
 * @param step updates done when it was read
 * @param layer of the head
 * @param head in its layer
 * @param block tokens after which the sequence repeats itself
 * @param tokens [T] ids
 * @param pattern [T query, T key], flattened by rows, to four decimals
 */
public record HeadPattern(
    long step, int layer, int head, int block, int[] tokens, double[] pattern) {
  /** Its file in a run folder. */
  public static final String FILE = "head-pattern.json";

  /** The head as people read it: L1H4. */
  public String headName() {
    return new HeadId(layer, head).toString();
  }

  /** The pattern kept with a run; empty when none was. */
  public static Optional<HeadPattern> of(RunFolder run) {
    return RefrainException.reading(
        () -> Json.readIfThere(run.path().resolve(FILE), HeadPattern.class),
        "'%s' makes it again".formatted(RunFolder.resume(run.path())));
  }
}
