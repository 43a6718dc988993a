package refrain.analysis;

import java.util.List;
import refrain.intervene.HeadId;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.ModelSpec;
import refrain.model.Plan;

/** What a circuit's edges carry, and what ideal patterns in its heads keep of the loss. */
final class CircuitPaths {
  private CircuitPaths() {}

  /**
   * @param heads at least one that matches
   */
  static Findings of(ModelSpec spec, CircuitHeads heads, EvaluationLosses losses) {
    List<HeadId> from = heads.previous();
    List<HeadId> to = heads.matching();
    double q = Edges.lost(losses, spec, from, to, Plan.Input.Q, Edges.ANOTHER);
    double v = Edges.lost(losses, spec, from, to, Plan.Input.V, Edges.ANOTHER);
    Findings found =
        new Findings()
            .put("mech.edge.k", Edges.lost(losses, spec, from, to, Plan.Input.K, Edges.ANOTHER))
            .put("mech.edge.q", q)
            .put("mech.edge.v", v)
            .put("mech.edge.qv", Math.max(q, v))
            .put(
                "mech.edge.k.other",
                Edges.lost(
                    losses, spec, heads.notPrevious(spec), to, Plan.Input.K, Edges.ANOTHER))
            .put("mech.edge.k.mean", Edges.lost(losses, spec, from, to, Plan.Input.K, Source.MEAN))
            .put("mech.edge.k.zero", Edges.lost(losses, spec, from, to, Plan.Input.K, Source.ZERO));
    ideal(found, "mech.ideal.previous", new IdealPatterns(losses, from), Template.PREVIOUS_TOKEN);
    ideal(found, "mech.ideal.induction", new IdealPatterns(losses, to), Template.INDUCTION);
    return found;
  }

  private static void ideal(Findings found, String key, IdealPatterns patterns, Template template) {
    IdealPatterns.Recovered recovered = patterns.by(template);
    found
        .put(key, recovered.all())
        .put(key + ".matched", recovered.matched())
        .put(key + ".control", patterns.wrong());
  }
}
