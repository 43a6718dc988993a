package refrain.analysis;

import refrain.probe.Definition;

/** A series that an analysis gives of each run; made by {@link Declarations} alone. */
public final class SeriesQuantity extends Declared {
  SeriesQuantity(Definition definition) {
    super(definition);
  }
}
