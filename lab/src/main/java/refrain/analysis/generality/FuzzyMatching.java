package refrain.analysis.generality;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.generality.FuzzySequences.Similarity;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.Jackknife;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Families;
import refrain.intervene.Intervention;
import refrain.model.HeadId;

/**
 * Fuzzy matching A* B* ... A -> B (Olsson et al. 2022, Argument 4): where the induction heads look
 * from each A of a fuzzy repeat, and what the model predicts after it, by similarity of A and A*.
 */
final class FuzzyMatching {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 4; this project");

  private static final int SEGMENTS = 128;

  /** Neighbours of B* on either side. */
  private static final int BESIDE = 4;

  private static final Declarations.Members<Similarity> LEVELS =
      new Declarations.Members<>(
          List.of(Similarity.values()), Similarity::slug, level -> "A " + level.slug());
  private static final Family<Similarity, Quantity> ATTENTION =
      ALL.probability("fuzzy.attention", "attention of the induction heads to B*")
          .ofEach(
              LEVELS,
              "mean over repeats, their tokens and the induction heads of the attention from A to"
                  + " the token after A*");
  private static final Family<Similarity, Quantity> BEST =
      ALL.probability("fuzzy.best", "attention of the best induction head to B*")
          .ofEach(LEVELS, "fuzzy.attention of the head with the highest prefix matching");
  private static final Family<Similarity, Quantity> TOKEN =
      ALL.probability("fuzzy.token", "accuracy, B")
          .ofEach(LEVELS, "share of A after which the most likely token is B*");
  private static final Family<Similarity, Quantity> SYMBOL =
      ALL.probability("fuzzy.symbol", "accuracy, symbol of B")
          .ofEach(LEVELS, "share of A after which the most likely token is a form of B*'s symbol");
  private static final Family<Similarity, Quantity> CATEGORY =
      ALL.probability("fuzzy.category", "accuracy, category of B")
          .ofEach(LEVELS, "share of A after which the most likely token is of B*'s category");
  private static final Family<Similarity, Quantity> LOG_PROBABILITY =
      ALL.nats("fuzzy.logprob", "log probability of B's symbol")
          .ofEach(
              LEVELS, "mean over A of the log probability of B*'s symbol, all its forms together");
  private static final Quantity CHANCE =
      ALL.probability("fuzzy.chance", "uniform attention to B*").is("mean over A of 1 / positions");
  private static final String JACKKNIFE = "jackknife over the segments";
  private static final Quantity KEPT_SYNONYM_ERROR =
      ALL.pure("fuzzy.kept.synonym.error", "standard error of fuzzy.kept.synonym").is(JACKKNIFE);
  private static final Quantity KEPT_SYNONYM =
      ALL.pure("fuzzy.kept.synonym", "share of the attention kept for synonyms")
          .error(KEPT_SYNONYM_ERROR)
          .is("(fuzzy.attention synonym - unrelated) / (identical - unrelated)");
  private static final Quantity KEPT_CATEGORY_ERROR =
      ALL.pure("fuzzy.kept.category.error", "standard error of fuzzy.kept.category").is(JACKKNIFE);
  private static final Quantity KEPT_CATEGORY =
      ALL.pure("fuzzy.kept.category", "share of the attention kept within the category")
          .error(KEPT_CATEGORY_ERROR)
          .is("(fuzzy.attention category - unrelated) / (identical - unrelated)");
  private static final Quantity ORDERED =
      ALL.pure("fuzzy.ordered", "attention falls with dissimilarity")
          .is("1 when fuzzy.attention is identical > synonym > category > unrelated, 0 when not");
  private static final Quantity EXCESS_UNRELATED =
      ALL.pure("fuzzy.excess.unrelated", "attention to B* from unrelated tokens over uniform one")
          .is("fuzzy.attention.unrelated / fuzzy.chance");
  private static final Quantity BESIDE_UNRELATED =
      ALL.probability(
              "fuzzy.beside.unrelated", "attention to tokens beside B* from unrelated tokens")
          .is(
              "mean attention from A to the tokens of the segment at most "
                  + BESIDE
                  + " places from B*, B* itself left out: what position alone gives B*");
  private static final Quantity ICL_SYNONYM =
      ALL.nats("fuzzy.icl.synonym", "fuzzy in-context learning")
          .is("mean log probability of B*'s symbol, A synonym minus A unrelated");
  private static final Quantity REMOVED_SYNONYM_ERROR =
      ALL.pure("fuzzy.removed.synonym.error", "standard error of fuzzy.removed.synonym")
          .is(JACKKNIFE);
  private static final Quantity REMOVED_SYNONYM =
      ALL.pure("fuzzy.removed.synonym", "share of fuzzy ICL removed with the induction heads")
          .error(REMOVED_SYNONYM_ERROR)
          .is(
              "1 - fuzzy.icl.synonym with the induction heads zeroed under clean patterns /"
                  + " intact");
  private static final Quantity REMOVED_RANDOM =
      ALL.pure("fuzzy.removed.random", "share of fuzzy ICL removed with as many other heads")
          .is("fuzzy.removed.synonym of other heads, mean over 10 random sets");

  private final Families language;
  private final FuzzySequences sequences;
  private final int[][] queries;

  /**
   * @param context n_ctx of the model
   */
  private FuzzyMatching(Families language, int context) {
    this.language = language;
    this.sequences = FuzzySequences.draw(language, context, SEGMENTS);
    this.queries = sequences.queries();
  }

  static Findings of(Families language, ModelState model, Knockouts without) {
    return new FuzzyMatching(language, model.context()).of(model, without);
  }

  private Findings of(ModelState model, Knockouts without) {
    Heads heads = without.heads();
    Findings found = new Findings();
    List<HeadId> best = List.of(heads.first(heads::score));
    Map<Similarity, double[]> bySegment = new EnumMap<>(Similarity.class);
    for (Similarity level : Similarity.values()) {
      QueryReadings r = read(model, level, List.of());
      bySegment.put(level, r.bySequence((s, q) -> toTarget(r, heads.nearest(), s, q)));
      found
          .put(ATTENTION.of(level), attention(r, heads.nearest()))
          .put(BEST.of(level), attention(r, best))
          .put(TOKEN.of(level), accuracy(r, token -> token))
          .put(SYMBOL.of(level), accuracy(r, language::symbol))
          .put(CATEGORY.of(level), accuracy(r, language::category))
          .put(LOG_PROBABILITY.of(level), logProbability(r));
      if (level == Similarity.UNRELATED) {
        found.put(BESIDE_UNRELATED, beside(r, heads.nearest()));
      }
    }
    double floor = found.value(ATTENTION.of(Similarity.UNRELATED));
    double whole = found.value(ATTENTION.of(Similarity.IDENTICAL)) - floor;
    double synonym = found.value(ATTENTION.of(Similarity.SYNONYM));
    double category = found.value(ATTENTION.of(Similarity.CATEGORY));
    double icl =
        found.value(LOG_PROBABILITY.of(Similarity.SYNONYM))
            - found.value(LOG_PROBABILITY.of(Similarity.UNRELATED));
    return found
        .put(CHANCE, chance())
        .put(KEPT_SYNONYM, (synonym - floor) / whole)
        .put(KEPT_SYNONYM_ERROR, keptError(bySegment, Similarity.SYNONYM))
        .put(KEPT_CATEGORY, (category - floor) / whole)
        .put(KEPT_CATEGORY_ERROR, keptError(bySegment, Similarity.CATEGORY))
        .put(ORDERED, whole + floor > synonym && synonym > category && category > floor ? 1 : 0)
        .put(EXCESS_UNRELATED, floor / chance())
        .put(ICL_SYNONYM, icl)
        .put(REMOVED_SYNONYM, 1 - icl(model, without.ofInduction()) / icl)
        .put(
            REMOVED_SYNONYM_ERROR,
            IclReading.error(
                iclBySegment(model, List.of()), iclBySegment(model, without.ofInduction())))
        .put(REMOVED_RANDOM, without.overRandomSets(set -> 1 - icl(model, set) / icl));
  }

  private QueryReadings read(ModelState model, Similarity level, List<Intervention> more) {
    return model.read(sequences.repeats(level), queries, more);
  }

  private static double attention(QueryReadings r, List<HeadId> heads) {
    return r.mean((s, q) -> toTarget(r, heads, s, q));
  }

  private static double toTarget(QueryReadings r, List<HeadId> heads, int s, int q) {
    return r.attention(heads, s, q, FuzzySequences.target(q));
  }

  private static double keptError(Map<Similarity, double[]> bySegment, Similarity level) {
    return Jackknife.error(
        mean -> (mean[0] - mean[1]) / (mean[2] - mean[1]),
        requireNonNull(bySegment.get(level)),
        requireNonNull(bySegment.get(Similarity.UNRELATED)),
        requireNonNull(bySegment.get(Similarity.IDENTICAL)));
  }

  /** Attention to the neighbours of B*. */
  private double beside(QueryReadings r, List<HeadId> heads) {
    return r.mean((s, q) -> {
      int target = FuzzySequences.target(q);
      double sum = 0;
      int n = 0;
      for (int k = target - BESIDE; k <= target + BESIDE; k++) {
        if (k != target && k >= 0 && k < sequences.length()) {
          sum += r.attention(heads, s, q, k);
          n++;
        }
      }
      return sum / n;
    });
  }

  /** Attention to one position of a head that looks everywhere alike. */
  private double chance() {
    double sum = 0;
    for (int position : queries[0]) {
      sum += 1.0 / (position + 1);
    }
    return sum / queries[0].length;
  }

  /** B*, the token after A*. */
  private int after(int s, int q) {
    return sequences.repeats(Similarity.IDENTICAL)[s][FuzzySequences.target(q)];
  }

  /** How often the most likely token and B* are alike. */
  private double accuracy(QueryReadings r, IntUnaryOperator what) {
    return r.mean(
        (s, q) -> what.applyAsInt(r.predicted(s, q)) == what.applyAsInt(after(s, q)) ? 1 : 0);
  }

  private double logProbability(QueryReadings r) {
    return r.mean((s, q) -> logProbability(r, s, q));
  }

  private double logProbability(QueryReadings r, int s, int q) {
    int symbol = language.symbol(after(s, q));
    return r.logProbability(s, q, token -> language.symbol(token) == symbol);
  }

  private double icl(ModelState model, List<Intervention> more) {
    return Arrays.stream(iclBySegment(model, more)).average().orElseThrow();
  }

  /** Fuzzy in-context learning of each segment, nats. */
  private double[] iclBySegment(ModelState model, List<Intervention> more) {
    QueryReadings synonym = read(model, Similarity.SYNONYM, more);
    QueryReadings unrelated = read(model, Similarity.UNRELATED, more);
    return synonym.bySequence(
        (s, q) -> logProbability(synonym, s, q) - logProbability(unrelated, s, q));
  }
}
