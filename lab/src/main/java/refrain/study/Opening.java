package refrain.study;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * How a study opens on the page of {@code ./refrain serve}: by which question, and with runs of
 * which of its variants.
 *
 * @param question that the study answers, in one sentence; null: its title stands there
 * @param opens the variant whose run is shown first, of the lowest seed that there is
 * @param beside the variant that it is compared with, at the same seed; null: none
 * @param swaps variants that are put in its place at the same step, in this order
 */
public record Opening(
    @Default("null") @Nullable String question,
    String opens,
    @Default("null") @Nullable String beside,
    @Default("[]") List<String> swaps) {
  public Opening {
    swaps = List.copyOf(swaps);
  }

  /** That of a study which comes with the program; null: it says none. */
  static @Nullable Opening named(String study) {
    String where = study + ".yaml";
    JsonNode page = Json.parseYaml(Study.text(study), where).path(Study.PAGE);
    return page.isObject() ? Json.read(page, Opening.class, where) : null;
  }

  /** What is left of it where a study has only some of its variants; null: nothing. */
  @Nullable Opening of(Collection<String> variants) {
    if (!variants.contains(opens)) {
      return null;
    }
    return new Opening(
        question,
        opens,
        beside != null && variants.contains(beside) ? beside : null,
        swaps.stream().filter(variants::contains).toList());
  }

  /** The variants that it names, by where it does. */
  Stream<StudyFault> unknown(Collection<String> variants) {
    List<StudyFault> faults = new ArrayList<>();
    StudyFault.known("page.opens", variants, opens, "the variant that opens", faults);
    if (beside != null) {
      StudyFault.known("page.beside", variants, beside, "the variant beside it", faults);
    }
    for (int i = 0; i < swaps.size(); i++) {
      StudyFault.known(
          "page.swaps[" + i + "]", variants, swaps.get(i), "a variant that is swapped", faults);
    }
    return faults.stream();
  }
}
