package refrain.analysis.generality;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.Jackknife;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.CategoryTask;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.model.HeadId;

/**
 * The category task of Olsson et al. 2022, Argument 4: where the token that the label follows (':',
 * or y in lines without it) attends, and whether the label is right. Correct positions are that
 * token and the label of earlier lines with the same pair of categories. Counted are lines whose
 * pair came before.
 */
final class CategoryAttention {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 4");

  private static final Quantity ATTENTION =
      ALL.probability("category.attention", "attention on correct positions, best head")
          .is(
              "mean over lines whose pair came before of the attention from the token that"
                  + " the label follows (':', or y where there is none) to that token and the label"
                  + " of earlier lines with the same pair; the head for which it is largest");
  private static final Quantity ATTENTION_UNTRAINED =
      ALL.probability(
              "category.attention.untrained",
              "attention on correct positions before training, best head")
          .is("category.attention with the initial parameters");
  private static final Quantity EXCESS =
      ALL.pure("category.excess", "attention on correct positions over uniform attention")
          .is("category.attention / category.chance");
  private static final Quantity SELECTIVITY =
      ALL.pure("category.selectivity", "share of correct lines in the attention to earlier lines")
          .is("attention to asking token and label of earlier lines, same pair / all; best head");
  private static final Quantity PREFIX_MATCHING =
      ALL.probability(
              "category.prefix.matching", "prefix matching of the head of category.attention")
          .is("its score on repeated random tokens");
  private static final Quantity SAME =
      ALL.pure("category.same", "the head of category.attention is an induction head")
          .is("1 when its prefix-matching score passes the bar of formation, 0 when not");
  private static final Quantity ACCURACY_ERROR =
      ALL.probability("category.accuracy.error", "standard error of category.accuracy")
          .is("jackknife over the sequences");
  private static final Quantity ACCURACY =
      ALL.probability("category.accuracy", "accuracy of the label where the pair came before")
          .error(ACCURACY_ERROR)
          .is("share of lines whose pair came before with the right label most likely");
  private static final Quantity ACCURACY_NEW =
      ALL.probability("category.accuracy.new", "accuracy of the label where the pair is new")
          .is("share of lines whose pair did not come before with the right label most likely");
  private static final Quantity ACCURACY_ABLATED =
      ALL.probability(
              "category.accuracy.ablated", "accuracy of the label without the induction heads")
          .is("category.accuracy with the induction heads zeroed under clean patterns");
  private static final Quantity REMOVED_ERROR =
      ALL.pure("category.removed.error", "standard error of category.removed")
          .is("jackknife over the sequences");
  private static final Quantity REMOVED =
      ALL.pure("category.removed", "share of the label's accuracy removed with the induction heads")
          .error(REMOVED_ERROR)
          .is(
              "(category.accuracy - ablated) / (category.accuracy - 1/4); none where the accuracy is"
                  + " less than half of the way from 1/4 to 1: of what was not learned nothing can"
                  + " be removed");
  private static final Quantity REMOVED_RANDOM =
      ALL.pure(
              "category.removed.random",
              "share of the label's accuracy removed with as many others")
          .is("category.removed of other heads, mean over 10 random sets");

  private static final Quantity CHANCE =
      ALL.probability("category.chance", "uniform attention on correct positions")
          .is("mean share of correct positions among all up to the asking token");
  private static final Quantity ATTENTION_INDUCTION =
      ALL.probability(
              "category.attention.induction",
              "attention on correct positions, first induction head")
          .is("category.attention of the first head, layer by layer, that is an induction head");
  private static final Quantity HEAD =
      ALL.number("category.head", "head that attends to correct positions most", "100 layer + head")
          .is("its layer times 100 plus its number in the layer");
  private static final SeriesQuantity LINE =
      ALL.series("category.line", "line in the sequence", "lines").is("counted from 1");
  private static final SeriesQuantity BY_LINE =
      ALL.series("category.accuracy.byLine", "accuracy of the label by line", "probability")
          .is("share of sequences in which the right label is most likely");
  private static final SeriesQuantity BY_LINE_ABLATED =
      ALL.series(
              "category.accuracy.byLine.ablated", "accuracy by line, heads ablated", "probability")
          .is("category.accuracy.byLine with the induction heads zeroed under clean patterns");
  private static final SeriesQuantity BY_LINE_BEST =
      ALL.series("category.accuracy.byLine.best", "best possible accuracy by line", "probability")
          .is("1 where the pair came before; else 1 / labels of pairs that did not come before");
  private static final SeriesQuantity ATTENTION_BY_LINE =
      ALL.series(
              "category.attention.byLine", "attention on correct positions by line", "probability")
          .is("category.attention of each line alone");

  private static final int SAMPLES = 128;

  private static final double CHANCE_RIGHT = 1.0 / CategoryTask.LABELS;

  private final CategoryTask task;
  private final int lines;
  private final int[][] samples = new int[SAMPLES][];
  private final int[][] queries = new int[SAMPLES][];

  /**
   * @param context n_ctx of the model, at least two lines
   */
  private CategoryAttention(CategoryTask task, int context) {
    this.task = task;
    int answered = task.asks() + 2;
    this.lines = (context + 1 - answered) / task.line() + 1;
    int length = (lines - 1) * task.line() + answered;
    Rng rng = Rng.of(44).split("category lines");
    for (int s = 0; s < SAMPLES; s++) {
      samples[s] = task.lines(rng, length);
      queries[s] = new int[lines];
      for (int k = 0; k < lines; k++) {
        queries[s][k] = asks(k);
      }
    }
  }

  private int asks(int line) {
    return line * task.line() + task.asks();
  }

  /**
   * @param untrained the model with its initial parameters
   */
  static Findings of(CategoryTask task, ModelState model, ModelState untrained, Knockouts without) {
    return new CategoryAttention(task, model.context()).of(model, untrained, without);
  }

  private Findings of(ModelState model, ModelState untrained, Knockouts without) {
    Heads heads = without.heads();
    QueryReadings r = model.read(samples, queries, List.of());
    HeadId best = heads.first(h -> attention(r, h, true));
    QueryReadings start = untrained.read(samples, queries, List.of());
    double correct = attention(r, best, true);
    double right = accuracy(r, true);
    QueryReadings cut = model.read(samples, queries, without.ofInduction());
    double ablated = accuracy(cut, true);
    double above = learned(right) ? right - CHANCE_RIGHT : Double.NaN;
    return new Findings()
        .put(ATTENTION, correct)
        .put(
            ATTENTION_UNTRAINED,
            attention(start, heads.first(h -> attention(start, h, true)), true))
        .put(CHANCE, uniform())
        .put(EXCESS, correct / uniform())
        .put(SELECTIVITY, correct / attention(r, best, false))
        .put(ATTENTION_INDUCTION, attention(r, heads.nearest().getFirst(), true))
        .put(HEAD, best.number())
        .put(PREFIX_MATCHING, heads.score(best))
        .put(SAME, heads.matching().contains(best) ? 1 : 0)
        .put(ACCURACY, right)
        .put(
            ACCURACY_ERROR,
            Jackknife.error(mean -> mean[0] / mean[1], rightBySequence(r), seenBySequence()))
        .put(ACCURACY_NEW, accuracy(r, false))
        .put(ACCURACY_ABLATED, ablated)
        .put(REMOVED, (right - ablated) / above)
        .put(
            REMOVED_ERROR,
            learned(right)
                ? Jackknife.error(
                    mean -> (mean[0] - mean[1]) / (mean[0] - CHANCE_RIGHT * mean[2]),
                    rightBySequence(r),
                    rightBySequence(cut),
                    seenBySequence())
                : Double.NaN)
        .put(
            REMOVED_RANDOM,
            without.overRandomSets(plan -> (right - accuracyUnder(model, plan)) / above))
        .put(LINE, IntStream.rangeClosed(1, lines).asDoubleStream().toArray())
        .put(BY_LINE, accuracyByLine(r))
        .put(BY_LINE_ABLATED, accuracyByLine(cut))
        .put(BY_LINE_BEST, r.byQuery(this::best))
        .put(ATTENTION_BY_LINE, attentionByLine(r, best));
  }

  private static boolean learned(double accuracy) {
    return accuracy >= (1 + CHANCE_RIGHT) / 2;
  }

  private double[] rightBySequence(QueryReadings r) {
    return r.bySequence((s, line) -> seen(s, line) && right(r, s, line) ? 1 : 0);
  }

  private double[] seenBySequence() {
    double[] share = new double[SAMPLES];
    Arrays.setAll(
        share,
        s -> IntStream.range(0, lines).filter(line -> seen(s, line)).count() / (double) lines);
    return share;
  }

  private double accuracyUnder(ModelState model, List<Intervention> ablation) {
    return accuracy(model.read(samples, queries, ablation), true);
  }

  private int pair(int s, int line) {
    int x = line * task.line();
    return task.pair(samples[s][x], samples[s][x + 1]);
  }

  /** The earlier lines of the same pair. */
  private IntStream same(int s, int line) {
    return IntStream.range(0, line).filter(k -> pair(s, k) == pair(s, line));
  }

  private boolean seen(int s, int line) {
    return same(s, line).findAny().isPresent();
  }

  /** The mean over lines whose pair came before, or over all others; NaN where there is none. */
  private double mean(boolean ofSeen, int from, int to, QueryReadings.OfQuery number) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < SAMPLES; s++) {
      for (int line = from; line < to; line++) {
        if (seen(s, line) == ofSeen) {
          sum += number.of(s, line);
          n++;
        }
      }
    }
    return sum / n;
  }

  /** The mean attention to asking token and label of earlier lines, all or those that match. */
  private double attention(QueryReadings r, HeadId head, boolean matching) {
    return mean(true, 0, lines, (s, line) -> attention(r, head, s, line, matching));
  }

  private double attention(QueryReadings r, HeadId head, int s, int line, boolean matching) {
    double sum = 0;
    for (int k : (matching ? same(s, line) : IntStream.range(0, line)).toArray()) {
      sum += r.attention(head, s, line, asks(k));
      sum += r.attention(head, s, line, asks(k) + 1);
    }
    return sum;
  }

  private double uniform() {
    return mean(true, 0, lines, (s, line) -> 2.0 * same(s, line).count() / (asks(line) + 1));
  }

  private boolean right(QueryReadings r, int s, int line) {
    return r.predicted(s, line) == samples[s][asks(line) + 1];
  }

  private double accuracy(QueryReadings r, boolean ofSeen) {
    return mean(ofSeen, 0, lines, (s, line) -> right(r, s, line) ? 1 : 0);
  }

  private double[] accuracyByLine(QueryReadings r) {
    return r.byQuery((s, line) -> right(r, s, line) ? 1 : 0);
  }

  /** What is possible: a pair that came before is known, a new one is one of those left over. */
  private double best(int s, int line) {
    long known = IntStream.range(0, line).map(k -> pair(s, k)).distinct().count();
    return seen(s, line) ? 1 : 1.0 / (CategoryTask.LABELS - known);
  }

  private double[] attentionByLine(QueryReadings r, HeadId head) {
    double[] means = new double[lines];
    Arrays.setAll(
        means, at -> mean(true, at, at + 1, (s, line) -> attention(r, head, s, line, true)));
    return means;
  }
}
