package refrain.analysis.knockouts;

import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.ModelState;
import refrain.probe.IclIndices;
import refrain.probe.RepeatedLoss;
import refrain.probe.RepeatedSequences;

/**
 * What it matters how a head is knocked out: in which order the ways put the heads of a trained
 * model, which of them find circuits that are known, and how long training takes to do without
 * heads that it lost.
 */
public final class KnockOutAnalysis extends Analysis {
  private static final int REPEATED = 64;
  private static final int EVALUATED = 128;

  public KnockOutAnalysis() {
    super(AnalysisKind.KNOCK_OUTS, 1, HeadOrders.ALL, KnownCircuits.ALL, Repair.ALL);
  }

  @Override
  public Findings of(Subject run) {
    Findings out = Repair.of(run);
    out.putAll(KnownCircuits.of(run.spec().probing().measures().seed()));
    if (run.steps().length == 0) {
      return out.putAll(Findings.none(HeadOrders.ALL));
    }
    ModelState last = run.last();
    RepeatedSequences repeated = run.repeated(REPEATED);
    Rises again =
        new Rises(last, repeated.batch(), losses -> RepeatedLoss.means(losses, repeated).again());
    IclIndices indices = run.iclIndices();
    Rises icl =
        new Rises(last, run.evaluation(EVALUATED), losses -> IclReading.of(losses, indices).icl());
    return out.putAll(HeadOrders.of(again, icl, Heads.of(run.metrics(), run.model()).matching()));
  }
}
