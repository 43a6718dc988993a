package refrain.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.store.HeadPattern;

/**
 * A kept pattern and what its tokens are called.
 *
 * @param tokens [context] one name a position
 */
public record NamedPattern(HeadPattern pattern, List<String> tokens) {
  public NamedPattern {
    tokens = List.copyOf(tokens);
  }

  /** The pattern that a run keeps, with the names of its tokens; null: it keeps none. */
  public static @Nullable NamedPattern of(Subject run) {
    return HeadPattern.of(run.folder())
        .map(p -> new NamedPattern(p, run.namesOf(p.tokens())))
        .orElse(null);
  }
}
