package refrain.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.probe.Definition;
import refrain.store.MetricsRow;

/**
 * The circuit that forms when keys are smeared from two positions back (Argument 2): heads that
 * attend to what stands two after an earlier occurrence of their token, where the smeared key still
 * holds that token, and read there the token before, which a previous-token head put there.
 */
final class SmearCircuitAnalysis implements Analysis {
  /** Where the heads look, seen from the earlier occurrence. */
  private static final int TWO_AFTER = 2;

  private static final int FROM = -3;
  private static final int TO = 6;

  @Override
  public int version() {
    return 5;
  }

  @Override
  public List<Definition> definitions() {
    return SmearDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    ModelSpec spec = run.model();
    Parameters parameters = run.last();
    MetricsRow last = FormationOrder.thorough(run.metrics()).getLast();
    int examples = run.spec().probing().measures().repeatedSequences();
    OffsetAttention attention =
        new OffsetAttention(
            new Patterns(Forward.of(run, parameters), run.repeated(examples).batch()));
    Map<HeadId, Double> scores = new HashMap<>();
    HeadId.all(spec).forEach(h -> scores.put(h, attention.of(h, TWO_AFTER)));
    HeadId best =
        HeadId.all(spec).stream().max(Comparator.comparingDouble(scores::get)).orElseThrow();
    Findings found =
        new Findings()
            .put("smear2.pm", scores.getOrDefault(best, Double.NaN))
            .put("smear2.pm.usual", last.value("pm.best"))
            .put("smear2.layer", best.layer())
            .put("smear2.own", own(parameters, best))
            .put("smear2.offsets", IntStream.rangeClosed(FROM, TO).asDoubleStream().toArray())
            .put("smear2.profile", attention.profile(best, FROM, TO))
            .put("smear2.scores", HeadId.all(spec).stream().mapToDouble(scores::get).toArray());
    for (int layer = 0; layer < spec.nLayers(); layer++) {
      int l = layer;
      HeadId ofLayer =
          HeadId.all(spec).stream()
              .filter(h -> h.layer() == l)
              .max(Comparator.comparingDouble(scores::get))
              .orElseThrow();
      found.put("smear2.profile.L" + l, attention.profile(ofLayer, FROM, TO));
    }
    CircuitHeads heads = CircuitHeads.of(spec, scores::get, 0, last);
    found.put("smear2.heads", heads.matching().size());
    return heads.matching().isEmpty()
        ? found
        : found
            .putAll(weights(parameters, heads))
            .putAll(paths(spec, heads, EvaluationLosses.of(run, parameters)));
  }

  /** The weight of a key's own token after smearing. */
  private static double own(Parameters parameters, HeadId head) {
    ModelSpec spec = parameters.spec();
    if (!spec.smear().on(head.layer())) {
      return 1;
    }
    float[] alpha = parameters.get("blocks." + head.layer() + ".attn.alpha");
    return 1 / (1 + Math.exp(-alpha[head.head() / spec.group()]));
  }

  private static Findings weights(Parameters parameters, CircuitHeads heads) {
    WeightMemories memories = new WeightMemories(parameters);
    HeadId head = heads.matching().getFirst();
    Findings found =
        new Findings()
            .put("smear2.match", memories.matchDirect(head.layer(), head.head()))
            .put("smear2.copy.direct", memories.copy(head.layer(), head.head()));
    if (!heads.previous().isEmpty() && heads.previous().getFirst().layer() < head.layer()) {
      HeadId sender = heads.previous().getFirst();
      found.put(
          "smear2.copy.through",
          memories.copyThrough(sender.layer(), sender.head(), head.layer(), head.head()));
    }
    return found;
  }

  private static Findings paths(ModelSpec spec, CircuitHeads heads, EvaluationLosses losses) {
    List<HeadId> from = heads.previous();
    List<HeadId> to = heads.matching();
    return new Findings()
        .put("smear2.ablate", losses.iclLost(preserving(to)))
        .put("smear2.ablate.other", lostWithoutRest(spec, heads, losses))
        .put("smear2.edge.k", Edges.lost(losses, from, to, Plan.Input.K, Edges.ANOTHER))
        .put("smear2.edge.q", Edges.lost(losses, from, to, Plan.Input.Q, Edges.ANOTHER))
        .put("smear2.edge.v", Edges.lost(losses, from, to, Plan.Input.V, Edges.ANOTHER))
        .put(
            "smear2.edge.v.other",
            Edges.lost(losses, heads.notPrevious(spec), to, Plan.Input.V, Edges.ANOTHER));
  }

  /** Without the heads that are neither found nor previous-token heads; NaN: there are none. */
  private static double lostWithoutRest(
      ModelSpec spec, CircuitHeads heads, EvaluationLosses losses) {
    List<HeadId> rest = new ArrayList<>(heads.others(spec));
    rest.removeAll(heads.previous());
    return rest.isEmpty() ? Double.NaN : losses.iclLost(preserving(rest));
  }

  /** Zero ablation of heads with all patterns as they were. */
  private static List<Intervention> preserving(List<HeadId> heads) {
    List<Intervention> ablation = new ArrayList<>();
    heads.forEach(h -> ablation.add(Intervention.zero(Site.of(h))));
    ablation.add(new Intervention.FreezePatterns(List.of(), Source.CLEAN));
    return ablation;
  }
}
