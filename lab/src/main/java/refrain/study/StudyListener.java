package refrain.study;

import java.util.List;
import refrain.analysis.AnalysisKind;
import refrain.store.MetricsRow;
import refrain.train.TrainResult;

/** Follows a study while it runs. Called from the threads of the runs, several at once. */
public interface StudyListener {
  StudyListener NONE = new StudyListener() {};

  /**
   * @param step steps that the run had taken already
   * @param before the rows that it has, up to that step
   */
  default void started(Study.Cell cell, int step, List<MetricsRow> before) {}

  /** Something about the state that was found which the user should know. */
  default void warned(Study.Cell cell, String sentence) {}

  /** Why fewer runs than cores go on at once. */
  default void notice(String sentence) {}

  /** A file of the study is damaged or missing; what it would have said is left out. */
  default void damaged(String sentence) {}

  /** A file of a run that has ended is missing, which changes none of its numbers but the time. */
  default void missing(String sentence) {}

  /** A row of a run's metrics was written; {@code probed}: with the probe's measures. */
  default void measured(Study.Cell cell, MetricsRow row, boolean probed) {}

  /** The run ended, or had ended before. */
  default void ended(Study.Cell cell, TrainResult result) {}

  /** An analysis of a run that has ended begins. */
  default void analysing(Study.Cell cell, AnalysisKind kind) {}

  /** All runs have been read and the claims are judged now. */
  default void judging(Study study) {}

  /** The run or one of its analyses failed; the others go on. */
  default void failed(Study.Cell cell, RuntimeException failure) {}
}
