package refrain.watch;

/**
 * A tangent as it was, while the curve goes on.
 *
 * @param v where it was taken, log-steps
 * @param y its value there
 * @param slope its slope
 */
record Tangent(double v, double y, double slope) {
  /** Its value elsewhere. */
  double at(double elsewhere) {
    return y + slope * (elsewhere - v);
  }
}
