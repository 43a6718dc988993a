package refrain.study;

/** Where an interval lies. */
enum Lies {
  /** All of it where a claim holds. */
  INSIDE,
  /** None of it. */
  OUTSIDE,
  /** Over the bar, or there is no interval. */
  ACROSS
}
