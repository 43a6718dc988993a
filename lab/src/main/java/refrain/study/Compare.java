package refrain.study;

/** What is made of a run's quantity x and the y that it is compared with. */
public enum Compare {
  /** x alone. */
  VALUE("x"),
  /** x - y. */
  DIFFERENCE("x - y"),
  /** x / y. */
  RATIO("x / y"),
  /** ln (x / y). */
  LOG_RATIO("ln (x / y)");

  private final String words;

  Compare(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  double of(double x, double y) {
    return switch (this) {
      case VALUE -> x;
      case DIFFERENCE -> x - y;
      case RATIO -> x / y;
      case LOG_RATIO -> Math.log(x / y);
    };
  }
}
