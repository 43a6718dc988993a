package refrain.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.SharedPass;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.probe.IclIndices;

/**
 * Whether heads of later layers use what induction heads of earlier ones found: path ablation of
 * the edges from these to the Q, K and V inputs of all heads behind them. What induction heads
 * write still reaches the logits (and MLPs), so the loss that follows is what later heads made of
 * it.
 */
final class LaterHeads {
  private static final long SEED = 6;

  private final Transformer engine;
  private final Parameters parameters;
  private final Batch batch;
  private final List<Intervention> own;
  private final IclIndices indices;
  private final List<HeadId> senders;
  private final List<HeadId> controls;

  /**
   * @param own the interventions that the model was trained under
   * @param indices where the ICL score is read
   */
  LaterHeads(
      Transformer engine,
      Parameters parameters,
      Batch batch,
      List<Intervention> own,
      IclIndices indices,
      InductionSet set) {
    this.engine = engine;
    this.parameters = parameters;
    this.batch = batch;
    this.own = own;
    this.indices = indices;
    int last = parameters.spec().nLayers() - 1;
    this.senders = set.heads().stream().filter(head -> head.layer() < last).toList();
    this.controls = controls(set, senders);
  }

  /** As many other heads of each sender's layer, at most all, least prefix matching first. */
  static List<HeadId> controls(InductionSet set, List<HeadId> senders) {
    List<HeadId> left = new ArrayList<>(set.others());
    List<HeadId> chosen = new ArrayList<>();
    for (HeadId sender : senders) {
      left.stream()
          .filter(head -> head.layer() == sender.layer())
          .findFirst()
          .ifPresent(head -> {
            chosen.add(head);
            left.remove(head);
          });
    }
    return chosen;
  }

  /** Shares of the ICL score under {@code depth.path}; NaN where there are no such heads. */
  Findings findings() {
    Findings findings = new Findings().put("depth.path.senders", senders.size());
    if (senders.isEmpty()) {
      return findings;
    }
    Map<String, List<Intervention>> cuts = cuts();
    List<Intervention> wanted = new ArrayList<>();
    cuts.values().forEach(wanted::addAll);
    SharedPass pass = SharedPass.of(engine, parameters, batch, own, wanted);
    float[][] clean = losses(pass.own());
    IclReading intact = IclReading.of(clean, indices);
    cuts.forEach((name, cut) -> {
      if (cut.isEmpty()) {
        findings.put("depth.path." + name, Double.NaN);
        return;
      }
      float[][] without = losses(pass.plan(cut));
      IclReading reading = IclReading.of(without, indices);
      findings.put("depth.path." + name, IclReading.removed(intact, reading));
      if (name.equals("mean")) {
        findings.put("depth.path.late", reading.late() - intact.late());
        findings.put("depth.path.matched", rise(clean, without, true) / -intact.icl());
        findings.put("depth.path.unmatched", rise(clean, without, false) / -intact.icl());
      }
    });
    return findings;
  }

  private Map<String, List<Intervention>> cuts() {
    List<Plan.Input> all = List.of(Plan.Input.values());
    Map<String, List<Intervention>> cuts = new LinkedHashMap<>();
    cuts.put("mean", cut(senders, all, Source.MEAN));
    cuts.put("zero", cut(senders, all, Source.ZERO));
    cuts.put("resample", cut(senders, all, new Source.Resample(SEED)));
    cuts.put("q", cut(senders, List.of(Plan.Input.Q), Source.MEAN));
    cuts.put("k", cut(senders, List.of(Plan.Input.K), Source.MEAN));
    cuts.put("v", cut(senders, List.of(Plan.Input.V), Source.MEAN));
    cuts.put("control", cut(controls, all, Source.MEAN));
    return cuts;
  }

  /** The edges from some heads to inputs of every head behind them. */
  private List<Intervention> cut(List<HeadId> from, List<Plan.Input> inputs, Source source) {
    ModelSpec spec = parameters.spec();
    List<Intervention> edges = new ArrayList<>();
    for (HeadId sender : from) {
      for (HeadId receiver : HeadId.all(spec)) {
        for (Plan.Input input : inputs) {
          boolean named = input == Plan.Input.Q || receiver.head() % spec.group() == 0;
          if (receiver.layer() > sender.layer() && named) {
            edges.add(
                new Intervention.ReplaceEdge(Site.of(sender), receiver, input, source, List.of()));
          }
        }
      }
    }
    return edges;
  }

  /** The mean rise of the losses where the current token stood before in the sequence, or not. */
  private double rise(float[][] clean, float[][] without, boolean matched) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < clean.length; s++) {
      Set<Integer> seen = new HashSet<>();
      for (int t = 0; t < clean[s].length; t++) {
        if (seen.add(batch.tokens()[s][t]) != matched) {
          sum += (double) without[s][t] - clean[s][t];
          n++;
        }
      }
    }
    return sum / n;
  }

  private float[][] losses(Plan plan) {
    return engine.forward(parameters, batch, plan, Observer.NONE);
  }
}
