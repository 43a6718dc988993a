package refrain.browser;

/**
 * What a reader looks at a page of ours with.
 *
 * @param width pixels
 * @param still whether they asked their system for reduced motion
 */
record Window(int width, int height, boolean dark, boolean still) {
  static final Window WIDE = new Window(1440, 1000, false, false);
  static final Window PHONE = new Window(375, 812, false, false);

  /** At 400 % of a window of 1280, as WCAG 2.2 asks in 1.4.10. */
  static final Window NARROWEST = new Window(320, 640, false, false);

  Window inTheDark() {
    return new Window(width, height, true, still);
  }

  Window withoutMotion() {
    return new Window(width, height, dark, true);
  }

  @Override
  public String toString() {
    return width + (dark ? "-dark" : "-light");
  }
}
