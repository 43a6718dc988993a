package refrain.analysis;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import refrain.data.Families;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * Fuzzy matching A* B* ... A -> B (Olsson et al. 2022, Argument 4): where the induction heads look
 * from each A of a fuzzy repeat, and what the model predicts after it, by similarity of A and A*.
 */
final class FuzzyMatching {
  private static final int SEGMENTS = 128;

  /** Neighbours of B* on either side. */
  private static final int BESIDE = 4;

  private static final String SOURCE = "Olsson et al. 2022, Argument 4; this project";

  private final Families language;
  private final FuzzySequences sequences;
  private final int[][] queries;

  /**
   * @param context n_ctx of the model
   */
  FuzzyMatching(Families language, int context) {
    this.language = language;
    this.sequences = FuzzySequences.draw(language, context, SEGMENTS);
    this.queries = sequences.queries();
  }

  static List<Definition> definitions() {
    List<Definition> all = new ArrayList<>();
    for (Similarity level : Similarity.values()) {
      String of = ", A " + level.slug();
      all.add(
          define(
              "fuzzy.attention." + level.slug(),
              "attention of the induction heads to B*" + of,
              "probability",
              "mean over repeats, their tokens and the induction heads of the attention from A to"
                  + " the token after A*"));
      all.add(
          define(
              "fuzzy.symbol." + level.slug(),
              "accuracy, symbol of B" + of,
              "probability",
              "share of A after which the most likely token is a form of B*'s symbol"));
    }
    all.add(
        define(
            "fuzzy.kept.synonym",
            "share of the attention kept for synonyms",
            "1",
            "(attention synonym - unrelated) / (identical - unrelated)"));
    all.add(
        define(
            "fuzzy.kept.category",
            "share of the attention kept within the category",
            "1",
            "(attention category - unrelated) / (identical - unrelated)"));
    all.add(
        define(
            "fuzzy.ordered",
            "attention falls with dissimilarity",
            "1",
            "1 when identical > synonym > category > unrelated, 0 when not"));
    all.add(
        define(
            "fuzzy.excess.unrelated",
            "attention to B* from unrelated tokens over uniform attention",
            "1",
            "attention unrelated / (1 / positions)"));
    all.add(
        define(
            "fuzzy.beside.unrelated",
            "attention to tokens beside B* from unrelated tokens",
            "probability",
            "mean attention from A to the tokens of the segment at most "
                + BESIDE
                + " places from B*, B* itself left out: what position alone gives B*"));
    all.add(
        define(
            "fuzzy.icl.synonym",
            "fuzzy in-context learning",
            "nats",
            "mean log probability of B*'s symbol, A synonym minus A unrelated"));
    all.add(
        define(
            "fuzzy.removed.synonym",
            "share of the fuzzy in-context learning that ablating the induction heads removes",
            "1",
            "1 - fuzzy.icl.synonym with the induction heads zeroed under clean patterns / intact"));
    all.add(
        define(
            "fuzzy.removed.random",
            "the same for random sets of as many other heads",
            "1",
            "mean over 10 random sets"));
    return all;
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, SOURCE);
  }

  /** Measures a model. */
  Findings of(ModelReader model, MatchingHeads heads) {
    Findings found = new Findings();
    Map<Similarity, Double> attention = new EnumMap<>(Similarity.class);
    List<HeadId> best = List.of(heads.first(heads::score));
    for (Similarity level : Similarity.values()) {
      QueryReadings r = read(model, level, List.of());
      attention.put(level, attention(r, heads.heads()));
      found
          .put("fuzzy.attention." + level.slug(), attention.get(level))
          .put("fuzzy.best." + level.slug(), attention(r, best))
          .put("fuzzy.token." + level.slug(), accuracy(r, token -> token))
          .put("fuzzy.symbol." + level.slug(), accuracy(r, language::symbol))
          .put("fuzzy.category." + level.slug(), accuracy(r, language::category))
          .put("fuzzy.logprob." + level.slug(), logProbability(r));
      if (level == Similarity.UNRELATED) {
        found.put("fuzzy.beside.unrelated", beside(r, heads.heads()));
      }
    }
    double floor = requireNonNull(attention.get(Similarity.UNRELATED));
    double whole = requireNonNull(attention.get(Similarity.IDENTICAL)) - floor;
    double synonym = requireNonNull(attention.get(Similarity.SYNONYM));
    double category = requireNonNull(attention.get(Similarity.CATEGORY));
    double icl = found.value("fuzzy.logprob.synonym") - found.value("fuzzy.logprob.unrelated");
    return found
        .put("fuzzy.chance", chance())
        .put("fuzzy.kept.synonym", (synonym - floor) / whole)
        .put("fuzzy.kept.category", (category - floor) / whole)
        .put(
            "fuzzy.ordered",
            whole + floor > synonym && synonym > category && category > floor ? 1 : 0)
        .put("fuzzy.excess.unrelated", floor / chance())
        .put("fuzzy.icl.synonym", icl)
        .put("fuzzy.removed.synonym", 1 - icl(model, MatchingHeads.ablation(heads.heads())) / icl)
        .put("fuzzy.removed.random", heads.overRandomSets(set -> 1 - icl(model, set) / icl));
  }

  private QueryReadings read(ModelReader model, Similarity level, List<Intervention> more) {
    return model.read(sequences.repeats(level), queries, more);
  }

  private static double attention(QueryReadings r, List<HeadId> heads) {
    return r.mean((s, q) -> r.attention(heads, s, q, FuzzySequences.target(q)));
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
    return r.mean((s, q) -> {
      int symbol = language.symbol(after(s, q));
      return r.logProbability(s, q, token -> language.symbol(token) == symbol);
    });
  }

  private double icl(ModelReader model, List<Intervention> more) {
    return logProbability(read(model, Similarity.SYNONYM, more))
        - logProbability(read(model, Similarity.UNRELATED, more));
  }
}
