package refrain.analysis.given;

import java.util.List;
import java.util.Objects;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.IclReading;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.intervene.Template;

/**
 * What the places of a run's token-dependent interventions tell by themselves: the ICL score of the
 * best copyist that knows nothing but them ({@link PlacesCopyist}). A positive clamp or bias hands
 * the tokens there to the head; a negative one leaves them out of a mix in which the others stand,
 * so the difference to the mix before shows them. Either way they can be read, whatever the
 * strength, so the score is what a model under the intervention may have without any circuit of its
 * own.
 */
public final class OracleAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this program; Olsson et al. 2022, Argument 2");

  private static final Quantity LEAK =
      ALL.nats("leak.icl", "ICL score of copying from the intervention's places alone")
          .is(
              "p(y) = l_t m_t(y) + (1 - l_t) u(y), m_t the tokens at the places that the run's"
                  + " token-dependent interventions act on at query t (all alike), u the tokens'"
                  + " frequencies, l_t fitted by maximum likelihood on 2,048 other sequences; u where"
                  + " there is no place. Late minus early loss on the sequences of icl.after. NaN: the"
                  + " run has no such intervention");
  private static final Quantity ELSEWHERE =
      ALL.nats("leak.icl.elsewhere", "ICL score of copying from as many other places")
          .is("leak.icl of as many places at each query, drawn among all up to it");
  private static final Quantity SHARE =
      ALL.pure("leak.share", "share of the run's ICL score that the places alone give")
          .is("leak.icl / the ICL score at the end on the same sequences");

  private static final int FITTED_ON = 2_048;

  public OracleAnalysis() {
    super(AnalysisKind.ORACLE, 1, ALL);
  }

  @Override
  public Findings of(Subject run) {
    List<Template> templates =
        run.spec().interventions().stream()
            .filter(Intervention::isOracle)
            .map(Intervention::aim)
            .map(Objects::requireNonNull)
            .distinct()
            .toList();
    if (templates.isEmpty()) {
      return new Findings();
    }
    Rng rng = Rng.of(run.spec().seeds().evaluation()).split("oracle");
    int context = run.spec().context();
    int[][] seen = run.data().next(rng.split("seen"), FITTED_ON, context).tokens();
    int[][] judged = run.scored().tokens();
    double leak = icl(run, new PlacesCopyist(templates, null), seen, judged);
    long last = run.steps()[run.steps().length - 1];
    return new Findings()
        .put(LEAK, leak)
        .put(
            ELSEWHERE, icl(run, new PlacesCopyist(templates, rng.split("elsewhere")), seen, judged))
        .put(SHARE, leak / run.icl(last).score());
  }

  private static double icl(Subject run, PlacesCopyist copyist, int[][] seen, int[][] judged) {
    float[][] losses = copyist.fit(seen, run.data().vocab()).losses(judged);
    return IclReading.of(losses, run.iclIndices()).icl();
  }
}
