package refrain.analysis.explore;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Measured;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Passes;
import refrain.analysis.measure.Placebo;
import refrain.analysis.measure.Removal;
import refrain.analysis.measure.SequenceLosses;
import refrain.analysis.measure.Verdict;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.probe.Circuits;
import refrain.probe.CopyingNull;
import refrain.probe.CopyingScore;
import refrain.probe.Definition;
import refrain.probe.HeadMeasure;
import refrain.probe.HeadReading;
import refrain.probe.HeadScores;
import refrain.probe.OvEigenvalues;
import refrain.probe.PreviousToken;
import refrain.probe.ProbeSpec;
import refrain.probe.RepeatedSequences;
import refrain.probe.Stimulus;

/**
 * What speaks for and against one head in one state: whether it matches prefixes and not only looks
 * a fixed distance back, what else its attention and weights do, and what is lost without it beside
 * what is lost without other heads of its layer. In the words and by the code of {@code measure}.
 *
 * @param step updates done
 * @param head whose card it is
 * @param match prefix matching against the same distances without a match, with the verdict over
 *     all heads; null: the model has no room for such sequences
 * @param measures the others, each with its place among all heads of the model
 * @param sequences of the evaluation set on which losses were read
 * @param icl the ICL score of the model as it is
 * @param without the head: what changes, with standard errors
 * @param placebo the same for each other head of its layer
 * @param loss the placebo's changes of the loss, and the head's rank among them; null: no placebo
 * @param iclLost the same of the ICL score
 * @param says all that, a sentence each
 */
public record Evidence(
    long step,
    HeadId head,
    @Nullable Match match,
    List<Scored> measures,
    int sequences,
    IclEstimate icl,
    Removal without,
    Placebo placebo,
    Placebo.@Nullable Summary loss,
    Placebo.@Nullable Summary iclLost,
    List<String> says) {

  /** Sequences of the evaluation set on which attention is read. */
  private static final int READ = 64;

  /**
   * One measure of the head.
   *
   * @param definition what it is
   * @param value mean over sequences; of weights, the value
   * @param error its standard error; NaN of weights, which are not a sample
   * @param n sequences; 0: of weights
   * @param rank among all heads of the model, 1: none is larger
   * @param of heads
   */
  public record Scored(
      Definition definition, double value, double error, int n, int rank, int of) {}

  static Evidence of(
      Measured run, ModelState model, Map<HeadId, Match> matches, long step, HeadId head) {
    ModelSpec spec = model.spec();
    head.check(spec);
    int[][] tokens = run.scored().tokens();
    List<Intervention> off = Ablation.FULL_ZERO.of(List.of(head), spec);
    List<SequenceLosses> losses =
        Passes.of(model, tokens, run.iclIndices(), List.of(List.of(), off));
    SequenceLosses intact = losses.get(0);
    Removal without = intact.removed(losses.get(1));
    Map<HeadId, Verdict> verdicts =
        HeadId.all(spec).stream()
            .collect(Collectors.toMap(each -> each, each -> verdict(matches.get(each))));
    Placebo placebo = Passes.placebo(model, tokens, run.iclIndices(), intact, off, verdicts);
    Placebo.Summary loss = placebo.summary(without, c -> c.loss().mean(), true).orElse(null);
    Placebo.Summary icl = placebo.summary(without, c -> c.icl().mean(), true).orElse(null);
    List<Scored> measures = measures(run, model, head);
    return new Evidence(
        step,
        head,
        matches.get(head),
        measures,
        tokens.length,
        intact.estimate(),
        without,
        placebo,
        loss,
        icl,
        says(head, matches.get(head), measures, without, placebo, loss, icl, intact));
  }

  private static Verdict verdict(@Nullable Match match) {
    return match == null ? Verdict.NONE : match.verdict();
  }

  private static List<Scored> measures(Measured run, ModelState model, HeadId head) {
    ProbeSpec probe = run.probe();
    RepeatedSequences repeated = run.repeated(probe.repeatedSequences());
    CopyingNull reference =
        CopyingNull.draw(repeated, model.spec().dHead(), probe.nullSamples(), probe.seed());
    CopyingScore copying = new CopyingScore(repeated, reference);
    PreviousToken previous = new PreviousToken(Stimulus.EVALUATION);
    double[][] back = scores(model, run.evaluation(READ), previous);
    double[][] copies = scores(model, repeated.batch(), copying);
    List<Scored> all = new ArrayList<>();
    all.add(measured(previous.definition(), back, head, model.spec()));
    Scored copy = measured(copying.definitions().get(0), copies, head, model.spec());
    all.add(copy);
    all.add(
        new Scored(
            copying.definitions().get(1),
            reference.z(copy.value()),
            copy.error() / reference.sd(),
            copy.n(),
            copy.rank(),
            copy.of()));
    OvEigenvalues eigenvalues = new OvEigenvalues(probe.norms());
    HeadScores ov = eigenvalues.of(new Circuits(model.parameters(), probe.norms()));
    double[][] each =
        HeadId.all(model.spec()).stream()
            .map(h -> new double[] {ov.get(h.layer(), h.head())})
            .toArray(double[][]::new);
    Scored weights = measured(eigenvalues.definition(), each, head, model.spec());
    all.add(
        new Scored(
            weights.definition(), weights.value(), Double.NaN, 0, weights.rank(), weights.of()));
    return all;
  }

  /** Of scores [head, sequence]. */
  private static Scored measured(
      Definition definition, double[][] scores, HeadId head, ModelSpec spec) {
    double[] means = Arrays.stream(scores).mapToDouble(Evidence::mean).toArray();
    double own = means[head.index(spec.nHeads())];
    int rank = 1 + (int) Arrays.stream(means).filter(other -> other > own).count();
    double[] each = scores[head.index(spec.nHeads())];
    return new Scored(definition, own, IclEstimate.error(each), each.length, rank, means.length);
  }

  private static double mean(double[] each) {
    return Arrays.stream(each).average().orElse(Double.NaN);
  }

  /** [head, sequence] a measure of the heads of a model under its own interventions. */
  private static double[][] scores(ModelState model, Batch batch, HeadMeasure measure) {
    ModelSpec spec = model.spec();
    double[][] scores = new double[spec.nLayers() * spec.nHeads()][batch.size()];
    float[][] values = new float[batch.size()][];
    Set<HookPoint> points = new LinkedHashSet<>();
    for (int layer = 0; layer < spec.nLayers(); layer++) {
      if (measure.readsValues()) {
        points.add(HookPoint.of(HookKind.V, layer));
      }
      points.add(HookPoint.of(HookKind.PATTERN, layer));
    }
    model.losses(
        batch,
        model.plan(batch, List.of()),
        Observer.of(
            points,
            (sequence, point, view) -> {
              if (point.kind() == HookKind.V) {
                values[sequence] = view.toArray();
                return;
              }
              float[] pattern = view.toArray();
              float[] moved = values[sequence] == null ? new float[0] : values[sequence];
              for (int h = 0; h < spec.nHeads(); h++) {
                scores[point.layer() * spec.nHeads() + h][sequence] =
                    measure.of(
                        new HeadReading(
                            model.parameters(),
                            requireNonNull(batch.tokens()[sequence]),
                            point.layer(),
                            h,
                            pattern,
                            moved));
              }
            }));
    return scores;
  }

  private static List<String> says(
      HeadId head,
      @Nullable Match match,
      List<Scored> measures,
      Removal without,
      Placebo placebo,
      Placebo.@Nullable Summary loss,
      Placebo.@Nullable Summary icl,
      SequenceLosses intact) {
    List<String> all = new ArrayList<>();
    if (match == null) {
      all.add("No verdict: sequences with a match and without do not fit into this model.");
    } else {
      String is =
          switch (match.verdict()) {
            case INDUCTION -> head + " is an induction head";
            case WEAK -> head + " matches prefixes weakly";
            case NONE -> head + " does not match prefixes";
          };
      all.add(
          String.format(
              Locale.ROOT,
              "%s: its prefix-matching score is %.2f, over the same distances without a match it"
                  + " is %.2f; difference %s over %d pairs.",
              is,
              match.score(),
              match.without(),
              match.change().words(),
              match.change().n()));
    }
    for (Scored measure : measures) {
      all.add(
          String.format(
              Locale.ROOT,
              "%s: %.2f%s%s, number %d of %d heads.",
              capital(measure.definition().title()),
              measure.value(),
              IclEstimate.plusMinus(measure.error()),
              measure.n() == 0 ? ", of its weights" : " over " + measure.n() + " sequences",
              measure.rank(),
              measure.of()));
    }
    all.add(
        "Without it the loss changes by %s nats and the ICL score, now %s, by %s, over %s sequences."
            .formatted(
                without.loss().words(),
                intact.estimate().words(),
                without.icl().words(),
                Integer.toString(intact.loss().length)));
    if (loss == null || icl == null) {
      all.add("There is no placebo: " + placebo.none() + ".");
    } else {
      all.add(
          String.format(
              Locale.ROOT,
              "Placebo, %s other heads of its layer one at a time: the loss changes by %+.2f in the"
                  + " median (%+.2f to %+.2f), the ICL score by %+.2f (%+.2f to %+.2f); the head is"
                  + " number %d of %d by the loss and number %d by the ICL score.",
              (placebo.all() ? "all " : "") + loss.n(),
              loss.median(),
              loss.low(),
              loss.high(),
              icl.median(),
              icl.low(),
              icl.high(),
              loss.rank(),
              loss.n() + 1,
              icl.rank()));
    }
    return all;
  }

  private static String capital(String title) {
    return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
  }
}
