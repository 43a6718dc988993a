package refrain.analysis.generality;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.data.CategoryTask;
import refrain.data.Families;
import refrain.data.WordPairs;
import refrain.intervene.Intervention;
import refrain.probe.RepeatedLoss;
import refrain.probe.RepeatedSequences;

/**
 * Matching of similar tokens, categories and word pairs (Argument 4). What is measured depends on
 * the language that the run learnt; the induction heads are found on repeated random tokens and
 * then watched on what the language asks.
 */
public final class GeneralityAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("Olsson et al. 2022");

  private static final Quantity HEADS =
      ALL.pure("generality.heads", "induction heads")
          .is("prefix-matching score at least .2 and three times uniform attention's");
  private static final Quantity COPYING =
      ALL.nats("generality.copying", "copying of repeated random tokens")
          .is("mean loss of the first block minus that of later ones");
  private static final Quantity COPYING_REMOVED =
      ALL.pure("generality.copying.removed", "share of copying removed with the induction heads")
          .is("1 - generality.copying, heads zeroed under clean patterns / intact");
  private static final Quantity COPYING_REMOVED_RANDOM =
      ALL.pure("generality.copying.removed.random", "share of copying removed with as many others")
          .is("generality.copying.removed of other heads, mean over 10 random sets");

  /** Sequences of repeated random tokens that heads are found on. */
  private static final int EXAMPLES = 20;

  public GeneralityAnalysis() {
    super(
        AnalysisKind.GENERALITY,
        4,
        ALL,
        FuzzyMatching.ALL,
        NoisyEmbeddings.ALL,
        CategoryAttention.ALL,
        FewShot.ALL);
  }

  @Override
  public Findings of(Subject run) {
    ModelState model = run.last();
    RepeatedSequences repeated = run.repeated(EXAMPLES);
    Heads heads = Heads.measured(model, repeated, run.spec().probing().measures().seed());
    Knockouts without = new Knockouts(heads, model.spec());
    double copying = copying(repeated, model, List.of());
    Findings found =
        new Findings()
            .put(HEADS, heads.matching().size())
            .put(COPYING, copying)
            .put(COPYING_REMOVED, 1 - copying(repeated, model, without.ofInduction()) / copying)
            .put(
                COPYING_REMOVED_RANDOM,
                without.overRandomSets(set -> 1 - copying(repeated, model, set) / copying));
    return found.putAll(
        switch (run.spec().data()) {
          case Families families ->
              FuzzyMatching.of(families, model, without)
                  .putAll(NoisyEmbeddings.of(families, model, heads));
          case CategoryTask task -> CategoryAttention.of(task, model, run.state(0), without);
          case WordPairs pairs -> FewShot.of(pairs, model, without);
          default -> NoisyEmbeddings.of(run.spec().data(), model, heads);
        });
  }

  /**
   * How much less is lost on repeated random tokens from the second block on, nats: what the model
   * gains by copying.
   */
  static double copying(RepeatedSequences repeated, ModelState model, List<Intervention> more) {
    return -RepeatedLoss.means(model.losses(repeated.batch(), more), repeated).difference();
  }
}
