package refrain.analysis;

import refrain.probe.Definition;

/** What is said of a number or of a series before any analysis gives it. */
public abstract sealed class Declared permits Quantity, SeriesQuantity {
  private final Definition definition;

  Declared(Definition definition) {
    this.definition = definition;
  }

  public final Definition definition() {
    return definition;
  }

  /** What is said of it, for one of the heads or layers that it stands for. */
  final Definition named(String key) {
    return new Definition(key, title(), unit(), definition.better(), formula(), source());
  }

  /** The name under which it is stored, such as date.icl.tau. */
  public final String key() {
    return definition.key();
  }

  public final String title() {
    return definition.title();
  }

  /** nats, steps, probability, or 1 for a pure number. */
  public final String unit() {
    return definition.unit();
  }

  public final String formula() {
    return definition.formula();
  }

  /** Paper and section. */
  public final String source() {
    return definition.source();
  }

  @Override
  public final String toString() {
    return key();
  }
}
