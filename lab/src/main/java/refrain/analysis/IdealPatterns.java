package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Template;
import refrain.model.HeadId;

/**
 * Heads whose attention is replaced by the pattern that they are said to have. Recovered is (L
 * ablated - L clamped) / (L ablated - L intact): 1 where the ideal pattern does all that the head's
 * own does. Ablated heads write their mean over sequences at each position, so all that is missing
 * is what depends on the sequence.
 */
final class IdealPatterns {
  private final EvaluationLosses losses;
  private final List<HeadId> heads;
  private final float[][] ablated;

  /**
   * @param heads at least one
   */
  IdealPatterns(EvaluationLosses losses, List<HeadId> heads) {
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
   * @param matched share over those that the context tells
   * @param elsewhere what clamping costs at the others, nats per token
   */
  record Recovered(double all, double matched, double elsewhere) {}

  /** What a template recovers. */
  Recovered by(Template template) {
    return recovered(losses.under(List.of(new Intervention.ClampPattern(heads, template, 1))));
  }

  /** What exact previous-token attention recovers in the keys of these heads alone. */
  Recovered byKeys(List<HeadId> receivers) {
    return recovered(losses.underIdealKeys(heads, receivers));
  }

  /** What a template recovers at the positions that it has a target for; own patterns elsewhere. */
  Recovered byRows(Template template) {
    return recovered(losses.underIdealRows(heads, template));
  }

  private Recovered recovered(float[][] clamped) {
    return new Recovered(
        share(
            EvaluationLosses.mean(ablated),
            EvaluationLosses.mean(clamped),
            EvaluationLosses.mean(losses.intact())),
        share(losses.matched(ablated), losses.matched(clamped), losses.matched(losses.intact())),
        losses.unmatched(clamped) - losses.unmatched(losses.intact()));
  }

  /** The more that attention recovers which is not the heads': two back, or to the first token. */
  double wrong() {
    return Math.max(by(Template.TWO_BACK).all(), by(Template.SINK).all());
  }

  private static double share(double ablated, double clamped, double intact) {
    return ablated > intact ? (ablated - clamped) / (ablated - intact) : Double.NaN;
  }
}
