package refrain.analysis;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import refrain.base.RefrainException;

/**
 * The analyses that a study can ask for. Each is a package of its own above this one, so it is
 * found as a service: META-INF/services/refrain.analysis.Analysis lists them.
 */
public enum AnalysisKind {
  /** A run in a few numbers; taken of every run, from its metrics alone. */
  SUMMARY,
  /** When each curve of a run changed (Argument 1). */
  DATING,
  /** Per-token losses of all models of a seed in one plane (Argument 1). */
  LOSS_PLANE,
  /** Distance from n-gram tables over training, and what lies beyond them. */
  N_GRAMS,
  /** Which parts of a model hold its language's bigram table, and whether copying needs them. */
  N_GRAM_HOME,
  /** Heads knocked out at checkpoints, one by one and as a set (Argument 3). */
  ABLATION,
  /** Circuits of the heads that formed, and the order in which they did (Argument 5). */
  MECHANISM,
  /** The circuit that forms when keys are smeared from two positions back (Argument 2). */
  SMEAR_CIRCUIT,
  /** Where heads sit, and whether later heads use earlier matches (Argument 6). */
  DEPTH,
  /** Matching of similar tokens, categories and word pairs (Argument 4). */
  GENERALITY,
  /** When a run has half of its control's in-context learning (Argument 2, weights given). */
  HALF_OF_CONTROL,
  /** What the places of token-dependent interventions tell by themselves (Argument 2). */
  ORACLE,
  /** What models without a circuit learn from those places (Argument 2). */
  LEAK,
  /** What a run does on repeats under its blocks and after them, whatever its heads look at. */
  BEHAVIOUR,
  /** What a run's guard costs and holds, and how soon the model copies without it. */
  GUARD,
  /** How many hops a model goes where copying needs several, and which layer reads which. */
  HOPS,
  /** What it matters how a head is knocked out. */
  KNOCK_OUTS,
  /** Isolated matches of exemplars that are alike: how well, by which heads, since when. */
  LIKENESS,
  /** What a token of a template of categories tells of the next category. */
  TEMPLATES,
  /** Isolated matches of classes that training never labelled, with others of that kind beside. */
  HELD_OUT,
  /** A model on disk with heads off, on prompts and texts. */
  ON_DISK;

  private static final class Loaded {
    private static final Map<AnalysisKind, Analysis> ALL = new EnumMap<>(AnalysisKind.class);

    static {
      ServiceLoader.load(Analysis.class, AnalysisKind.class.getClassLoader())
          .forEach(analysis -> ALL.put(analysis.kind(), analysis));
    }
  }

  public Analysis analysis() {
    return Objects.requireNonNull(
        Loaded.ALL.get(this), () -> this + " is not among the services of refrain.analysis");
  }

  /** As in file names: lower case, words joined by hyphens. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The numbers and series that it gives. */
  public List<Declared> declared() {
    return analysis().declared();
  }

  /**
   * The analysis that gives a number.
   *
   * @throws RefrainException when none does; the message has the nearest names
   */
  public static AnalysisKind giving(String name) {
    return Quantities.giving(name);
  }
}
