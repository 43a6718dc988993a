package refrain.analysis.likeness;

import java.util.List;
import java.util.Map;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.RepeatedSequences;

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
  private static final Quantity REMOVED_COPYING =
      ALL.pure("likeness.copying.removed", "share of copying removed with the literal heads")
          .is(
              "1 - likeness.copying with heads zeroed under clean patterns / intact; "
                  + LiteralHeads.HALF_OF);
  private static final Quantity REMOVED_COPYING_OTHERS =
      ALL.pure(
              "likeness.copying.removed.others",
              "share of copying removed with the other heads of the layer")
          .is("likeness.copying.removed of the layer's other half");
  private static final Quantity REMOVED_SAME =
      ALL.pure(
              "likeness.same.removed",
              "share of the gain of the same exemplar removed with the literal heads")
          .is("1 - likeness.gain.identical without them / intact; " + LiteralHeads.HALF_OF);
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
                  + LiteralHeads.HALF_OF);
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
  private static final Quantity RANKS_LAYERS =
      ALL.pure("likeness.ranks.layers", "rank correlation that layers alone give")
          .is(
              "mean of likeness.ranks over all ways to deal out the effects on copying among the"
                  + " heads of each layer");
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

  static Findings of(
      IsolatedMatches matches, ModelState model, RepeatedSequences repeated, long seed) {
    return new MatchingHeads(matches, model, repeated).of(LiteralHeads.of(model, repeated, seed));
  }

  private Findings of(LiteralHeads literal) {
    double gain = alike(List.of());
    Map<HeadId, Double> lost = LiteralHeads.lost(model, off -> gain - alike(off));
    Findings found = new Findings();
    for (HeadId head : HeadId.all(model.spec())) {
      found
          .put(LOST_COPYING.of(head), LiteralHeads.value(literal.lost(), head))
          .put(LOST.of(head), LiteralHeads.value(lost, head));
    }
    for (Likeness likeness : Likeness.values()) {
      if (matches.has(likeness)) {
        found.put(
            ATTENTION.of(likeness),
            Answers.of(matches, likeness, model, List.of())
                .attention(matches, literal.best().getFirst()));
      }
    }
    List<Intervention> best = literal.without(literal.best());
    List<Intervention> others = literal.without(literal.others());
    double copying = copying(List.of());
    double same = same(List.of());
    return found
        .put(REMOVED_COPYING, 1 - copying(best) / copying)
        .put(REMOVED_COPYING_OTHERS, 1 - copying(others) / copying)
        .put(REMOVED_SAME, 1 - same(best) / same)
        .put(REMOVED_SAME_OTHERS, 1 - same(others) / same)
        .put(REMOVED, 1 - alike(best) / gain)
        .put(REMOVED_OTHERS, 1 - alike(others) / gain)
        .put(REMOVED_MOST, 1 - alike(literal.without(literal.half(lost))) / gain)
        .put(RANKS, literal.ranks(lost))
        .put(RANKS_LAYERS, literal.ranksOfLayers(lost));
  }

  private double copying(List<Intervention> off) {
    return LiteralHeads.copying(model, repeated, off);
  }

  private double same(List<Intervention> off) {
    return Answers.of(matches, Likeness.IDENTICAL, model, off).gain();
  }

  private double alike(List<Intervention> off) {
    return (Answers.of(matches, Likeness.SUBCLASS, model, off).gain()
            + Answers.of(matches, Likeness.CLASS, model, off).gain())
        / 2;
  }
}
