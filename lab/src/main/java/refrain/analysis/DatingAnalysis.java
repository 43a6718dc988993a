package refrain.analysis;

import java.util.List;
import java.util.stream.Stream;
import refrain.probe.Definition;

/**
 * When each curve of a run changed (Argument 1): dates with intervals, the window of the ICL score,
 * the slope by token index, the bend of the loss and the pivot of per-token losses.
 */
final class DatingAnalysis implements Analysis {
  @Override
  public int version() {
    return 3;
  }

  @Override
  public List<Definition> definitions() {
    return Stream.of(
            ChangeDates.definitions(),
            IclWindow.definitions(),
            IndexSlope.definitions(),
            LossBend.definitions(),
            LossTrajectory.definitions())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public Findings of(Subject run) {
    Findings out = new Findings();
    ChangeDates.report(run, out);
    IclWindow.report(run, out);
    IndexSlope.report(run, out);
    LossBend.report(run, out);
    LossTrajectory.report(run, out);
    return out;
  }
}
