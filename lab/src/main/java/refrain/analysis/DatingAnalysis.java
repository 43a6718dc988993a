package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** When each curve of a run changed (Argument 1). */
final class DatingAnalysis implements Analysis {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Definition> definitions() {
    return List.of();
  }

  @Override
  public Findings of(Subject run) {
    return new Findings();
  }
}
