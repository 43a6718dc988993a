package refrain.analysis.likeness;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.RepeatedLoss;
import refrain.probe.RepeatedSequences;
import refrain.stats.RankCorrelation;

/**
 * The layer that matches, in two halves: the heads without each of which the copying of repeated
 * random tokens loses most, and the others.
 *
 * @param model that they are of
 * @param layer that holds the head with the highest prefix matching
 * @param lost what copying loses without each head of the model, nats
 * @param scores prefix matching of each head
 */
record LiteralHeads(
    ModelState model, int layer, Map<HeadId, Double> lost, Map<HeadId, Double> scores) {
  static final String HALF_OF =
      "of the heads of the layer with the best prefix matching, the half without each of which"
          + " copying of repeated random tokens loses most";

  static LiteralHeads of(ModelState model, RepeatedSequences repeated, long seed) {
    Heads heads = Heads.measured(model, repeated, seed);
    Map<HeadId, Double> scores = new LinkedHashMap<>();
    HeadId.all(model.spec()).forEach(head -> scores.put(head, heads.score(head)));
    double intact = copying(model, repeated, List.of());
    return new LiteralHeads(
        model,
        heads.first(heads::score).layer(),
        lost(model, off -> intact - copying(model, repeated, off)),
        scores);
  }

  /**
   * How much less is lost on repeated random tokens from the second block on, nats.
   *
   * @param more interventions
   */
  static double copying(ModelState model, RepeatedSequences repeated, List<Intervention> more) {
    return -RepeatedLoss.means(model.losses(repeated.batch(), more), repeated).difference();
  }

  /** A number of each head of a model, given the intervention that zeroes it. */
  static Map<HeadId, Double> lost(ModelState model, ToDoubleFunction<List<Intervention>> number) {
    Map<HeadId, Double> lost = new LinkedHashMap<>();
    for (HeadId head : HeadId.all(model.spec())) {
      lost.put(
          head, number.applyAsDouble(Ablation.PRESERVING_ZERO.of(List.of(head), model.spec())));
    }
    return lost;
  }

  static double value(Map<HeadId, Double> of, HeadId head) {
    return of.getOrDefault(head, Double.NaN);
  }

  /** The head for which a number is largest. */
  static HeadId most(Map<HeadId, Double> number) {
    return number.keySet().stream()
        .max(Comparator.comparingDouble(head -> value(number, head)))
        .orElseThrow();
  }

  /** Spearman's rank correlation over heads; NaN of fewer than three. */
  double ranks(Map<HeadId, Double> other) {
    return ranks(lost, other);
  }

  /**
   * The part of it that layers alone give: the rank correlation's mean over all ways to deal out
   * the numbers among the heads of each layer, which is that with each head's rank replaced by the
   * mean rank of its layer.
   */
  double ranksOfLayers(Map<HeadId, Double> other) {
    int[] layers = lost.keySet().stream().mapToInt(HeadId::layer).toArray();
    return ranks(lost, other) - RankCorrelation.withinGroups(numbers(lost), numbers(other), layers);
  }

  private static double ranks(Map<HeadId, Double> x, Map<HeadId, Double> y) {
    return x.size() < 3 ? Double.NaN : RankCorrelation.of(numbers(x), numbers(y), 0, 1).rho();
  }

  private static double[] numbers(Map<HeadId, Double> of) {
    return of.values().stream().mapToDouble(x -> x).toArray();
  }

  /** The half that carries copying, the first head most of all. */
  List<HeadId> best() {
    return half(lost);
  }

  /** The half of the layer's heads for which a number is largest. */
  List<HeadId> half(Map<HeadId, Double> number) {
    List<HeadId> ordered = ordered(number);
    return ordered.subList(0, (ordered.size() + 1) / 2);
  }

  List<HeadId> others() {
    List<HeadId> ordered = ordered(lost);
    return ordered.subList((ordered.size() + 1) / 2, ordered.size());
  }

  private List<HeadId> ordered(Map<HeadId, Double> number) {
    return HeadId.all(model.spec()).stream()
        .filter(head -> head.layer() == layer)
        .sorted(Comparator.comparingDouble((HeadId head) -> value(number, head)).reversed())
        .toList();
  }

  /** What zeroes some heads under clean patterns. */
  List<Intervention> without(List<HeadId> heads) {
    return heads.isEmpty() ? List.of() : Ablation.PRESERVING_ZERO.of(heads, model.spec());
  }
}
