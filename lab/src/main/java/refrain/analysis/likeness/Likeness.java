package refrain.analysis.likeness;

import java.util.Locale;

/** How an exemplar A that asks for its label resembles the one A* that has it in the context. */
enum Likeness {
  /** The same exemplar. */
  IDENTICAL("the same"),
  /** Another of its subclass. */
  SUBCLASS("of one subclass"),
  /** Of another subclass of its class; the two come together in training. */
  CLASS("of one class"),
  /** The first and the last of a class, which no sample of pairs has together. */
  APART("of one class, never together"),
  /** The same exemplar, of a class that is never in a pair. */
  UNLABELLED_SAME("the same, class without labels"),
  /** Another of a class that is never in a pair. */
  UNLABELLED("of one class without labels"),
  /** Of a class that the context does not have. */
  OTHER("of another class");

  private final String words;

  Likeness(String words) {
    this.words = words;
  }

  /** As in names of findings. */
  String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  String words() {
    return words;
  }

  boolean unlabelled() {
    return this == UNLABELLED_SAME || this == UNLABELLED;
  }
}
