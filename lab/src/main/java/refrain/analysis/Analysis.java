package refrain.analysis;

import java.util.List;

/**
 * Something that is computed from a run after it ended. The same run gives the same findings, to
 * the bit, whatever the number of threads.
 */
public interface Analysis {
  AnalysisKind kind();

  /**
   * Raised whenever the findings of an unchanged run would change: what was kept of another version
   * is computed again.
   */
  int version();

  /** What its parts declare; a finding that none of them declares is refused. */
  List<Declarations> declarations();

  /**
   * Analyses a run.
   *
   * @throws refrain.base.RefrainException when the run lacks what is needed; the message says what
   */
  Findings of(Subject run);
}
