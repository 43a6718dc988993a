package refrain.analysis;

/** A run as a row of the model analysis table (Olsson et al. 2022, Argument 6). */
final class ModelRow {
  /** The plateau of the study: runs that form heads go on for so many steps. */
  static final int AFTER = 300;

  private ModelRow() {}
}
