package refrain.analysis.mechanism;

import java.util.Arrays;
import java.util.List;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.WeightMemories;
import refrain.model.ModelSpec;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.train.Formation;

/**
 * In which order the parts of an induction circuit form: the memories in the weights, the scores of
 * attention and composition, and the ICL score, each dated by {@link Crossing} on one run.
 */
final class FormationOrder {
  /** Howe 2026. */
  private static final double PREVIOUS_BAR = 0.1;

  /** Standard deviations of the random-matrix null. */
  private static final double COMPOSITION_BAR = 3;

  /** The share of the way at which a change begins. */
  private static final double START = 0.1;

  private static final String BIETTI = "Bietti et al. 2023, memory recall probes";
  private static final String OLSSON = "Olsson et al. 2022, Argument 5";

  static final Declarations ALL = new Declarations(OLSSON);

  private static final Memory PREVIOUS =
      new Memory(
          "mech.memory.previous",
          "previous-token memory",
          "share of positions i >= 1 whose largest p_i W_Q (p_j W_K)^T over j <= i is at i - 1, p"
              + " the position table; best head of layer 0");
  private static final Memory MATCH =
      new Memory(
          "mech.memory.match",
          "match memory",
          "share of tokens a whose largest W_E W_Q (W_E W_V W_O W_K)_b over b is at a, W_V W_O of a"
              + " head of an earlier layer; best pair");
  private static final Memory COPY =
      new Memory(
          "mech.memory.copy",
          "copy memory",
          "share of tokens a whose largest (W_E W_V W_O W_U)_ab over b is at a; best head of layer"
              + " 1 or later");
  private static final SeriesQuantity COPY_SET =
      ALL.series("mech.memory.copy.set", "copy memory of the induction heads together", "1")
          .is(
              "mech.memory.copy.set at each checkpoint, with the heads that induce in the end",
              BIETTI);
  private static final SeriesQuantity MEMORY_STEPS =
      ALL.axis("mech.memory.steps", "0 and of each checkpoint");
  private static final SeriesQuantity MEMORY_ALIGNED =
      ALL.axis("mech.memory.aligned", "of mech.memory.steps from formation.step on");
  private static final SeriesQuantity STEPS = ALL.axis("mech.steps", "of each probe");
  private static final SeriesQuantity ALIGNED =
      ALL.axis("mech.aligned", "of mech.steps from formation.step on");
  private static final SeriesQuantity PREV =
      ALL.series("mech.prev", "previous-token score, best head of layer 0", "probability")
          .is("at each probe");
  private static final SeriesQuantity PM =
      ALL.series("mech.pm", "prefix matching, best head", "probability").is("at each probe");
  private static final SeriesQuantity Z_STEPS = ALL.axis("mech.z.steps", "of each thorough probe");
  private static final SeriesQuantity Z_ALIGNED =
      ALL.axis("mech.z.aligned", "of mech.z.steps from formation.step on");
  private static final SeriesQuantity Z =
      ALL.series("mech.z", "K-composition, largest z of any pair", "sd of the null")
          .is("comp.k.best.z at each thorough probe");
  private static final SeriesQuantity Z_PAIR =
      ALL.series("mech.z.pair", "K-composition z of the pair that ends best", "sd of the null")
          .is("of the best previous-token head and the best induction head, thorough probes");

  private static final Lead LEAD_COPY = new Lead("copy", "copy memory", BIETTI);
  private static final Lead LEAD_MATCH = new Lead("match", "match memory", BIETTI);
  private static final Lead LEAD_COPY_SET =
      new Lead("copy.set", "copy memory of the induction heads together", BIETTI);
  private static final Lead LEAD_POSITION = new Lead("position", "previous-token memory", BIETTI);
  private static final Lead LEAD_PREV =
      new Lead("prev", "previous-token score, best head of layer 0", OLSSON);
  private static final Lead LEAD_PM = new Lead("pm", "prefix matching, best head", OLSSON);
  private static final Lead LEAD_Z = new Lead("z", "K-composition, largest z of any pair", OLSSON);
  private static final Lead LEAD_Z_PAIR =
      new Lead("z.pair", "K-composition z of the pair that is best in the end", OLSSON);
  private static final Lead LEAD_ICL = new Lead("icl", "ICL score", OLSSON);
  private static final Quantity PREV_CROSS =
      ALL.steps("lead.prev.cross", "step at which the previous-token score passes .10")
          .is(
              "best head of layer 0, .10 or more at three probes in a row, interpolated",
              "Howe 2026");
  private static final Quantity Z_CROSS =
      ALL.steps("lead.z.cross", "step at which K-composition passes z = 3")
          .is("largest z of any pair, at 3 or more at three probes in a row, interpolated");

  private FormationOrder() {}

  /** What is declared of one memory: at the end, at step 0, and at each checkpoint. */
  private record Memory(Quantity end, Quantity start, SeriesQuantity all) {
    Memory(String key, String title, String formula) {
      this(
          ALL.pure(key, title).is(formula, BIETTI),
          ALL.pure(key + ".null", title + ", step 0").is(formula, BIETTI),
          ALL.series(key, title, "1").is(formula, BIETTI));
    }

    void put(double[] values, Findings found) {
      found.put(end, values[values.length - 1]).put(start, values[0]).put(all, values);
    }
  }

  /** What is declared of the dates of one curve. */
  private record Lead(Quantity half, Quantity start) {
    private static final String WAY =
        " of the way from the value at step 0 to the mean of the last five: first step from which"
            + " on three probes in a row lie beyond it, interpolated";

    Lead(String key, String title, String source) {
      this(
          ALL.steps("lead." + key, "half-way step: " + title).is("half" + WAY, source),
          ALL.steps("lead." + key + ".start", "tenth-way step: " + title)
              .is("a tenth" + WAY, source));
    }

    void put(double[] steps, double[] values, Findings found) {
      found
          .put(half, Crossing.halfWay(steps, values))
          .put(start, Crossing.partWay(steps, values, START));
    }
  }

  /**
   * @param heads those of the circuit in the end
   */
  static Findings of(Subject run, Circuit heads, List<MetricsRow> thorough) {
    Curves curves = run.curves();
    int formed = curves.formation(Formation.DEFAULT);
    double formation = formed == Formation.NONE ? Double.NaN : curves.steps()[formed];
    Findings found = memories(run, heads, formation);
    double[] steps = curves.stepAxis();
    double[] probes = thorough.stream().mapToDouble(MetricsRow::step).toArray();
    double[] z = thorough.stream().mapToDouble(r -> r.value(Circuit.COMPOSITION)).toArray();
    LEAD_PREV.put(steps, curves.previousToken(), found);
    LEAD_PM.put(steps, curves.prefixMatching(), found);
    LEAD_ICL.put(steps, curves.icl(), found);
    LEAD_Z.put(probes, z, found);
    found
        .put(PREV_CROSS, Crossing.above(steps, curves.previousToken(), PREVIOUS_BAR))
        .put(Z_CROSS, Crossing.above(probes, z, COMPOSITION_BAR))
        .put(STEPS, steps)
        .put(PREV, curves.previousToken())
        .put(PM, curves.prefixMatching())
        .put(Z_STEPS, probes)
        .put(Z, z);
    if (!heads.matching().isEmpty()) {
      double[] pair = thorough.stream().mapToDouble(r -> pair(run.model(), heads, r)).toArray();
      LEAD_Z_PAIR.put(probes, pair, found);
      found.put(Z_PAIR, pair);
    }
    if (!Double.isNaN(formation)) {
      found.put(ALIGNED, minus(steps, formation)).put(Z_ALIGNED, minus(probes, formation));
    }
    return found;
  }

  /** K-composition of the pair that is the best one in the end. */
  private static double pair(ModelSpec spec, Circuit heads, MetricsRow row) {
    return CircuitScores.z(
        spec, row, "comp.k", heads.previous().getFirst(), heads.matching().getFirst());
  }

  private static Findings memories(Subject run, Circuit heads, double formation) {
    double[] steps = Arrays.stream(run.states()).asDoubleStream().toArray();
    double[] previous = new double[steps.length];
    double[] match = new double[steps.length];
    double[] copy = new double[steps.length];
    double[] set = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      WeightMemories memories =
          new WeightMemories(run.parameters((long) steps[i]), run.spec().context());
      previous[i] = memories.bestPrevious();
      match[i] = memories.bestMatch();
      copy[i] = memories.bestCopy();
      set[i] = memories.copyTogether(heads.bestLayer());
    }
    Findings found = new Findings();
    PREVIOUS.put(previous, found);
    MATCH.put(match, found);
    COPY.put(copy, found);
    LEAD_POSITION.put(steps, previous, found);
    LEAD_MATCH.put(steps, match, found);
    LEAD_COPY.put(steps, copy, found);
    LEAD_COPY_SET.put(steps, set, found);
    found.put(COPY_SET, set).put(MEMORY_STEPS, steps);
    if (!Double.isNaN(formation)) {
      found.put(MEMORY_ALIGNED, minus(steps, formation));
    }
    return found;
  }

  private static double[] minus(double[] steps, double from) {
    return Arrays.stream(steps).map(s -> s - from).toArray();
  }
}
