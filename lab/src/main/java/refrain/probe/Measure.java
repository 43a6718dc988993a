package refrain.probe;

/** Something measured of a model. The four kinds differ in what they need to see. */
public sealed interface Measure permits LossMeasure, HeadMeasure, LogitMeasure, WeightMeasure {

  Definition definition();

  /** Writes this measure's values, under names that start with its key. */
  void report(Readings readings, Measurements out);
}
