package refrain.analysis;

import refrain.probe.Definition;

/** A number that an analysis gives of each run; made by {@link Declarations} alone. */
public final class Quantity extends Declared {
  Quantity(Definition definition) {
    super(definition);
  }
}
