package refrain.data;

/**
 * Lists of what belongs together: members of one category, which changes one time in ten. In
 * natural text categories show in what words stand beside each other.
 */
final class Lists {
  /** How often a list goes on with another category, or the same one again. */
  private static final double CHANGE = 0.1;

  private Lists() {}

  /**
   * One list.
   *
   * @param size members of each category
   * @return category * size + member, [length]
   */
  static int[] draw(Rng rng, int categories, int size, int length) {
    int[] list = new int[length];
    int category = rng.nextInt(categories);
    for (int t = 0; t < length; t++) {
      if (rng.nextDouble() < CHANGE) {
        category = rng.nextInt(categories);
      }
      list[t] = category * size + rng.nextInt(size);
    }
    return list;
  }
}
