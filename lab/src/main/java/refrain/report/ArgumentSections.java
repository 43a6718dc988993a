package refrain.report;

import java.util.List;
import refrain.study.Argument;

/** Which section draws which argument. */
final class ArgumentSections {
  private ArgumentSections() {}

  static ArgumentSection of(Argument argument) {
    return switch (argument.id()) {
      case "co-occurrence" -> new CoOccurrenceSection();
      case "co-perturbation" -> new CoPerturbationSection();
      case "ablation" -> new AblationSection();
      case "generality" -> new GeneralitySection();
      case "mechanism" -> new MechanismSection();
      case "continuity" -> new ContinuitySection();
      case "n-grams" -> new NGramSection();
      default -> view -> List.of();
    };
  }
}
