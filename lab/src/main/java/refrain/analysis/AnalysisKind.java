package refrain.analysis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import refrain.base.RefrainException;
import refrain.probe.Definition;

/** The analyses that a study can ask for. */
public enum AnalysisKind {
  /** A run in a few numbers; taken of every run, from its metrics alone. */
  SUMMARY(SummaryAnalysis::new),
  /** When each curve of a run changed (Argument 1). */
  DATING(DatingAnalysis::new),
  /** Distance from n-gram tables over training, and what lies beyond them. */
  N_GRAMS(NGramAnalysis::new),
  /** Heads knocked out at checkpoints, one by one and as a set (Argument 3). */
  ABLATION(AblationAnalysis::new),
  /** Circuits of the heads that formed, and the order in which they did (Argument 5). */
  MECHANISM(MechanismAnalysis::new),
  /** The circuit that forms when keys are smeared from two positions back (Argument 2). */
  SMEAR_CIRCUIT(SmearCircuitAnalysis::new),
  /** Where heads sit, and whether later heads use earlier matches (Argument 6). */
  DEPTH(DepthAnalysis::new),
  /** Matching of similar tokens, categories and word pairs (Argument 4). */
  GENERALITY(GeneralityAnalysis::new);

  private final Supplier<Analysis> made;

  AnalysisKind(Supplier<Analysis> made) {
    this.made = made;
  }

  public Analysis analysis() {
    return made.get();
  }

  /** As in file names: lower case, words joined by hyphens. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Every quantity that some analysis gives, by its name. */
  public static Map<String, Definition> quantities() {
    Map<String, Definition> all = new LinkedHashMap<>();
    for (AnalysisKind kind : values()) {
      for (Definition definition : kind.analysis().definitions()) {
        if (all.put(definition.key(), definition) != null) {
          throw new IllegalStateException("two analyses give '" + definition.key() + "'");
        }
      }
    }
    return all;
  }

  /**
   * The analysis that gives a quantity.
   *
   * @throws RefrainException when none does; the message lists what there is
   */
  public static AnalysisKind giving(String name) {
    quantity(name);
    return Arrays.stream(values())
        .filter(kind -> kind.analysis().definitions().stream().anyMatch(d -> d.key().equals(name)))
        .findFirst()
        .orElseThrow();
  }

  /**
   * The definition of a quantity.
   *
   * @throws RefrainException when no analysis gives it; the message lists what there is
   */
  public static Definition quantity(String name) {
    Map<String, Definition> all = quantities();
    Definition found = all.get(name);
    if (found == null) {
      throw RefrainException.badInput(
          "no quantity '" + name + "'; there are " + String.join(", ", all.keySet()));
    }
    return found;
  }
}
