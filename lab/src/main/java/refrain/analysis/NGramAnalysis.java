package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** Distance from n-gram tables over training, and what lies beyond them. */
final class NGramAnalysis implements Analysis {
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
