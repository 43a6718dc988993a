package refrain.study;

/** What had been seen of a claim's numbers when it was written. */
public enum Seen {
  NOTHING("nothing"),
  /** Some of its runs, or its numbers in other runs. */
  PART("part"),
  ALL("all");

  private final String words;

  Seen(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }
}
