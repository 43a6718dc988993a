package refrain.model;

import java.util.List;
import refrain.base.Default;

/**
 * Smeared keys (Olsson et al. 2022, Argument 2): k_j becomes sigma(alpha) k_j + (1 - sigma(alpha))
 * k_s, with one trainable alpha per key head, starting at 0. Applied after rotary positions.
 *
 * @param from where the mixed-in key k_s comes from
 * @param layers the layers that smear; empty: all of them
 */
public record Smear(From from, @Default("[]") List<Integer> layers) {

  /** The position s whose key is mixed into position j's. */
  public enum From {
    /** No smearing. */
    NONE,
    /** s = j - 1, the paper's; position 0 is unchanged. */
    PREVIOUS,
    /** s = j - 2, a placebo in one layer; positions 0 and 1 are unchanged. */
    TWO_BACK,
    /** s = 0, a placebo. */
    START
  }

  public static final Smear NONE = new Smear(From.NONE, List.of());

  public Smear {
    layers = List.copyOf(layers);
  }

  public static Smear from(From from) {
    return new Smear(from, List.of());
  }

  /** Whether the keys of this layer are smeared. */
  public boolean on(int layer) {
    return from != From.NONE && (layers.isEmpty() || layers.contains(layer));
  }

  /** The position whose key is mixed into position j's; j itself where nothing is mixed in. */
  public int source(int j) {
    return switch (from) {
      case NONE -> j;
      case PREVIOUS -> j >= 1 ? j - 1 : j;
      case TWO_BACK -> j >= 2 ? j - 2 : j;
      case START -> 0;
    };
  }
}
