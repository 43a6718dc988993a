package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import refrain.data.Rng;
import refrain.data.WordPairs;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * Few-shot word mapping: how often the translation is the most likely token after a word, by the
 * number of pairs before it, with all heads and without some.
 */
final class FewShot {
  private static final int SAMPLES = 128;

  /** Shots that count as many, and all above. */
  static final int MANY = 8;

  private static final String SOURCE =
      "Olsson et al. 2022, Argument 4; by shots as in Brown et al. 2020, section 3";

  private final WordPairs language;
  private final int pairs;
  private final int[][] samples = new int[SAMPLES][];
  private final int[][] queries = new int[SAMPLES][];

  /**
   * @param context n_ctx of the model
   */
  FewShot(WordPairs language, int context) {
    this.language = language;
    this.pairs = Math.min((context + 1) / 2, language.words());
    Rng rng = Rng.of(45).split("word pairs");
    for (int s = 0; s < SAMPLES; s++) {
      samples[s] = language.pairs(rng, s % language.languages(), 2 * pairs);
      queries[s] = new int[pairs];
      Arrays.setAll(queries[s], k -> 2 * k);
    }
  }

  static List<Definition> definitions() {
    return List.of(
        define(
            "fewshot.accuracy.0",
            "accuracy of the translation, no shot",
            "probability",
            "share of samples in which the right translation is the most likely token"),
        define("fewshot.accuracy.1", "accuracy of the translation, 1 shot", "probability", "same"),
        define(
            "fewshot.accuracy.many",
            "accuracy of the translation, 8 shots and more",
            "probability",
            "the same, mean over 8 shots and more"),
        define(
            "fewshot.word.0",
            "accuracy of the word in any language, no shot",
            "probability",
            "share of samples in which the most likely token is a translation of the word into any"
                + " language"),
        define(
            "fewshot.gain",
            "few-shot gain",
            "probability",
            "accuracy at 8 shots and more minus accuracy without a shot"),
        define(
            "fewshot.removed",
            "share of the few-shot gain that ablating the induction heads removes",
            "1",
            "(fewshot.accuracy.many - the same with the induction heads zeroed under clean"
                + " patterns) / fewshot.gain"),
        define(
            "fewshot.removed.random",
            "the same for random sets of as many other heads",
            "1",
            "mean over 10 random sets"),
        define(
            "fewshot.removed.most",
            "the same for the one head whose ablation removes most",
            "1",
            "largest over single heads"),
        define(
            "fewshot.most.pm",
            "prefix matching of the head whose ablation removes most few-shot gain",
            "probability",
            "its score on repeated random tokens"));
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, SOURCE);
  }

  /** Measures a model. */
  Findings of(ModelReader model, MatchingHeads heads) {
    QueryReadings r = model.read(samples, queries, List.of());
    double[] intact = accuracy(r);
    double[] without = accuracy(read(model, MatchingHeads.ablation(heads.heads())));
    double gain = many(intact) - intact[0];
    double[] random = underRandomSets(model, heads);
    HeadId most =
        heads.first(h -> -many(accuracy(read(model, MatchingHeads.ablation(List.of(h))))));
    double[] mostly = accuracy(read(model, MatchingHeads.ablation(List.of(most))));
    double[] shots = new double[pairs];
    Arrays.setAll(shots, k -> k);
    return new Findings()
        .put("fewshot.accuracy.0", intact[0])
        .put("fewshot.accuracy.1", intact[1])
        .put("fewshot.accuracy.many", many(intact))
        .put("fewshot.word.0", wordRight(r, 0))
        .put("fewshot.word.many", wordRight(r, MANY))
        .put("fewshot.gain", gain)
        .put("fewshot.removed", (many(intact) - many(without)) / gain)
        .put("fewshot.removed.random", (many(intact) - many(random)) / gain)
        .put("fewshot.removed.most", (many(intact) - many(mostly)) / gain)
        .put("fewshot.most.pm", heads.score(most))
        .put("fewshot.most.layer", most.layer())
        .put("fewshot.shots", shots)
        .put("fewshot.byShots", intact)
        .put("fewshot.byShots.ablated", without)
        .put("fewshot.byShots.random", random)
        .put("fewshot.byShots.most", mostly);
  }

  /** The mean over random sets; NaN where there is no other head. */
  private double[] underRandomSets(ModelReader model, MatchingHeads heads) {
    List<List<HeadId>> sets = heads.randomSets();
    double[] mean = new double[pairs];
    Arrays.fill(mean, sets.isEmpty() ? Double.NaN : 0);
    for (List<HeadId> set : sets) {
      double[] one = accuracy(read(model, MatchingHeads.ablation(set)));
      for (int k = 0; k < pairs; k++) {
        mean[k] += one[k] / sets.size();
      }
    }
    return mean;
  }

  private QueryReadings read(ModelReader model, List<Intervention> ablation) {
    return model.read(samples, queries, ablation);
  }

  private double[] accuracy(QueryReadings r) {
    double[] share = new double[pairs];
    for (int k = 0; k < pairs; k++) {
      for (int s = 0; s < SAMPLES; s++) {
        share[k] += r.predicted(s, k) == samples[s][2 * k + 1] ? 1.0 / SAMPLES : 0;
      }
    }
    return share;
  }

  private static double many(double[] byShots) {
    return Arrays.stream(byShots, Math.min(MANY, byShots.length - 1), byShots.length)
        .average()
        .orElseThrow();
  }

  private double wordRight(QueryReadings r, int shots) {
    double share = 0;
    int k = Math.min(shots, pairs - 1);
    for (int s = 0; s < SAMPLES; s++) {
      int token = r.predicted(s, k);
      boolean right = token >= language.words() && token % language.words() == samples[s][2 * k];
      share += right ? 1.0 / SAMPLES : 0;
    }
    return share;
  }
}
