package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/**
 * Something that is computed from a run after it ended. The same run gives the same findings, to
 * the bit, whatever the number of threads.
 */
public interface Analysis {
  /**
   * Raised whenever the findings of an unchanged run would change: what was kept of another version
   * is computed again.
   */
  int version();

  /** What the numbers mean that claims and tables may refer to, by their names. */
  List<Definition> definitions();

  /**
   * Analyses a run.
   *
   * @throws refrain.base.RefrainException when the run lacks what is needed; the message says what
   */
  Findings of(Subject run);
}
