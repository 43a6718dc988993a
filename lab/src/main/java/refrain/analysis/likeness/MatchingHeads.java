package refrain.analysis.likeness;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.RepeatedLoss;
import refrain.probe.RepeatedSequences;
import refrain.stats.RankCorrelation;

/**
 * Whether the heads that carry literal copying carry matches of exemplars that are alike: heads are
 * ranked by what copying of repeated random tokens loses without each, and then taken away where an
 * isolated exemplar asks.
 */
final class MatchingHeads {
  static final Declarations ALL = new Declarations("this project; Olsson et al. 2022, Argument 3");

  private static final Declarations.Members<Likeness> LEVELS =
      new Declarations.Members<>(
          List.of(Likeness.values()), Likeness::slug, level -> "A " + level.words());
  private static final Family<Likeness, Quantity> ATTENTION =
      ALL.probability("likeness.attention", "attention of the best literal head to A*'s label")
          .ofEach(
              LEVELS,
              "mean attention from A of the head without which copying of repeated random tokens"
                  + " loses most, in the layer of the head with the highest prefix matching");
  private static final String HALF_OF =
      "of the heads of the layer with the best prefix matching, the half without each of which"
          + " copying of repeated random tokens loses most";
  private static final Quantity REMOVED_COPYING =
      ALL.pure("likeness.copying.removed", "share of copying removed with the literal heads")
          .is("1 - likeness.copying with heads zeroed under clean patterns / intact; " + HALF_OF);
  private static final Quantity REMOVED_COPYING_OTHERS =
      ALL.pure(
              "likeness.copying.removed.others",
              "share of copying removed with the other heads of the layer")
          .is("likeness.copying.removed of the layer's other half");
  private static final Quantity REMOVED_SAME =
      ALL.pure(
              "likeness.same.removed",
              "share of the gain of the same exemplar removed with the literal heads")
          .is("1 - likeness.gain.identical without them / intact; " + HALF_OF);
  private static final Quantity REMOVED_SAME_OTHERS =
      ALL.pure(
              "likeness.same.removed.others",
              "share of the gain of the same exemplar removed with the other heads of the layer")
          .is("likeness.same.removed of the layer's other half");
  private static final Quantity REMOVED =
      ALL.pure(
              "likeness.alike.removed",
              "share of the gain of exemplars alike removed with the literal heads")
          .is(
              "1 - (likeness.gain.subclass + likeness.gain.class) without them / intact; "
                  + HALF_OF);
  private static final Quantity REMOVED_OTHERS =
      ALL.pure(
              "likeness.alike.removed.others",
              "share of the gain of exemplars alike removed with the other heads of the layer")
          .is("likeness.alike.removed of the layer's other half");
  private static final Quantity REMOVED_MOST =
      ALL.pure(
              "likeness.alike.removed.most",
              "share of the gain of exemplars alike removed with as many heads, the most")
          .is(
              "likeness.alike.removed of the half of the layer's heads without each of which that"
                  + " gain falls most");
  private static final Quantity RANKS =
      ALL.pure("likeness.ranks", "rank correlation of the heads' effects")
          .is(
              "Spearman's, over all heads: what copying of repeated random tokens loses without"
                  + " each, and what the gain of exemplars alike does");
  private static final Family<HeadId, Quantity> LOST_COPYING =
      ALL.nats("likeness.lost.copying", "copying lost without one head")
          .ofEachHead("likeness.copying - the same, head zeroed under clean patterns");
  private static final Family<HeadId, Quantity> LOST =
      ALL.nats("likeness.lost.alike", "gain of exemplars alike lost without one head")
          .ofEachHead(
              "(likeness.gain.subclass + likeness.gain.class) / 2 - the same, head zeroed under"
                  + " clean patterns");

  private final IsolatedMatches matches;
  private final ModelState model;
  private final RepeatedSequences repeated;

  private MatchingHeads(IsolatedMatches matches, ModelState model, RepeatedSequences repeated) {
    this.matches = matches;
    this.model = model;
    this.repeated = repeated;
  }

  /**
   * How much less is lost on repeated random tokens from the second block on, nats.
   *
   * @param more interventions
   */
  static double copying(ModelState model, RepeatedSequences repeated, List<Intervention> more) {
    return -RepeatedLoss.means(model.losses(repeated.batch(), more), repeated).difference();
  }

  static Findings of(
      IsolatedMatches matches, ModelState model, RepeatedSequences repeated, long seed) {
    Heads heads = Heads.measured(model, repeated, seed);
    return new MatchingHeads(matches, model, repeated).of(heads.first(heads::score).layer());
  }

  private Findings of(int layer) {
    Map<HeadId, Double> literal = new LinkedHashMap<>();
    Map<HeadId, Double> alike = new LinkedHashMap<>();
    double copying = copying(List.of());
    double gain = alike(List.of());
    double same = same(List.of());
    Findings found = new Findings();
    for (HeadId head : HeadId.all(model.spec())) {
      literal.put(head, copying - copying(List.of(head)));
      alike.put(head, gain - alike(List.of(head)));
      found.put(LOST_COPYING.of(head), value(literal, head)).put(LOST.of(head), value(alike, head));
    }
    List<HeadId> ordered = ordered(layer, head -> value(literal, head));
    List<HeadId> best = ordered.subList(0, (ordered.size() + 1) / 2);
    List<HeadId> others = ordered.subList(best.size(), ordered.size());
    List<HeadId> most = ordered(layer, head -> value(alike, head)).subList(0, best.size());
    for (Likeness likeness : Likeness.values()) {
      if (matches.has(likeness)) {
        found.put(
            ATTENTION.of(likeness),
            Answers.of(matches, likeness, model, List.of()).attention(matches, best.getFirst()));
      }
    }
    return found
        .put(REMOVED_COPYING, 1 - copying(best) / copying)
        .put(REMOVED_COPYING_OTHERS, 1 - copying(others) / copying)
        .put(REMOVED_SAME, 1 - same(best) / same)
        .put(REMOVED_SAME_OTHERS, 1 - same(others) / same)
        .put(REMOVED, 1 - alike(best) / gain)
        .put(REMOVED_OTHERS, 1 - alike(others) / gain)
        .put(REMOVED_MOST, 1 - alike(most) / gain)
        .put(RANKS, ranks(literal, alike));
  }

  private static double ranks(Map<HeadId, Double> literal, Map<HeadId, Double> alike) {
    double[] x = literal.values().stream().mapToDouble(v -> v).toArray();
    double[] y = alike.values().stream().mapToDouble(v -> v).toArray();
    return x.length < 3 ? Double.NaN : RankCorrelation.of(x, y, 0, 1).rho();
  }

  private static double value(Map<HeadId, Double> of, HeadId head) {
    return of.getOrDefault(head, Double.NaN);
  }

  /** The heads of a layer, the one with the largest number first. */
  private List<HeadId> ordered(int layer, ToDoubleFunction<HeadId> number) {
    return HeadId.all(model.spec()).stream()
        .filter(head -> head.layer() == layer)
        .sorted(Comparator.comparingDouble(number).reversed())
        .toList();
  }

  private List<Intervention> without(List<HeadId> heads) {
    return heads.isEmpty() ? List.of() : Ablation.PRESERVING_ZERO.of(heads, model.spec());
  }

  private double copying(List<HeadId> off) {
    return copying(model, repeated, without(off));
  }

  private double same(List<HeadId> off) {
    return Answers.of(matches, Likeness.IDENTICAL, model, without(off)).gain();
  }

  private double alike(List<HeadId> off) {
    return (Answers.of(matches, Likeness.SUBCLASS, model, without(off)).gain()
            + Answers.of(matches, Likeness.CLASS, model, without(off)).gain())
        / 2;
  }
}
