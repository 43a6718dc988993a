package refrain.analysis.ngrams;

import java.util.List;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.ModelState;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.intervene.Intervention;
import refrain.model.HeadId;

/**
 * What is left of the two parts of a sequence that says everything twice, the first time (bigrams)
 * and the second (copying), without the induction heads and without any head. Zero ablation, as in
 * the paper.
 */
final class PartsWithoutHeads {
  static final Declarations ALL =
      new Declarations(
          "Elhage et al. 2021, zero-layer transformers; Olsson et al. 2022, Argument 3");

  private static final String CUT =
      " saying of walks in the language when all heads of prefix matching .2 and three times"
          + " uniform attention's are zeroed together";
  private static final String ALONE = " saying when all heads are zeroed: the direct path alone";

  private static final Quantity TABLE =
      ALL.nats("parts.table", "the language's own loss")
          .is("loss of the true bigram table, said first");
  private static final Quantity CUT_FIRST =
      ALL.nats("parts.cut.first", "rise without induction heads, said first")
          .is("rise of the mean loss at the first" + CUT);
  private static final Quantity CUT_AGAIN =
      ALL.nats("parts.cut.again", "rise without induction heads, said again")
          .is("rise of the mean loss at the second" + CUT);
  private static final Quantity DIRECT_FIRST =
      ALL.nats("parts.direct.first", "loss without any head, said first")
          .is("mean loss at the first" + ALONE);
  private static final Quantity DIRECT_AGAIN =
      ALL.nats("parts.direct.again", "loss without any head, said again")
          .is("mean loss at the second" + ALONE);
  private static final Quantity DIRECT_SHARE =
      ALL.nats("parts.direct.share", "share of the table's gain without any head")
          .is("(ln V - parts.direct.first) / (ln V - parts.table)");

  private PartsWithoutHeads() {}

  /**
   * @param heads that match
   */
  static Findings of(
      Subject run, BigramRestarts language, TwiceSequences walks, List<HeadId> heads) {
    ModelState last = run.last();
    float[][] intact = last.losses(walks.batch(), List.of());
    float[][] none = last.losses(walks.batch(), zero(last, HeadId.all(run.model())));
    double cutFirst = Double.NaN;
    double cutAgain = Double.NaN;
    if (!heads.isEmpty()) {
      float[][] cut = last.losses(walks.batch(), zero(last, heads));
      cutFirst = walks.first(cut) - walks.first(intact);
      cutAgain = walks.again(cut) - walks.again(intact);
    }
    BigramTable bigrams = language.table();
    double table =
        walks.first(walks.losses((x, t) -> -Math.log(bigrams.probability(x[t], x[t + 1]))));
    double uniform = Math.log(language.vocab());
    return new Findings()
        .put(TABLE, table)
        .put(CUT_FIRST, cutFirst)
        .put(CUT_AGAIN, cutAgain)
        .put(DIRECT_FIRST, walks.first(none))
        .put(DIRECT_AGAIN, walks.again(none))
        .put(DIRECT_SHARE, (uniform - walks.first(none)) / (uniform - table));
  }

  private static List<Intervention> zero(ModelState model, List<HeadId> heads) {
    return Ablation.FULL_ZERO.of(heads, model.spec());
  }
}
