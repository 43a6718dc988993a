package refrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import refrain.data.CategoryTask;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * The category task of Olsson et al. 2022, Argument 4: where the token that the label follows (':',
 * or y in lines without it) attends, and whether the label is right. Correct positions are that
 * token and the label of earlier lines with the same pair of categories. Counted are lines whose
 * pair came before.
 */
final class CategoryAttention {
  private static final int SAMPLES = 128;
  private static final String SOURCE = "Olsson et al. 2022, Argument 4";

  private final CategoryTask task;
  private final int lines;
  private final int[][] samples = new int[SAMPLES][];
  private final int[][] queries = new int[SAMPLES][];

  /**
   * @param context n_ctx of the model, at least two lines
   */
  CategoryAttention(CategoryTask task, int context) {
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

  static List<Definition> definitions() {
    return List.of(
        define(
            "category.attention",
            "attention of the asking token on correct positions, best head",
            "probability",
            "mean over lines whose pair came before of the attention from the token that the label"
                + " follows (':', or y where there is none) to that token and the label of earlier"
                + " lines with the same pair; the head for which it is largest"),
        define(
            "category.attention.untrained",
            "the same attention of the best head before training",
            "probability",
            "the same with the initial parameters"),
        define(
            "category.excess",
            "attention of the asking token on correct positions over uniform attention",
            "1",
            "category.attention / mean share of correct positions among all up to the asking token"),
        define(
            "category.selectivity",
            "share of correct lines in the attention to earlier lines",
            "1",
            "attention to asking token and label of earlier lines with the same pair / of all"
                + " earlier lines; best head"),
        define(
            "category.prefix.matching",
            "prefix matching of the head that attends to correct positions most",
            "probability",
            "its score on repeated random tokens"),
        define(
            "category.same",
            "that head is an induction head",
            "1",
            "1 when its prefix-matching score passes the bar of formation, 0 when not"),
        define(
            "category.accuracy",
            "accuracy of the label where the pair came before",
            "probability",
            "share of lines whose pair came before in which the right label is most likely"),
        define(
            "category.accuracy.new",
            "accuracy of the label where the pair is new",
            "probability",
            "the same of lines whose pair did not come before"),
        define(
            "category.accuracy.ablated",
            "accuracy without the induction heads",
            "probability",
            "category.accuracy with the induction heads zeroed under clean patterns"),
        define(
            "category.removed",
            "share of the accuracy above chance that ablating the induction heads removes",
            "1",
            "(category.accuracy - ablated) / (category.accuracy - 1/4)"),
        define(
            "category.removed.random",
            "the same for random sets of as many other heads",
            "1",
            "mean over 10 random sets"));
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, SOURCE);
  }

  /**
   * Measures a model.
   *
   * @param untrained its initial parameters
   */
  Findings of(ModelReader model, ModelReader untrained, MatchingHeads heads) {
    QueryReadings r = model.read(samples, queries, List.of());
    HeadId best = heads.first(h -> attention(r, h, true));
    QueryReadings start = untrained.read(samples, queries, List.of());
    double correct = attention(r, best, true);
    double right = accuracy(r, true);
    double ablated = accuracyUnder(model, MatchingHeads.ablation(heads.heads()));
    double above = right - 1.0 / CategoryTask.LABELS;
    return new Findings()
        .put("category.attention", correct)
        .put(
            "category.attention.untrained",
            attention(start, heads.first(h -> attention(start, h, true)), true))
        .put("category.chance", uniform())
        .put("category.excess", correct / uniform())
        .put("category.selectivity", correct / attention(r, best, false))
        .put("category.attention.induction", attention(r, heads.heads().getFirst(), true))
        .put("category.head", best.number())
        .put("category.prefix.matching", heads.score(best))
        .put("category.same", heads.formed() && heads.heads().contains(best) ? 1 : 0)
        .put("category.accuracy", right)
        .put("category.accuracy.new", accuracy(r, false))
        .put("category.accuracy.ablated", ablated)
        .put("category.removed", (right - ablated) / above)
        .put(
            "category.removed.random",
            heads.overRandomSets(plan -> (right - accuracyUnder(model, plan)) / above))
        .put("category.line", numbers())
        .put("category.accuracy.byLine", accuracyByLine(r))
        .put(
            "category.accuracy.byLine.ablated",
            accuracyByLine(model.read(samples, queries, MatchingHeads.ablation(heads.heads()))))
        .put("category.accuracy.byLine.best", bestByLine())
        .put("category.attention.byLine", attentionByLine(r, best));
  }

  private double accuracyUnder(ModelReader model, List<Intervention> ablation) {
    return accuracy(model.read(samples, queries, ablation), true);
  }

  private int pair(int s, int line) {
    int x = line * task.line();
    return task.pair(samples[s][x], samples[s][x + 1]);
  }

  private boolean seen(int s, int line) {
    for (int k = 0; k < line; k++) {
      if (pair(s, k) == pair(s, line)) {
        return true;
      }
    }
    return false;
  }

  /** The mean attention to asking token and label of earlier lines, all or those that match. */
  private double attention(QueryReadings r, HeadId head, boolean matching) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < SAMPLES; s++) {
      for (int line = 1; line < lines; line++) {
        if (seen(s, line)) {
          sum += attention(r, head, s, line, matching);
          n++;
        }
      }
    }
    return sum / n;
  }

  private double attention(QueryReadings r, HeadId head, int s, int line, boolean matching) {
    double sum = 0;
    for (int k = 0; k < line; k++) {
      if (!matching || pair(s, k) == pair(s, line)) {
        sum += r.attention(head, s, line, asks(k));
        sum += r.attention(head, s, line, asks(k) + 1);
      }
    }
    return sum;
  }

  private double uniform() {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < SAMPLES; s++) {
      for (int line = 1; line < lines; line++) {
        if (seen(s, line)) {
          int same = 0;
          for (int k = 0; k < line; k++) {
            same += pair(s, k) == pair(s, line) ? 1 : 0;
          }
          sum += 2.0 * same / (asks(line) + 1);
          n++;
        }
      }
    }
    return sum / n;
  }

  private boolean right(QueryReadings r, int s, int line) {
    return r.predicted(s, line) == samples[s][asks(line) + 1];
  }

  private double accuracy(QueryReadings r, boolean ofSeen) {
    int right = 0;
    int n = 0;
    for (int s = 0; s < SAMPLES; s++) {
      for (int line = 0; line < lines; line++) {
        if (seen(s, line) == ofSeen) {
          right += right(r, s, line) ? 1 : 0;
          n++;
        }
      }
    }
    return (double) right / n;
  }

  private double[] numbers() {
    double[] x = new double[lines];
    Arrays.setAll(x, line -> line + 1);
    return x;
  }

  private double[] accuracyByLine(QueryReadings r) {
    double[] share = new double[lines];
    for (int line = 0; line < lines; line++) {
      for (int s = 0; s < SAMPLES; s++) {
        share[line] += right(r, s, line) ? 1.0 / SAMPLES : 0;
      }
    }
    return share;
  }

  /** What is possible: a pair that came before is known, a new one is one of those left over. */
  private double[] bestByLine() {
    double[] best = new double[lines];
    for (int s = 0; s < SAMPLES; s++) {
      Set<Integer> pairs = new HashSet<>();
      for (int line = 0; line < lines; line++) {
        double known = seen(s, line) ? 1 : 1.0 / (CategoryTask.LABELS - pairs.size());
        best[line] += known / SAMPLES;
        pairs.add(pair(s, line));
      }
    }
    return best;
  }

  private double[] attentionByLine(QueryReadings r, HeadId head) {
    List<Double> means = new ArrayList<>();
    for (int line = 0; line < lines; line++) {
      double sum = 0;
      int n = 0;
      for (int s = 0; s < SAMPLES; s++) {
        if (seen(s, line)) {
          sum += attention(r, head, s, line, true);
          n++;
        }
      }
      means.add(n == 0 ? Double.NaN : sum / n);
    }
    return means.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
