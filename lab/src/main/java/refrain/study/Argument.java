package refrain.study;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * A part of what a study argues; the study names its own.
 *
 * @param id short name, by which claims say where they belong; {@code CO_OCCURRENCE} and {@code
 *     co-occurrence} are one
 * @param number how it is counted, such as 1; null: it is not
 * @param title in headings
 */
public record Argument(String id, @Default("null") @Nullable String number, String title) {
  public Argument {
    id = normal(id);
  }

  /** One spelling for all that are read. */
  static String normal(String id) {
    return id.strip().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As it is called in tables and asked for with {@code --only}: its number, else its id. */
  public String label() {
    return number == null ? id : number;
  }

  /** Such as "Argument 1: Co-occurrence"; the title alone where it has no number. */
  public String heading() {
    return number == null ? title : "Argument " + number + ": " + title;
  }

  boolean isCalled(String word) {
    return label().equalsIgnoreCase(word) || id.equals(normal(word));
  }
}
