package refrain.analysis.measure;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.probe.HeadReading;
import refrain.probe.PrefixMatching;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.stats.BenjaminiHochberg;
import refrain.stats.StudentT;

/**
 * Whether one head matches prefixes, and not only looks a fixed distance back. Its prefix-matching
 * score on repeated random tokens is held against the attention that it pays over the same
 * distances from the same positions where nothing is repeated: each sequence has a partner that
 * begins with the same block and goes on with tokens that all differ. A head that looks at a place
 * whatever stands there has the same in both.
 *
 * @param score mean prefix-matching score on the repeated sequences
 * @param without mean attention over the same distances on their partners
 * @param difference mean of score minus partner's, over pairs
 * @param error its standard error
 * @param p of Student's paired test that it is 0, two-sided
 * @param pairs of sequences
 * @param verdict by size and by Benjamini and Hochberg over all heads of the model
 */
public record Match(
    double score,
    double without,
    double difference,
    double error,
    double p,
    int pairs,
    Verdict verdict) {
  /** The least difference of an induction head. */
  public static final double SIZE = .2;

  /** The least difference of a weak one. */
  public static final double WEAK = .1;

  /** The share of false discoveries among the heads that are found. */
  public static final double RATE = .05;

  static final String KEY = "match";

  /** What it is, over so many pairs. */
  public static Definition definition(int pairs) {
    return new Definition(
        KEY,
        "prefix matching over the same distances without a match",
        "probability",
        Better.HIGHER,
        "prefix-matching score on "
            + pairs
            + " sequences of repeated random tokens, minus the head's attention from the same"
            + " positions over the same distances on sequences that begin alike and repeat no"
            + " token; verdict: induction head from .2 on, weak from .1 on, of the heads whose"
            + " paired t-tests are discoveries at 5 % (Benjamini and Hochberg 1995) over all heads"
            + " of the model",
        "this project; Olsson et al. 2022, Head activation evaluators: prefix matching");
  }

  /** The difference with its error. */
  public Change change() {
    return new Change(difference, error, pairs);
  }

  /** Why no head of a model can have a verdict; empty: they can. */
  public static Optional<String> impossible(ModelState model) {
    return impossible(model.tokens().get(), model.context());
  }

  /** The same of a model of these tokens and so many positions. */
  public static Optional<String> impossible(TokenPool pool, int context) {
    int longest = longest(pool, context);
    int least = RepeatedSequences.LEAST + (pool.hasStart() ? 1 : 0);
    return longest >= least
        ? Optional.empty()
        : Optional.of(
            "no verdicts: sequences with a match and without need "
                + least
                + " positions of different tokens; this model has "
                + longest);
  }

  /** Positions that sequences without repeats can fill. */
  public static int longest(TokenPool pool, int context) {
    return Math.min(context, pool.tokens().length + (pool.hasStart() ? 1 : 0));
  }

  /**
   * All heads of a model; none where {@link #impossible}.
   *
   * @param more interventions, after the model's own
   * @param pairs of sequences, with a match and without
   */
  public static Map<HeadId, Match> of(
      ModelState model, List<Intervention> more, long seed, int pairs) {
    if (impossible(model).isPresent()) {
      return Map.of();
    }
    RepeatedSequences repeated =
        RepeatedSequences.draw(
            model.tokens().get(), seed, pairs, longest(model.tokens().get(), model.context()));
    Batch partners = partners(repeated, seed);
    PrefixMatching measure = new PrefixMatching(repeated);
    double[][] with = scores(model, more, repeated.batch(), repeated.batch(), measure);
    double[][] without = scores(model, more, partners, repeated.batch(), measure);
    return of(with, without, model.spec().nHeads());
  }

  /**
   * Verdicts on all heads of a model.
   *
   * @param with [head, pair] the score on each sequence with a match, layer by layer
   * @param without the same on its partner
   * @param heads of a layer
   */
  public static Map<HeadId, Match> of(double[][] with, double[][] without, int heads) {
    int pairs = with[0].length;
    double[][] differences = new double[with.length][pairs];
    double[] p = new double[with.length];
    for (int h = 0; h < with.length; h++) {
      for (int s = 0; s < pairs; s++) {
        differences[h][s] = with[h][s] - without[h][s];
      }
      p[h] = StudentT.of(differences[h]).p(0);
    }
    boolean[] found = BenjaminiHochberg.discoveries(p, RATE);
    Map<HeadId, Match> matches = new LinkedHashMap<>();
    for (int h = 0; h < with.length; h++) {
      double size = mean(differences[h]);
      Verdict verdict =
          !found[h] || size < WEAK ? Verdict.NONE : size < SIZE ? Verdict.WEAK : Verdict.INDUCTION;
      matches.put(
          HeadId.ofIndex(h, heads),
          new Match(
              mean(with[h]),
              mean(without[h]),
              size,
              IclEstimate.error(differences[h]),
              p[h],
              pairs,
              verdict));
    }
    return matches;
  }

  /** [pair, T + 1]: the first block of each repeated sequence, then tokens that all differ. */
  public static Batch partners(RepeatedSequences repeated, long seed) {
    Rng rng = Rng.of(seed).split("sequences without repeats");
    int[] pool = repeated.pool().tokens();
    int[][] partners = new int[repeated.batch().size()][];
    for (int s = 0; s < partners.length; s++) {
      int[] x = repeated.batch().tokens()[s].clone();
      int first = repeated.again(s);
      Set<Integer> used =
          Arrays.stream(x, 0, first).boxed().collect(Collectors.toCollection(LinkedHashSet::new));
      int t = first;
      for (int i : rng.sample(pool.length, pool.length)) {
        if (t < x.length - 1 && used.add(pool[i])) {
          x[t++] = pool[i];
        }
      }
      partners[s] = x; // the last token is a target that nothing looks at
    }
    return Batch.of(partners);
  }

  /**
   * [head, sequence]: a measure of the attention on one batch as if it had the tokens of another.
   */
  private static double[][] scores(
      ModelState model, List<Intervention> more, Batch read, Batch tokens, PrefixMatching measure) {
    int heads = model.spec().nHeads();
    double[][] scores = new double[model.spec().nLayers() * heads][read.size()];
    Set<HookPoint> points =
        IntStream.range(0, model.spec().nLayers())
            .mapToObj(layer -> HookPoint.of(HookKind.PATTERN, layer))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Plan plan = Passes.plan(model, read, more);
    model.losses(
        read,
        plan,
        Observer.of(
            points,
            (sequence, point, view) -> {
              float[] pattern = view.toArray();
              for (int h = 0; h < heads; h++) {
                HeadReading reading =
                    new HeadReading(
                        requireNonNull(tokens.tokens()[sequence]), point.layer(), h, pattern);
                scores[point.layer() * heads + h][sequence] = measure.of(reading);
              }
            }));
    return scores;
  }

  private static double mean(double[] all) {
    return Arrays.stream(all).sum() / all.length;
  }
}
