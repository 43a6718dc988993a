package refrain.analysis.likeness;

import java.util.List;
import java.util.Map;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.base.RefrainException;
import refrain.data.Templates;
import refrain.probe.RepeatedSequences;

/**
 * Templates of categories: what a token tells of the next category by how it resembles the one that
 * stood there before, alone and in a run, at every checkpoint and at the end, and by which heads.
 */
public final class TemplateAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this project");

  private static final int SEQUENCES = 256;
  private static final int SEQUENCES_ON_THE_WAY = 96;
  private static final int EXAMPLES = 20;

  private static final Family<Comeback, Quantity> CHOICE =
      ALL.probability("template.choice", "right category among the places asked for")
          .ofEach(
              Comeback.ALL,
              "share of sequences in which the category that followed A's in the template is the"
                  + " likeliest of those at every fourth place, which are asked for equally often, at"
                  + " the end");
  private static final Family<Comeback, Quantity> GAIN =
      ALL.nats("template.gain", "what a token of the template tells of the next category")
          .ofEach(
              Comeback.ALL,
              "ln n + mean log probability of the category that followed A's, among the n at every"
                  + " fourth place of the template, at the end; at most ln n, which is 1.79 for the"
                  + " usual 6");
  private static final Family<Comeback, Quantity> LITERAL =
      ALL.probability("template.literal", "share of the old token in its category")
          .ofEach(
              Comeback.ALL,
              "mean over sequences of the probability of the token that followed A's category, over"
                  + " that of its category; 1 / members for who copies categories");
  private static final Family<Comeback, Quantity> STEP =
      ALL.steps("template.step", "step at which the next category is told")
          .ofEach(Comeback.ALL, OverTraining.TOLD);
  private static final Quantity STEP_COPYING =
      ALL.steps("template.step.copying", "step at which repeated random tokens are copied")
          .is(OverTraining.COPIED);

  private static final SeriesQuantity STEPS =
      ALL.axis("curve.template.steps", "of the checkpoints");
  private static final Family<Comeback, SeriesQuantity> CURVE =
      ALL.series("curve.template", "right category among the places asked for", "probability")
          .ofEach(Comeback.ALL, "template.choice at each checkpoint");
  private static final SeriesQuantity CURVE_COPYING =
      ALL.series("curve.template.copying", "copying of repeated random tokens", "nats")
          .is("mean loss of the first block minus that of later ones at each checkpoint");

  public TemplateAnalysis() {
    super(AnalysisKind.TEMPLATES, 1, ALL, TemplateSamples.ALL, TemplateHeads.ALL);
  }

  @Override
  public Findings of(Subject run) {
    if (run.spec().data() instanceof Templates language) {
      return of(language, run);
    }
    throw RefrainException.badInput(
        "%s: '%s' is of runs on templates, and this one learnt '%s'",
        run.folder().path(), kind().slug(), run.spec().data().getClass().getSimpleName());
  }

  private static Findings of(Templates language, Subject run) {
    TemplateMatches fewer = TemplateMatches.draw(language, run.context(), SEQUENCES_ON_THE_WAY);
    RepeatedSequences repeated = run.repeated(EXAMPLES);
    OverTraining<Comeback> training =
        OverTraining.of(
            run,
            Comeback.ALL.all(),
            (comeback, state) -> NextCategory.of(fewer, comeback, state, List.of()).choice(),
            repeated);
    Findings found = new Findings().put(STEPS, training.steps());
    training
        .choice()
        .forEach((comeback, choice) ->
            found.put(CURVE.of(comeback), choice).put(STEP.of(comeback), training.told(comeback)));
    ModelState last = run.last();
    TemplateMatches matches = TemplateMatches.draw(language, run.context(), SEQUENCES);
    Map<Comeback, NextCategory> intact = NextCategory.intact(matches, last);
    long seed = run.spec().probing().measures().seed();
    return found
        .put(CURVE_COPYING, training.copying())
        .put(STEP_COPYING, training.copied())
        .putAll(atTheEnd(intact))
        .putAll(new TemplateSamples(language, run.context()).of(last))
        .putAll(TemplateHeads.of(matches, intact, last, repeated, seed));
  }

  static Findings atTheEnd(Map<Comeback, NextCategory> intact) {
    Findings found = new Findings();
    intact.forEach((comeback, next) ->
        found
            .put(CHOICE.of(comeback), next.choice())
            .put(GAIN.of(comeback), next.gain())
            .put(LITERAL.of(comeback), next.literal()));
    return found;
  }
}
