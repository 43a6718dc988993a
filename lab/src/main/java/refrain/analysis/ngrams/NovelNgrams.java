package refrain.analysis.ngrams;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.data.BigramRestarts;
import refrain.data.DataSource;
import refrain.data.NgramTables;
import refrain.data.Rng;

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

  static final Declarations ALL = new Declarations("this project, against n-grams");

  private static final Quantity UNSEEN_SHARE =
      ALL.pure("ngram.unseen.share", "trigrams that never occurred in training")
          .is("share of the V^3 trigrams without an occurrence in the run's batches");
  private static final Family<String, Twice> SETS =
      Family.of(
          List.of("unseen", "shuffled", "near", "near-shuffled", "uniform", "language"),
          Twice::new);
  private static final SeriesQuantity STEPS = ALL.axis("ngram.steps", "of each checkpoint");
  private static final SeriesQuantity GAINS =
      ALL.series("ngram.unseen.gains", "gain by repetition, unseen", "nats")
          .is("ngram.unseen.gain at each checkpoint");

  private NovelNgrams() {}

  /** What is declared of one set of sequences: of the model, and of the table of each order. */
  private static final class Twice {
    private final String set;
    private final Quantity first;
    private final Quantity again;
    private final Quantity gain;
    private final Family<NgramTables.Order, Quantity> loss;
    private final Family<NgramTables.Order, Quantity> tableGain;

    Twice(String set) {
      this.set = set;
      this.first = nats("first", "loss said first").is(words("first"));
      this.again = nats("again", "loss said again").is(words("second"));
      this.gain = nats("gain", "gain by repetition").is(key("first") + " - " + key("again"));
      this.loss = ofTables("loss", "loss said first", key("first"));
      this.tableGain = ofTables("gain", "gain by repetition", key("gain"));
    }

    private Family<NgramTables.Order, Quantity> ofTables(String what, String title, String as) {
      return Family.of(
          List.of(NgramTables.Order.values()),
          order -> {
            String table = order.name().toLowerCase(Locale.ROOT);
            return nats(table + "." + what, "the " + table + "'s " + title)
                .is(as + " of the " + table + " of the run's training stream");
          });
    }

    private Declarations.Open<Quantity> nats(String what, String title) {
      return ALL.nats(key(what), title + ", " + set);
    }

    private String key(String what) {
      return "ngram." + set + "." + what;
    }

    private String words(String which) {
      return ("mean loss at the %s saying of a block (%s), its tokens from the third on, %s"
              + " sequences")
          .formatted(which, set, SEQUENCES);
    }
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
    TwiceSequences unseen =
        TwiceSequences.unseen(stream, rng.split("unseen"), SEQUENCES, context, half);
    sets.put("unseen", unseen);
    sets.put("shuffled", unseen.shuffled(rng.split("shuffled")));
    TwiceSequences nearer =
        TwiceSequences.unseen(stream, rng.split("near"), SEQUENCES, context, near);
    sets.put("near", nearer);
    sets.put("near-shuffled", nearer.shuffled(rng.split("near-shuffled")));
    sets.put(
        "uniform",
        TwiceSequences.uniform(language.vocab(), rng.split("uniform"), SEQUENCES, context));
    sets.put("language", TwiceSequences.language(walks, rng.split("walks"), SEQUENCES, context));
    return sets;
  }

  static Findings of(Subject run, TrainingStream stream, Map<String, TwiceSequences> sets) {
    ModelState last = run.last();
    NgramTables tables = NgramTables.of(stream.vocab(), stream.sequences());
    Findings out = new Findings().put(UNSEEN_SHARE, stream.unseenShare());
    sets.forEach((name, twice) -> {
      Twice declared = SETS.of(name);
      float[][] own = last.losses(twice.batch(), List.of());
      out.put(declared.first, twice.first(own))
          .put(declared.again, twice.again(own))
          .put(declared.gain, twice.first(own) - twice.again(own));
      for (NgramTables.Order order : NgramTables.Order.values()) {
        float[][] losses = twice.losses((x, t) -> -tables.logProbability(order, x, t));
        out.put(declared.loss.of(order), twice.first(losses))
            .put(declared.tableGain.of(order), twice.first(losses) - twice.again(losses));
      }
    });
    return out.putAll(overTraining(run, requireNonNull(sets.get("unseen"))));
  }

  private static Findings overTraining(Subject run, TwiceSequences unseen) {
    long[] steps = run.steps();
    double[] gains = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      float[][] losses = run.state(steps[i]).losses(unseen.batch(), List.of());
      gains[i] = unseen.first(losses) - unseen.again(losses);
    }
    return new Findings().put(STEPS, steps).put(GAINS, gains);
  }
}
