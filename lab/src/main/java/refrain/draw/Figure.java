package refrain.draw;

/** Something that draws itself as SVG. */
public interface Figure {
  /** A short title, drawn at the top of the figure. */
  String title();

  /** What the figure shows, in a sentence or two, for readers who cannot see it. */
  String description();

  /**
   * @param id unique in the page; the drawing's own identifiers begin with it
   */
  Drawing draw(String id);

  /** The figure as a file of its own: own style sheet, own background, light and dark. */
  default String svg() {
    return draw("figure").standalone();
  }
}
