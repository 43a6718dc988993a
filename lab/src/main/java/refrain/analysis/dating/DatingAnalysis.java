package refrain.analysis.dating;

import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;

/**
 * When each curve of a run changed (Argument 1): dates with intervals, the window of the ICL score,
 * which of two curves comes first, the slope by token index and the bend of the loss.
 */
public final class DatingAnalysis extends Analysis {
  public DatingAnalysis() {
    super(
        AnalysisKind.DATING,
        4,
        ChangeDates.ALL,
        IclWindow.ALL,
        OwnMatching.ALL,
        Leads.ALL,
        IndexSlope.ALL,
        LossBend.ALL);
  }

  @Override
  public Findings of(Subject run) {
    Findings dates = ChangeDates.of(run);
    OwnMatching.Curve matching = OwnMatching.of(run);
    return dates
        .putAll(IclWindow.of(run, dates))
        .putAll(matching.findings())
        .putAll(Leads.of(run, matching))
        .putAll(IndexSlope.of(run))
        .putAll(LossBend.of(run, dates));
  }
}
