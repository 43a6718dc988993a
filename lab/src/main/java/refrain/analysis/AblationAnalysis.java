package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** Heads knocked out at checkpoints, one by one and as a set (Argument 3). */
final class AblationAnalysis implements Analysis {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Definition> definitions() {
    return AblationDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    return new Findings();
  }
}
