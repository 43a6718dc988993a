package refrain.analysis.dating;

import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;

/**
 * When each curve of a run changed (Argument 1): dates with intervals, the window of the ICL score,
 * the slope by token index, the bend of the loss and the pivot of per-token losses.
 */
public final class DatingAnalysis extends Analysis {
  public DatingAnalysis() {
    super(
        AnalysisKind.DATING,
        4,
        ChangeDates.ALL,
        IclWindow.ALL,
        TextMatching.ALL,
        Leads.ALL,
        IndexSlope.ALL,
        LossBend.ALL,
        LossTrajectory.ALL);
  }

  @Override
  public Findings of(Subject run) {
    Findings dates = ChangeDates.of(run);
    TextMatching.Curve text = TextMatching.of(run);
    return dates
        .putAll(IclWindow.of(run, dates))
        .putAll(text.findings())
        .putAll(Leads.of(run, text))
        .putAll(IndexSlope.of(run))
        .putAll(LossBend.of(run, dates))
        .putAll(LossTrajectory.of(run, dates));
  }
}
