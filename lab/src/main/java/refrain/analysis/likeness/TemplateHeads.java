package refrain.analysis.likeness;

import static java.util.Objects.requireNonNull;

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

/** Whether the heads that carry literal copying tell the next category of a template. */
final class TemplateHeads {
  static final Declarations ALL = new Declarations("this project; Olsson et al. 2022, Argument 3");

  private static final Family<Comeback, Quantity> ATTENTION =
      ALL.probability("template.attention", "attention of the best literal head to the answer")
          .ofEach(
              Comeback.ALL,
              "mean attention, from A to the token that followed its category, of the head without"
                  + " which copying of repeated random tokens loses most, in the layer of the head"
                  + " with the highest prefix matching");
  private static final Quantity REMOVED =
      ALL.pure("template.removed", "share of what a run of others tells removed with literal heads")
          .is(
              "1 - template.gain.run.category with heads zeroed under clean patterns / intact; "
                  + LiteralHeads.HALF_OF);
  private static final Quantity REMOVED_OTHERS =
      ALL.pure(
              "template.removed.others",
              "share of what a run of others tells removed with the other heads of the layer")
          .is("template.removed of the layer's other half");
  private static final Quantity RANKS =
      ALL.pure("template.ranks", "rank correlation of the heads' effects")
          .is(
              "Spearman's, over all heads: what copying of repeated random tokens loses without"
                  + " each, and what template.gain.run.category does");
  private static final Quantity RANKS_LAYERS =
      ALL.pure("template.ranks.layers", "rank correlation that layers alone give")
          .is(
              "mean of template.ranks over all ways to deal out the effects on copying among the"
                  + " heads of each layer");

  private static final Quantity MOST =
      ALL.probability(
              "template.most.attention", "attention of the head that templates need to the answer")
          .is(
              "template.attention.run.category of the head without which template.gain.run.category"
                  + " falls most");
  private static final Quantity MOST_PM =
      ALL.probability("template.most.pm", "prefix matching of the head that templates need")
          .is("of the same head");
  private static final Quantity LEAST =
      ALL.probability("template.least.attention", "least attention of a head that matches prefixes")
          .is(
              "template.attention.run.category, the least of all heads whose prefix matching is .5 or"
                  + " more; NaN: there are none");

  /** What a head's prefix matching is at least where it looks at little else. */
  private static final double MATCHES = 0.5;

  private TemplateHeads() {}

  /**
   * @param intact what the model answers with all heads
   */
  static Findings of(
      TemplateMatches matches,
      Map<Comeback, NextCategory> intact,
      ModelState model,
      RepeatedSequences repeated,
      long seed) {
    LiteralHeads literal = LiteralHeads.of(model, repeated, seed);
    HeadId best = literal.best().getFirst();
    Findings found = new Findings();
    intact.forEach(
        (comeback, next) -> found.put(ATTENTION.of(comeback), next.attention(matches, best)));
    NextCategory run = requireNonNull(intact.get(Comeback.RUN_CATEGORY));
    double gain = run.gain();
    Map<HeadId, Double> lost = LiteralHeads.lost(model, off -> gain - gain(matches, model, off));
    HeadId most = LiteralHeads.most(lost);
    return found
        .put(MOST, run.attention(matches, most))
        .put(MOST_PM, LiteralHeads.value(literal.scores(), most))
        .put(
            LEAST,
            literal.scores().keySet().stream()
                .filter(head -> LiteralHeads.value(literal.scores(), head) >= MATCHES)
                .mapToDouble(head -> run.attention(matches, head))
                .min()
                .orElse(Double.NaN))
        .put(REMOVED, 1 - gain(matches, model, literal.without(literal.best())) / gain)
        .put(REMOVED_OTHERS, 1 - gain(matches, model, literal.without(literal.others())) / gain)
        .put(RANKS, literal.ranks(lost))
        .put(RANKS_LAYERS, literal.ranksOfLayers(lost));
  }

  private static double gain(TemplateMatches matches, ModelState model, List<Intervention> off) {
    return NextCategory.of(matches, Comeback.RUN_CATEGORY, model, off).gain();
  }
}
