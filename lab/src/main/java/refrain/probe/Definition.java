package refrain.probe;

/**
 * What a score means; it travels with the score into run folders and reports.
 *
 * @param key the name under which values are recorded, such as pm; a head's value is pm.L1H3
 * @param title the field's name for it
 * @param unit nats, probability, tokens, or 1 for a pure number
 * @param better which direction means more of what the measure is named after
 * @param formula exactly what is computed, indices in it
 * @param source where the definition comes from: paper and section
 */
public record Definition(
    String key, String title, String unit, Better better, String formula, String source) {

  /** Which direction means more. */
  public enum Better {
    LOWER,
    HIGHER,
    NEITHER
  }
}
