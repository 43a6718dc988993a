package refrain.analysis.instrument;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.NormTreatment;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.train.Formation;
import refrain.train.Metrics;

/**
 * The heads of a model, parted by a score into those that match (induction heads, where it is
 * prefix matching) and the others. There may be none that match.
 */
public final class Heads {
  /** When a head matches, in words. */
  public static final String RULE =
      "heads whose prefix-matching score at the last probe is at least .2 and three times uniform"
          + " attention's";

  private final Map<HeadId, Double> scores = new LinkedHashMap<>();
  private final List<HeadId> matching;

  private Heads(int firstLayer, ModelSpec spec, ToDoubleFunction<HeadId> score, double chance) {
    HeadId.all(spec).forEach(head -> scores.put(head, score.applyAsDouble(head)));
    double bar = bar(chance);
    this.matching =
        scores.keySet().stream().filter(h -> h.layer() >= firstLayer && score(h) >= bar).toList();
  }

  /**
   * Heads by a score; one whose score is NaN does not match.
   *
   * @param chance the score of uniform attention, NaN: not known
   */
  public static Heads of(ModelSpec spec, ToDoubleFunction<HeadId> score, double chance) {
    return new Heads(0, spec, score, chance);
  }

  /** The same, where heads of the layers before one do not match whatever their score. */
  public static Heads from(
      int firstLayer, ModelSpec spec, ToDoubleFunction<HeadId> score, double chance) {
    return new Heads(firstLayer, spec, score, chance);
  }

  /** By prefix matching, as a run's last probe measured it. */
  public static Heads of(MetricsTable metrics, ModelSpec spec) {
    List<MetricsRow> probed = metrics.having(Metrics.PREFIX_MATCHING);
    return probed.isEmpty() ? of(spec, head -> Double.NaN, Double.NaN) : of(probed.getLast(), spec);
  }

  /** By prefix matching, as one probe measured it. */
  public static Heads of(MetricsRow row, ModelSpec spec) {
    return of(spec, head -> score(row, "pm", head), row.value(Metrics.PREFIX_MATCHING_CHANCE));
  }

  /** By prefix matching on sequences of repeated random tokens, measured here. */
  public static Heads measured(ModelState model, RepeatedSequences repeated, long seed) {
    return of(measure(model, repeated, seed, MeasureKind.PREFIX_MATCHING), model.spec());
  }

  /** By prefix matching, where that is among what was measured. */
  static Heads of(Measurements found, ModelSpec spec) {
    return of(spec, head -> found.value("pm." + head), found.value(Metrics.PREFIX_MATCHING_CHANCE));
  }

  /** What probes measure, on sequences of repeated random tokens. */
  static Measurements measure(
      ModelState model, RepeatedSequences repeated, long seed, MeasureKind... kinds) {
    int examples = repeated.batch().size();
    ProbeSpec probe =
        new ProbeSpec(null, seed, examples, 1, NormTreatment.FOLDED, 1, List.of(kinds));
    return new ProbeSuite(
            model.spec(), probe, repeated.batch(), repeated, Optional.empty(), List.of())
        .measure(
            model.engine(),
            model.parameters(),
            batch -> model.plan(batch, List.of()),
            MeasureKind.Depth.THOROUGH);
  }

  /** The score from which on a head matches, given that of uniform attention (NaN: not known). */
  public static double bar(double chance) {
    double threshold = Formation.DEFAULT.threshold();
    return Double.isNaN(chance) ? threshold : Math.max(threshold, Formation.TIMES_CHANCE * chance);
  }

  /** A head's score of a measure in a row of metrics; NaN where it was not measured. */
  public static double score(MetricsRow row, String measure, HeadId head) {
    return row.value(measure + "." + head);
  }

  /** Whether any head matches. */
  public boolean formed() {
    return !matching.isEmpty();
  }

  /** The heads that match, best first. */
  public List<HeadId> matching() {
    Comparator<HeadId> order = Comparator.comparingDouble(this::score);
    return matching.stream().sorted(order.reversed()).toList();
  }

  /** The heads that do not match, least first. */
  public List<HeadId> others() {
    return rest().stream().sorted(Comparator.comparingDouble(this::score)).toList();
  }

  /** The heads that do not match, layer by layer. */
  public List<HeadId> rest() {
    return scores.keySet().stream().filter(head -> !matching.contains(head)).toList();
  }

  /**
   * The heads of the layer that holds the one that matches best, by number; none where none
   * matches.
   */
  public List<HeadId> layer() {
    return formed()
        ? scores.keySet().stream().filter(h -> h.layer() == matching().getFirst().layer()).toList()
        : List.of();
  }

  /** The share of the heads of that layer that match; NaN where none does. */
  public double shareOfLayer() {
    return layer().stream()
        .mapToDouble(head -> matching.contains(head) ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /** The heads that match, layer by layer; where none does, the one that comes nearest. */
  public List<HeadId> nearest() {
    return formed() ? matching : List.of(first(this::score));
  }

  /** A head's score. */
  public double score(HeadId head) {
    return requireNonNull(scores.get(head));
  }

  /** The head for which a number is largest, the first of several. */
  public HeadId first(ToDoubleFunction<HeadId> number) {
    return scores.keySet().stream().max(Comparator.comparingDouble(number)).orElseThrow();
  }
}
