package refrain.watch;

/** Which way of a metric is better. */
public enum Direction {
  UP(1),
  DOWN(-1);

  private final int sign;

  Direction(int sign) {
    this.sign = sign;
  }

  /** 1 where more is better, -1 where less is. */
  public int sign() {
    return sign;
  }
}
