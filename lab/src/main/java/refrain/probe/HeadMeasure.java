package refrain.probe;

/**
 * A score of every head that is a mean over sequences of a function of the head's attention
 * pattern.
 */
public non-sealed interface HeadMeasure extends Measure {

  /** Whether {@link HeadReading#value} is needed. */
  default boolean readsValues() {
    return false;
  }

  /** The score of one head on one sequence; NaN where the sequence has no position to score. */
  double of(HeadReading head);

  @Override
  default void report(Readings readings, Measurements out) {
    readings.heads(this).report(definition(), out);
  }
}
