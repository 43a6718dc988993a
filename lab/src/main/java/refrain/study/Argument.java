package refrain.study;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * A part of what a study argues; the study names its own.
 *
 * @param id short name, by which claims say where they belong; {@code CO_OCCURRENCE} and {@code
 *     co-occurrence} are one
 * @param number how it is counted, such as 1; null: it is not
 * @param title in headings
 * @param paper what the paper says, in a few words; null: it says nothing of it
 * @param answers how its claims are spoken of in the summary, the one that matters most first
 */
public record Argument(
    String id,
    @Default("null") @Nullable String number,
    String title,
    @Default("null") @Nullable String paper,
    @Default("[]") List<Answer> answers) {
  public Argument {
    id = normal(id);
    answers = List.copyOf(answers);
  }

  /** One of which the paper says nothing and the summary no more than its claims do. */
  static Argument named(String id, @Nullable String number, String title) {
    return new Argument(id, number, title, null, List.of());
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

  /** How a claim is spoken of; empty: by its sentence. */
  public Optional<Answer> answer(String claim) {
    return answers.stream().filter(answer -> answer.claim().equals(claim)).findFirst();
  }

  boolean isCalled(String word) {
    return label().equalsIgnoreCase(word) || id.equals(normal(word));
  }
}
