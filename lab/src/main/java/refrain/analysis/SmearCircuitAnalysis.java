package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** The circuit that forms when keys are smeared from two positions back (Argument 2). */
final class SmearCircuitAnalysis implements Analysis {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Definition> definitions() {
    return SmearDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    return new Findings();
  }
}
