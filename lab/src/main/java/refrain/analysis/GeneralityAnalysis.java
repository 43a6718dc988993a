package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;

/** Matching of similar tokens, categories and word pairs (Argument 4). */
final class GeneralityAnalysis implements Analysis {
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
