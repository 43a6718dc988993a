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

  /** The standard error of what is made of x and y, to first order; errors are independent. */
  double error(double x, double y, double xError, double yError) {
    return switch (this) {
      case VALUE -> xError;
      case DIFFERENCE -> Math.hypot(xError, yError);
      case RATIO -> Math.abs(x / y) * Math.hypot(xError / x, yError / y);
      case LOG_RATIO -> Math.hypot(xError / x, yError / y);
    };
  }
}
