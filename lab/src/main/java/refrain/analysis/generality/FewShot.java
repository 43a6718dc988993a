package refrain.analysis.generality;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.instrument.Jackknife;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Rng;
import refrain.data.WordPairs;
import refrain.intervene.Intervention;
import refrain.model.HeadId;

/**
 * Few-shot word mapping: how often the translation is the most likely token after a word, by the
 * number of pairs before it, with all heads and without some.
 */
final class FewShot {
  static final Declarations ALL =
      new Declarations(
          "Olsson et al. 2022, Argument 4; by shots as in Brown et al. 2020, section 3");

  private static final Quantity ACCURACY_0 =
      ALL.probability("fewshot.accuracy.0", "accuracy of the translation, no shot")
          .is("share of samples in which the right translation is the most likely token");
  private static final Quantity ACCURACY_1 =
      ALL.probability("fewshot.accuracy.1", "accuracy of the translation, 1 shot")
          .is("share of samples in which the right translation is the most likely token");
  private static final Quantity ACCURACY_MANY_ERROR =
      ALL.probability("fewshot.accuracy.many.error", "standard error of fewshot.accuracy.many")
          .is("over the samples");
  private static final Quantity ACCURACY_MANY =
      ALL.probability("fewshot.accuracy.many", "accuracy of the translation, many shots")
          .error(ACCURACY_MANY_ERROR)
          .is("fewshot.byShots, mean over 8 shots and more");
  private static final Quantity WORD_0 =
      ALL.probability("fewshot.word.0", "accuracy of the word in any language, no shot")
          .is("share of samples whose most likely token translates the word into any language");
  private static final Quantity GAIN =
      ALL.probability("fewshot.gain", "few-shot gain")
          .is("fewshot.accuracy.many - fewshot.accuracy.0");
  private static final Quantity REMOVED_ERROR =
      ALL.pure("fewshot.removed.error", "standard error of fewshot.removed")
          .is("jackknife over the samples");
  private static final Quantity REMOVED =
      ALL.pure("fewshot.removed", "share of the few-shot gain removed with the induction heads")
          .error(REMOVED_ERROR)
          .is(
              "(fewshot.accuracy.many - the same, heads zeroed under clean patterns) /"
                  + " fewshot.gain");
  private static final Quantity REMOVED_RANDOM =
      ALL.pure("fewshot.removed.random", "share of the few-shot gain removed with as many others")
          .is("fewshot.removed of other heads, mean over 10 random sets");
  private static final Quantity REMOVED_MOST =
      ALL.pure("fewshot.removed.most", "share of the few-shot gain removed with one head, the most")
          .is("fewshot.removed of single heads: the largest");
  private static final Quantity MOST_PM =
      ALL.probability("fewshot.most.pm", "prefix matching of the head that the gain needs most")
          .is("its score on repeated random tokens, the head of fewshot.removed.most");

  private static final Quantity WORD_MANY =
      ALL.probability("fewshot.word.many", "accuracy of the word in any language, 8 shots")
          .is("share of samples whose most likely token translates the word into any language");
  private static final Quantity MOST_LAYER =
      ALL.number(
              "fewshot.most.layer", "layer of the head that the few-shot gain needs most", "layer")
          .is("of the head of fewshot.removed.most, counted from 0");
  private static final SeriesQuantity SHOTS =
      ALL.series("fewshot.shots", "shots", "pairs").is("pairs before the word");
  private static final SeriesQuantity BY_SHOTS =
      ALL.series("fewshot.byShots", "accuracy of the translation by shots", "probability")
          .is("share of samples in which the right translation is the most likely token");
  private static final SeriesQuantity BY_SHOTS_ABLATED =
      ALL.series(
              "fewshot.byShots.ablated",
              "accuracy by shots, induction heads ablated",
              "probability")
          .is("fewshot.byShots with the induction heads zeroed under clean patterns");
  private static final SeriesQuantity BY_SHOTS_RANDOM =
      ALL.series("fewshot.byShots.random", "accuracy by shots, other heads ablated", "probability")
          .is("fewshot.byShots with other heads zeroed under clean patterns, 10 random sets");
  private static final SeriesQuantity BY_SHOTS_MOST =
      ALL.series("fewshot.byShots.most", "accuracy by shots, one head ablated", "probability")
          .is("fewshot.byShots without the head of fewshot.removed.most");

  private static final int SAMPLES = 128;

  /** Shots that count as many, and all above. */
  static final int MANY = 8;

  private final WordPairs language;
  private final int pairs;
  private final int[][] samples = new int[SAMPLES][];
  private final int[][] queries = new int[SAMPLES][];

  /**
   * @param context n_ctx of the model
   */
  private FewShot(WordPairs language, int context) {
    this.language = language;
    this.pairs = Math.min((context + 1) / 2, language.words());
    Rng rng = Rng.of(45).split("word pairs");
    for (int s = 0; s < SAMPLES; s++) {
      samples[s] = language.pairs(rng, s % language.languages(), 2 * pairs);
      queries[s] = new int[pairs];
      Arrays.setAll(queries[s], k -> 2 * k);
    }
  }

  static Findings of(WordPairs language, ModelState model, Knockouts without) {
    return new FewShot(language, model.context()).of(model, without);
  }

  private Findings of(ModelState model, Knockouts without) {
    Heads heads = without.heads();
    QueryReadings r = model.read(samples, queries, List.of());
    double[] intact = accuracy(r);
    QueryReadings cut = read(model, without.ofInduction());
    double[] ablated = accuracy(cut);
    double gain = many(intact) - intact[0];
    double[] random = underRandomSets(model, without);
    HeadId most = heads.first(h -> -many(accuracy(read(model, without.of(List.of(h))))));
    double[] mostly = accuracy(read(model, without.of(List.of(most))));
    return new Findings()
        .put(ACCURACY_0, intact[0])
        .put(ACCURACY_1, intact[1])
        .put(ACCURACY_MANY, many(intact))
        .put(ACCURACY_MANY_ERROR, IclEstimate.error(manyBySample(r)))
        .put(WORD_0, wordRight(r)[0])
        .put(WORD_MANY, wordRight(r)[Math.min(MANY, pairs - 1)])
        .put(GAIN, gain)
        .put(REMOVED, (many(intact) - many(ablated)) / gain)
        .put(
            REMOVED_ERROR,
            Jackknife.error(
                mean -> (mean[0] - mean[1]) / (mean[0] - mean[2]),
                manyBySample(r),
                manyBySample(cut),
                r.bySequence((s, k) -> k == 0 ? pairs * right(r, s, k) : 0)))
        .put(REMOVED_RANDOM, (many(intact) - many(random)) / gain)
        .put(REMOVED_MOST, (many(intact) - many(mostly)) / gain)
        .put(MOST_PM, heads.score(most))
        .put(MOST_LAYER, most.layer())
        .put(SHOTS, IntStream.range(0, pairs).asDoubleStream().toArray())
        .put(BY_SHOTS, intact)
        .put(BY_SHOTS_ABLATED, ablated)
        .put(BY_SHOTS_RANDOM, random)
        .put(BY_SHOTS_MOST, mostly);
  }

  /** The mean over random sets; NaN where there is no other head. */
  private double[] underRandomSets(ModelState model, Knockouts without) {
    List<List<HeadId>> sets = without.randomSets();
    double[] mean = new double[pairs];
    Arrays.fill(mean, sets.isEmpty() ? Double.NaN : 0);
    for (List<HeadId> set : sets) {
      double[] one = accuracy(read(model, without.of(set)));
      for (int k = 0; k < pairs; k++) {
        mean[k] += one[k] / sets.size();
      }
    }
    return mean;
  }

  private QueryReadings read(ModelState model, List<Intervention> ablation) {
    return model.read(samples, queries, ablation);
  }

  private double[] accuracy(QueryReadings r) {
    return r.byQuery((s, k) -> right(r, s, k));
  }

  private double right(QueryReadings r, int s, int k) {
    return r.predicted(s, k) == samples[s][2 * k + 1] ? 1 : 0;
  }

  /** The mean over many shots, of each sample. */
  private double[] manyBySample(QueryReadings r) {
    double[] mean = new double[samples.length];
    Arrays.setAll(
        mean, s -> many(IntStream.range(0, pairs).mapToDouble(k -> right(r, s, k)).toArray()));
    return mean;
  }

  private static double many(double[] byShots) {
    return Arrays.stream(byShots, Math.min(MANY, byShots.length - 1), byShots.length)
        .average()
        .orElseThrow();
  }

  /** How often the prediction is the word in any language, by shots. */
  private double[] wordRight(QueryReadings r) {
    return r.byQuery((s, k) -> {
      int token = r.predicted(s, k);
      return token >= language.words() && token % language.words() == samples[s][2 * k] ? 1 : 0;
    });
  }
}
