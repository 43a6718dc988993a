package refrain.analysis;

import java.util.List;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.model.Plan;

/** What a circuit's edges carry, and what ideal patterns in its heads keep of the loss. */
final class CircuitPaths {
  private CircuitPaths() {}

  /**
   * @param heads at least one that matches
   */
  static Findings of(CircuitHeads heads, EvaluationLosses losses) {
    List<HeadId> from = heads.previous();
    List<HeadId> to = heads.matching();
    double q = Edges.lost(losses, from, to, Plan.Input.Q, Edges.ANOTHER);
    double v = Edges.lost(losses, from, to, Plan.Input.V, Edges.ANOTHER);
    Findings found =
        new Findings()
            .put("mech.edge.k", Edges.lost(losses, from, to, Plan.Input.K, Edges.ANOTHER))
            .put("mech.edge.q", q)
            .put("mech.edge.v", v)
            .put("mech.edge.qv", Math.max(q, v))
            .put(
                "mech.edge.k.other",
                Edges.lost(
                    losses, heads.notPrevious(losses.spec()), to, Plan.Input.K, Edges.ANOTHER))
            .put("mech.edge.k.mean", Edges.lost(losses, from, to, Plan.Input.K, Source.MEAN))
            .put("mech.edge.k.zero", Edges.lost(losses, from, to, Plan.Input.K, Source.ZERO));
    IdealPatterns previous = new IdealPatterns(losses, from);
    IdealPatterns induction = new IdealPatterns(losses, to);
    ideal(found, "mech.ideal.previous", previous.by(Template.PREVIOUS_TOKEN));
    ideal(found, "mech.ideal.previous.keys", previous.byKeys(to));
    ideal(found, "mech.ideal.induction", induction.by(Template.INDUCTION));
    ideal(found, "mech.ideal.induction.two", induction.by(Template.TWO_TOKEN_INDUCTION));
    ideal(found, "mech.ideal.induction.rows", induction.byRows(Template.INDUCTION));
    ideal(found, "mech.ideal.induction.two.rows", induction.byRows(Template.TWO_TOKEN_INDUCTION));
    return found
        .put("mech.ideal.previous.control", previous.wrong())
        .put("mech.ideal.induction.control", induction.wrong());
  }

  private static void ideal(Findings found, String key, IdealPatterns.Recovered recovered) {
    found
        .put(key, recovered.all())
        .put(key + ".matched", recovered.matched())
        .put(key + ".elsewhere", recovered.elsewhere());
  }
}
