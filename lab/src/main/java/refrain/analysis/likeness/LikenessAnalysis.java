package refrain.analysis.likeness;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
import refrain.data.Exemplars;
import refrain.data.Translations;
import refrain.probe.RepeatedSequences;

/**
 * Matches of exemplars that are alike: what an isolated A gives by its {@link Likeness} to A*, at
 * every checkpoint and at the end, and by which heads. Of translations: pairs never seen.
 */
public final class LikenessAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this project");

  /** Isolated matches of each likeness, at the end and on the way there. */
  private static final int SEQUENCES = 256;

  private static final int SEQUENCES_ON_THE_WAY = 96;

  /** Sequences of repeated random tokens. */
  private static final int EXAMPLES = 20;

  private static final Declarations.Members<Likeness> LEVELS =
      new Declarations.Members<>(List.of(Likeness.values()), Likeness::slug, Likeness::words);
  private static final Family<Likeness, Quantity> CHOICE =
      ALL.probability("likeness.choice", "right label among those in the context")
          .ofEach(
              LEVELS,
              "share of isolated matches in which the label of A* has the highest probability of the"
                  + " labels in the context, at the end");
  private static final Family<Likeness, Quantity> GAIN =
      ALL.nats("likeness.gain", "what an isolated match gives")
          .ofEach(
              LEVELS,
              "ln n + mean log probability of A*'s label among the n labels in the context, at the"
                  + " end; at most ln n, which is 2.08 for the usual 8");
  private static final Family<Likeness, Quantity> MOST =
      ALL.probability("likeness.most", "right label among those in the context, at best")
          .ofEach(LEVELS, "likeness.choice, the largest of all checkpoints");
  private static final Quantity SHARE =
      ALL.pure("likeness.share", "gain of exemplars alike over that of the same")
          .is("(likeness.gain.subclass + likeness.gain.class) / 2 / likeness.gain.identical");
  private static final Family<Likeness, Quantity> STEP =
      ALL.steps("likeness.step", "step at which an isolated match tells the label")
          .ofEach(LEVELS, OverTraining.TOLD);
  private static final Quantity STEP_COPYING =
      ALL.steps("likeness.step.copying", "step at which repeated random tokens are copied")
          .is(OverTraining.COPIED);
  private static final Quantity COPYING =
      ALL.nats("likeness.copying", "copying of repeated random tokens")
          .is("mean loss of the first block minus that of later ones, at the end");

  private static final SeriesQuantity STEPS =
      ALL.axis("curve.likeness.steps", "of the checkpoints");
  private static final Family<Likeness, SeriesQuantity> CURVE =
      ALL.series("curve.likeness", "right label among those in the context", "probability")
          .ofEach(LEVELS, "likeness.choice at each checkpoint");
  private static final SeriesQuantity CURVE_COPYING =
      ALL.series("curve.likeness.copying", "copying of repeated random tokens", "nats")
          .is("likeness.copying at each checkpoint");

  public LikenessAnalysis() {
    super(AnalysisKind.LIKENESS, 1, ALL, MatchingHeads.ALL, UnseenPairs.ALL);
  }

  @Override
  public Findings of(Subject run) {
    return switch (run.spec().data()) {
      case Exemplars language -> of(language, run);
      case Translations language ->
          UnseenPairs.of(language, run.last(), run.repeated(EXAMPLES), seed(run));
      default ->
          throw RefrainException.badInput(
              "%s: '%s' is of runs on exemplars or translations, and this one learnt '%s'",
              run.folder().path(), kind().slug(), run.spec().data().getClass().getSimpleName());
    };
  }

  private static long seed(Subject run) {
    return run.spec().probing().measures().seed();
  }

  private static Findings of(Exemplars language, Subject run) {
    IsolatedMatches matches = IsolatedMatches.draw(language, run.context(), SEQUENCES);
    IsolatedMatches fewer = IsolatedMatches.draw(language, run.context(), SEQUENCES_ON_THE_WAY);
    RepeatedSequences repeated = run.repeated(EXAMPLES);
    OverTraining<Likeness> training =
        OverTraining.of(
            run,
            levels(matches),
            (likeness, state) -> Answers.of(fewer, likeness, state, List.of()).choice(),
            repeated);
    Findings found = new Findings().put(STEPS, training.steps());
    training
        .choice()
        .forEach((likeness, choice) ->
            found
                .put(CURVE.of(likeness), choice)
                .put(STEP.of(likeness), training.told(likeness))
                .put(MOST.of(likeness), Arrays.stream(choice).max().orElse(Double.NaN)));
    double[] copying = training.copying();
    ModelState last = run.last();
    return found
        .put(CURVE_COPYING, copying)
        .put(STEP_COPYING, training.copied())
        .put(COPYING, copying[copying.length - 1])
        .putAll(atTheEnd(matches, last))
        .putAll(MatchingHeads.of(matches, last, repeated, seed(run)));
  }

  private static List<Likeness> levels(IsolatedMatches matches) {
    return Stream.of(Likeness.values()).filter(matches::has).toList();
  }

  static Findings atTheEnd(IsolatedMatches matches, ModelState model) {
    Findings found = new Findings();
    for (Likeness likeness : levels(matches)) {
      Answers answers = Answers.of(matches, likeness, model, List.of());
      found.put(CHOICE.of(likeness), answers.choice()).put(GAIN.of(likeness), answers.gain());
    }
    return found.put(
        SHARE,
        (found.value(GAIN.of(Likeness.SUBCLASS)) + found.value(GAIN.of(Likeness.CLASS)))
            / 2
            / found.value(GAIN.of(Likeness.IDENTICAL)));
  }
}
