package refrain.analysis.dating;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Subject;

/**
 * When each curve of a run changed (Argument 1): dates with intervals, the window of the ICL score,
 * the slope by token index, the bend of the loss and the pivot of per-token losses.
 */
public final class DatingAnalysis implements Analysis {
  @Override
  public AnalysisKind kind() {
    return AnalysisKind.DATING;
  }

  @Override
  public int version() {
    return 3;
  }

  @Override
  public List<Declarations> declarations() {
    return List.of(
        ChangeDates.ALL, IclWindow.ALL, IndexSlope.ALL, LossBend.ALL, LossTrajectory.ALL);
  }

  @Override
  public Findings of(Subject run) {
    Findings dates = ChangeDates.of(run);
    return dates
        .putAll(IclWindow.of(run, dates))
        .putAll(IndexSlope.of(run))
        .putAll(LossBend.of(run, dates))
        .putAll(LossTrajectory.of(run, dates));
  }
}
