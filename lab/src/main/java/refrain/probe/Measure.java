package refrain.probe;

import java.util.List;

/** Something measured of a model. The four kinds differ in what they need to see. */
public sealed interface Measure permits LossMeasure, HeadMeasure, LogitMeasure, WeightMeasure {

  Definition definition();

  /** The same, and of what else it writes of each head. */
  default List<Definition> definitions() {
    return List.of(definition());
  }

  /** The sequences whose losses, patterns or logits are read; nothing to measures of weights. */
  default Stimulus stimulus() {
    return Stimulus.EVALUATION;
  }

  /** Writes this measure's values, under names that start with its key. */
  void report(Readings readings, Measurements out);
}
