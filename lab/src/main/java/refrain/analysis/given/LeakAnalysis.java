package refrain.analysis.given;

import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.train.LeakCheck;

/** The {@link LeakCheck} of a run: what models without a circuit learn from its interventions. */
public final class LeakAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this program; Olsson et al. 2022, Argument 2");

  private static final Quantity ONE_LAYER =
      ALL.nats("leak.one-layer", "gain of one layer by the intervention's places")
          .is(
              "loss without minus loss with the run's token-dependent interventions on the heads of the"
                  + " one block of a model trained so for 600 steps, nats per token on 128 other"
                  + " sequences: of all targets or of the copyable ones, whichever is more. NaN: the"
                  + " run has no such intervention");
  private static final Quantity NOTHING_ELSE =
      ALL.nats("leak.nothing-else", "gain of a model that may use nothing else")
          .is(
              "the same of one block whose keys are zero and that has as many heads without the"
                  + " interventions as with them");

  public LeakAnalysis() {
    super(AnalysisKind.LEAK, 1, ALL);
  }

  @Override
  public Findings of(Subject run) {
    if (!LeakCheck.concerns(run.spec())) {
      return new Findings();
    }
    LeakCheck found = LeakCheck.of(run.spec(), run.data(), run.threads());
    return new Findings().put(ONE_LAYER, found.oneLayer()).put(NOTHING_ELSE, found.nothingElse());
  }
}
