package refrain.analysis.ondisk;

import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;

/** Declares what is found of a model on disk with heads off; {@link OnDiskMeasuring} finds it. */
public final class OnDiskAnalysis extends Analysis {
  public OnDiskAnalysis() {
    super(AnalysisKind.ON_DISK, 1, Numbers.ALL, Attending.ALL);
  }
}
