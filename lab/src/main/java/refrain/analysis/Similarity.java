package refrain.analysis;

import java.util.Locale;

/** How much the token A that asks resembles the A* that stood earlier. */
enum Similarity {
  /** The same token. */
  IDENTICAL,
  /** Another form of its symbol. */
  SYNONYM,
  /** Another symbol of its category. */
  CATEGORY,
  /** A token of a category that does not occur. */
  UNRELATED;

  /** As in names of findings. */
  String slug() {
    return name().toLowerCase(Locale.ROOT);
  }
}
