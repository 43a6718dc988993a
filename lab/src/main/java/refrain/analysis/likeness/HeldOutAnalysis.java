package refrain.analysis.likeness;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.base.RefrainException;
import refrain.data.Exemplars;
import refrain.probe.LogSumExp;

/**
 * Isolated matches of classes that training never labelled, in contexts with labels of several such
 * classes: to be matched for having no label in training is then not enough.
 */
public final class HeldOutAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this project");

  private static final int SEQUENCES = 256;

  private static final Declarations.Members<Distractors.Asked> ASKED =
      new Declarations.Members<>(
          List.of(Distractors.Asked.values()), Distractors.Asked::slug, Distractors.Asked::words);
  private static final Family<Distractors.Asked, Quantity> GAIN =
      ALL.nats("heldout.gain", "what a match gives among classes without labels")
          .ofEach(
              ASKED,
              "ln r + mean log probability of A*'s label among the labels in the context of the r"
                  + " classes that training never labelled, at the end; at most ln r, which is 1.10"
                  + " for the usual 3, and 0 at most for who guesses one of them; where A is of no"
                  + " class in the context, of a place drawn");
  private static final Family<Distractors.Asked, Quantity> CHOICE =
      ALL.probability("heldout.choice", "right label among classes without labels")
          .ofEach(ASKED, "share of sequences in which A*'s label is the likeliest of those r");
  private static final Family<Distractors.Asked, Quantity> SHARE =
      ALL.probability("heldout.share", "share of labels of classes without labels")
          .ofEach(
              ASKED,
              "mean probability of those r labels together over that of all n in the context; r / n"
                  + " for who does not tell them from others, .375 for the usual 3 of 8");

  public HeldOutAnalysis() {
    super(AnalysisKind.HELD_OUT, 1, ALL);
  }

  @Override
  public Findings of(Subject run) {
    if (run.spec().data() instanceof Exemplars language && language.unlabelled() > 2) {
      return of(Distractors.draw(language, run.context(), SEQUENCES), run.last());
    }
    throw RefrainException.badInput(
        "%s: '%s' is of runs on exemplars with three classes or more without labels",
        run.folder().path(), kind().slug());
  }

  static Findings of(Distractors contexts, ModelState model) {
    Findings all = new Findings();
    for (Distractors.Asked asked : Distractors.Asked.values()) {
      all.putAll(of(contexts, asked, model));
    }
    return all;
  }

  private static Findings of(Distractors contexts, Distractors.Asked asked, ModelState model) {
    int[][] tokens = contexts.of(asked);
    QueryReadings r = model.read(tokens, contexts.queries(), List.of());
    double gain = 0;
    double right = 0;
    double share = 0;
    for (int s = 0; s < tokens.length; s++) {
      float[] all = r.logits(s, 0, contexts.labels(s));
      float[] rivals = r.logits(s, 0, contexts.rivalLabels(s));
      Choice choice = Choice.of(rivals, contexts.answer(s));
      right += choice.likeliest() ? 1 : 0;
      gain += Math.log(rivals.length) + choice.right() - choice.all();
      share += Math.exp(choice.all() - LogSumExp.of(all, 0, all.length));
    }
    int n = tokens.length;
    return new Findings()
        .put(GAIN.of(asked), gain / n)
        .put(CHOICE.of(asked), right / n)
        .put(SHARE.of(asked), share / n);
  }
}
