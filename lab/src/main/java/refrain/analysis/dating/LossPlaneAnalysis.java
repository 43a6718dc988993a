package refrain.analysis.dating;

import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;

/**
 * Per-token losses of all models of a seed in one plane (Argument 1): where the trajectory of this
 * one pivots and when it leaps.
 */
public final class LossPlaneAnalysis extends Analysis {
  public LossPlaneAnalysis() {
    super(AnalysisKind.LOSS_PLANE, 2, LossTrajectory.ALL, ChangeDates.LEAP_ALL);
  }

  @Override
  public boolean ofSeed() {
    return true;
  }

  @Override
  public Findings of(Subject run) {
    return LossTrajectory.of(run);
  }
}
