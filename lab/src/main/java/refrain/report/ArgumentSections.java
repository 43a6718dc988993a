package refrain.report;

import refrain.study.Argument;

/** Which section draws which argument. */
final class ArgumentSections {
  private ArgumentSections() {}

  static ArgumentSection of(Argument argument) {
    return switch (argument) {
      case CO_OCCURRENCE -> new CoOccurrenceSection();
      case CO_PERTURBATION -> new CoPerturbationSection();
      case ABLATION -> new AblationSection();
      case GENERALITY -> new GeneralitySection();
      case MECHANISM -> new MechanismSection();
      case CONTINUITY -> new ContinuitySection();
      case N_GRAMS -> new NGramSection();
    };
  }
}
