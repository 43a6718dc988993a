package refrain.analysis;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import refrain.data.BigramRestarts;
import refrain.data.DataSource;
import refrain.data.NgramTables;
import refrain.data.Rng;
import refrain.model.Parameters;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * Copying of what cannot be in any n-gram table: sequences whose trigrams never occurred in the
 * run's training, sequences of independent uniform tokens, and for comparison walks in the
 * language, each said twice; and the first kind with the second saying shuffled, which keeps the
 * tokens and takes their order. What the second time is predicted better than the first was learned
 * in context. "near" has short blocks, said again nearer than any training sequence restarts: what
 * copies by position alone cannot do it there. The tables are counted on the run's own training
 * stream.
 */
final class NovelNgrams {
  private static final int SEQUENCES = 128;
  private static final long SEED = 4;
  private static final List<String> SETS =
      List.of("unseen", "shuffled", "near", "near-shuffled", "uniform", "language");

  private NovelNgrams() {}

  static List<Definition> definitions() {
    List<Definition> all = new ArrayList<>();
    all.add(
        define(
            "ngram.unseen.share",
            "trigrams that never occurred in training",
            "1",
            "share of the V^3 trigrams without an occurrence in the run's batches"));
    for (String set : SETS) {
      all.add(define(set(set, "first"), "loss said first, " + set, "nats", words(set, "first")));
      all.add(define(set(set, "again"), "loss said again, " + set, "nats", words(set, "second")));
      all.add(
          define(
              set(set, "gain"),
              "gain by repetition, " + set,
              "nats",
              set(set, "first") + " - " + set(set, "again")));
      for (NgramTables.Order order : NgramTables.Order.values()) {
        String name = name(order);
        all.add(
            define(
                set(set, name + ".loss"),
                "the " + name + "'s loss said first, " + set,
                "nats",
                "the same of the " + name + " of the run's training stream"));
        all.add(
            define(
                set(set, name + ".gain"),
                "the " + name + "'s gain by repetition, " + set,
                "nats",
                "the same of the " + name + " of the run's training stream"));
      }
    }
    return all;
  }

  private static String words(String set, String which) {
    return "mean loss at the "
        + which
        + " saying of a block ("
        + set
        + "), its tokens from the third on, "
        + SEQUENCES
        + " sequences";
  }

  private static String set(String set, String what) {
    return "ngram." + set + "." + what;
  }

  private static String name(NgramTables.Order order) {
    return order.name().toLowerCase(Locale.ROOT);
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(
        key, title, unit, Better.NEITHER, formula, "this project, against n-grams");
  }

  /** The sets of a run on the bigram language, by name. */
  static Map<String, TwiceSequences> sets(
      BigramRestarts language, TrainingStream stream, int context) {
    Rng rng = Rng.of(SEED);
    DataSource walks =
        new BigramRestarts(
                language.vocab(), language.c(), 0, language.margin(), language.languageSeed())
            .open();
    Map<String, TwiceSequences> sets = new LinkedHashMap<>();
    int half = TwiceSequences.half(context);
    // A restart needs a margin of tokens before it, so three quarters of one is never an offset.
    int near = Math.clamp(language.margin() * 3L / 4, TwiceSequences.LEAST_BLOCK, half);
    putBoth(sets, "unseen", "shuffled", stream, rng, context, half);
    putBoth(sets, "near", "near-shuffled", stream, rng, context, near);
    sets.put(
        "uniform",
        TwiceSequences.uniform(language.vocab(), rng.split("uniform"), SEQUENCES, context));
    sets.put("language", TwiceSequences.language(walks, rng.split("walks"), SEQUENCES, context));
    return sets;
  }

  private static void putBoth(
      Map<String, TwiceSequences> sets,
      String name,
      String shuffled,
      TrainingStream stream,
      Rng rng,
      int context,
      int block) {
    TwiceSequences twice =
        TwiceSequences.unseen(stream, rng.split(name), SEQUENCES, context, block);
    sets.put(name, twice);
    sets.put(shuffled, twice.shuffled(rng.split(shuffled)));
  }

  static void report(
      Subject run, TrainingStream stream, Map<String, TwiceSequences> sets, Findings out) {
    Parameters last = run.last();
    NgramTables tables = NgramTables.of(stream.vocab(), stream.sequences());
    out.put("ngram.unseen.share", stream.unseenShare());
    sets.forEach((name, twice) -> {
      put(name, "", twice, run.losses(last, twice.batch(), List.of()), out);
      for (NgramTables.Order order : NgramTables.Order.values()) {
        put(name, name(order), twice, losses(tables, order, twice), out);
      }
    });
    overTraining(run, requireNonNull(sets.get("unseen")), out);
  }

  private static void put(
      String set, String table, TwiceSequences twice, float[][] losses, Findings out) {
    double first = twice.first(losses);
    double again = twice.again(losses);
    if (table.isEmpty()) {
      out.put(set(set, "first"), first)
          .put(set(set, "again"), again)
          .put(set(set, "gain"), first - again);
    } else {
      out.put(set(set, table + ".loss"), first).put(set(set, table + ".gain"), first - again);
    }
  }

  private static float[][] losses(NgramTables tables, NgramTables.Order order, TwiceSequences s) {
    int[][] tokens = s.batch().tokens();
    float[][] losses = new float[tokens.length][s.batch().context()];
    for (int i = 0; i < tokens.length; i++) {
      for (int t = 0; t < losses[i].length; t++) {
        losses[i][t] = (float) -tables.logProbability(order, tokens[i], t);
      }
    }
    return losses;
  }

  private static void overTraining(Subject run, TwiceSequences unseen, Findings out) {
    long[] steps = run.steps();
    double[] at = new double[steps.length];
    double[] gains = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      float[][] losses = run.losses(run.parameters(steps[i]), unseen.batch(), List.of());
      at[i] = steps[i];
      gains[i] = unseen.first(losses) - unseen.again(losses);
    }
    out.put("ngram.steps", at).put("ngram.unseen.gains", gains);
  }
}
