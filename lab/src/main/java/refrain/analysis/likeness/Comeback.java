package refrain.analysis.likeness;

import java.util.List;
import java.util.Locale;
import refrain.analysis.Declarations;

/** How tokens of a template that comes back resemble those that it had before. */
enum Comeback {
  /** One token A behind the template, the same as before. */
  ALONE_SAME("isolated A, the same", false, true),
  /** One token A, another of its category. */
  ALONE_CATEGORY("isolated A, another of the category", false, false),
  /** A run of the same tokens up to A. */
  RUN_SAME("run of the same tokens", true, true),
  /** A run of others of their categories; none is the same. */
  RUN_CATEGORY("run of others of their categories", true, false);

  static final Declarations.Members<Comeback> ALL =
      new Declarations.Members<>(List.of(values()), Comeback::slug, Comeback::words);

  private final String words;
  private final boolean run;
  private final boolean same;

  Comeback(String words, boolean run, boolean same) {
    this.words = words;
    this.run = run;
    this.same = same;
  }

  /** As in names of findings. */
  String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  String words() {
    return words;
  }

  /** Whether more than one token comes back. */
  boolean run() {
    return run;
  }

  /** Whether they are the same tokens. */
  boolean same() {
    return same;
  }
}
