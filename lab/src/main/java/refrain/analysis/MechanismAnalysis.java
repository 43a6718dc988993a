package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** Circuits of the heads that formed, and the order in which they did (Argument 5). */
final class MechanismAnalysis implements Analysis {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Definition> definitions() {
    return MechanismDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    return new Findings();
  }
}
