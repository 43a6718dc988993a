package refrain.train;

/** Numbers in messages. */
final class Num {
  private Num() {}

  /** Whole numbers without a fraction, others as Java writes them. */
  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
