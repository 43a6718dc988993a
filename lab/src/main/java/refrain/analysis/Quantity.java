package refrain.analysis;

import org.jspecify.annotations.Nullable;
import refrain.probe.Definition;

/** A number that an analysis gives of each run; made by {@link Declarations} alone. */
public final class Quantity extends Declared {
  private final @Nullable String error;

  Quantity(Definition definition, @Nullable String error) {
    super(definition);
    this.error = error;
  }

  /**
   * The key of the number that is this one's standard error in a run, in the same unit; null: it
   * has none, and is taken to be exact.
   */
  public @Nullable String error() {
    return error;
  }
}
