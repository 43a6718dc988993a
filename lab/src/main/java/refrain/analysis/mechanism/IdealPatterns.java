package refrain.analysis.mechanism;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Patterns;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.Recording;

/**
 * Heads whose attention is replaced by the pattern that they are said to have. Recovered is (L
 * ablated - L clamped) / (L ablated - L intact): 1 where the ideal pattern does all that the head's
 * own does. Ablated heads write their mean over sequences at each position, so all that is missing
 * is what depends on the sequence.
 */
final class IdealPatterns {
  private final Losses losses;
  private final List<HeadId> heads;
  private final float[][] ablated;

  /**
   * @param heads at least one
   */
  IdealPatterns(Losses losses, List<HeadId> heads) {
    this.losses = losses;
    this.heads = heads;
    List<Intervention> ablation = new ArrayList<>();
    heads.forEach(h -> ablation.add(Intervention.mean(Site.of(h))));
    this.ablated = losses.under(ablation);
  }

  /**
   * What is recovered.
   *
   * @param all share of the loss over all tokens
   * @param error its standard error, of the sequences that it was read on
   * @param matched share over those that the context tells
   * @param elsewhere what clamping costs at the others, nats per token
   */
  record Recovered(double all, double error, double matched, double elsewhere) {}

  /** What a template recovers. */
  Recovered by(Template template) {
    return recovered(losses.under(List.of(new Intervention.ClampPattern(heads, template, 1))));
  }

  /**
   * What exact previous-token attention recovers where it is claimed to act: the keys of these
   * receivers alone read heads that attend to the previous token only, and everything else reads
   * the heads as they are. Where this keeps the loss and {@link #by} does not, the heads have other
   * uses.
   */
  Recovered byKeys(List<HeadId> receivers) {
    return recovered(losses.each(batch -> keys(losses.model(), batch, heads, receivers)));
  }

  /**
   * What a template recovers at those positions only that have something to attend to; at the
   * others the heads attend as they do. A template has to rest somewhere, and where trained heads
   * rest elsewhere its resting place costs loss that has nothing to do with matching.
   */
  Recovered byRows(Template template) {
    return recovered(losses.each(batch -> rows(losses.model(), batch, heads, template)));
  }

  private Recovered recovered(float[][] clamped) {
    return new Recovered(
        share(Losses.mean(ablated), Losses.mean(clamped), Losses.mean(losses.intact())),
        IclReading.error(rise(ablated), rise(clamped)),
        share(losses.matched(ablated), losses.matched(clamped), losses.matched(losses.intact())),
        losses.unmatched(clamped) - losses.unmatched(losses.intact()));
  }

  /** How much more each sequence loses than intact, nats per token. */
  private double[] rise(float[][] without) {
    double[] rise = new double[without.length];
    for (int s = 0; s < rise.length; s++) {
      rise[s] =
          Losses.mean(new float[][] {without[s]}) - Losses.mean(new float[][] {losses.intact()[s]});
    }
    return rise;
  }

  /** The more that attention recovers which is not the heads': two back, or to the first token. */
  double wrong() {
    return Math.max(by(Template.TWO_BACK).all(), by(Template.SINK).all());
  }

  private static double share(double ablated, double clamped, double intact) {
    return ablated > intact ? (ablated - clamped) / (ablated - intact) : Double.NaN;
  }

  /** Losses [sequence, T] of a batch, nats, with exact previous-token attention in keys. */
  private static float[][] keys(
      ModelState model, Batch batch, List<HeadId> senders, List<HeadId> receivers) {
    Recording written = new Recording(batch.size());
    senders.forEach(s -> written.want(HookPoint.of(HookKind.RESULT, s.layer())));
    Intervention exact = new Intervention.ClampPattern(senders, Template.PREVIOUS_TOKEN, 1);
    model.losses(batch, model.plan(batch, List.of(exact)), written);
    Plan own = model.plan(batch, List.of());
    List<Plan.EdgeEdit> edges = new ArrayList<>(own.edges());
    ModelSpec spec = model.spec();
    Set<HeadId> keys =
        receivers.stream()
            .map(r -> new HeadId(r.layer(), r.head() / spec.group()))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (HeadId r : keys) {
      for (HeadId s : senders) {
        if (s.layer() < r.layer()) {
          float[][] all = written.at(HookPoint.of(HookKind.RESULT, s.layer()));
          edges.add(
              new Plan.EdgeEdit(
                  s.layer(),
                  Plan.Sender.HEAD,
                  s.head(),
                  r.layer(),
                  r.head(),
                  Plan.Input.K,
                  new float[batch.context()],
                  Plan.Values.each(of(all, s.head(), spec, batch.context()))));
        }
      }
    }
    return model.losses(
        batch, new Plan(own.scores(), own.patterns(), own.outputs(), edges), Observer.NONE);
  }

  /** One head's columns of results [T, head, d_model]. */
  private static float[][] of(float[][] results, int head, ModelSpec spec, int context) {
    int d = spec.dModel();
    float[][] own = new float[results.length][context * d];
    for (int s = 0; s < results.length; s++) {
      for (int t = 0; t < context; t++) {
        System.arraycopy(results[s], (t * spec.nHeads() + head) * d, own[s], t * d, d);
      }
    }
    return own;
  }

  /** The same with a template at the positions that it has a target for. */
  private static float[][] rows(
      ModelState model, Batch batch, List<HeadId> heads, Template template) {
    Patterns own = new Patterns(model, batch);
    Plan plan = model.plan(batch, List.of());
    List<Plan.PatternEdit> edits = new ArrayList<>(plan.patterns());
    for (HeadId head : heads) {
      float[][] mixed = new float[batch.size()][];
      for (int s = 0; s < mixed.length; s++) {
        mixed[s] = mixed(own, head, s, template);
      }
      edits.add(new Plan.PatternEdit(head, 1, Plan.Values.each(mixed)));
    }
    return model.losses(
        batch, new Plan(plan.scores(), edits, plan.outputs(), plan.edges()), Observer.NONE);
  }

  private static float[] mixed(Patterns own, HeadId head, int sequence, Template template) {
    int[] tokens = own.batch().tokens()[sequence];
    int context = own.batch().context();
    float[] targets = template.targets(tokens, context);
    float[] mixed = template.pattern(tokens, context);
    for (int i = 0; i < context; i++) {
      boolean hasTarget = false;
      for (int j = 0; j <= i; j++) {
        hasTarget |= targets[i * context + j] > 0;
      }
      for (int j = 0; j <= i && !hasTarget; j++) {
        mixed[i * context + j] = (float) own.at(sequence, head, i, j);
      }
    }
    return mixed;
  }
}
