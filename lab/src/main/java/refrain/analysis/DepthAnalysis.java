package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** Where heads sit, and whether later heads use earlier matches (Argument 6). */
final class DepthAnalysis implements Analysis {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Definition> definitions() {
    return DepthDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    return new Findings();
  }
}
