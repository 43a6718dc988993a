package refrain.serve;

import static refrain.base.RefrainException.require;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.base.RefrainException;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.data.BigramTriggers;
import refrain.data.NgramTables;
import refrain.data.TokenNames;
import refrain.store.RunFolder;
import refrain.train.RunProbe;
import refrain.train.RunSpec;

/** A run whose data and model are at hand, for one caller at a time. */
final class OpenRun {
  private final RunFolder folder;
  private final RunSpec spec;
  private @Nullable Subject subject;
  private @Nullable TokenNames names;
  private int @Nullable [][] evaluation;
  private int @Nullable [][] repeated;
  private @Nullable Function<int[], float[]> bigrams;

  OpenRun(RunFolder folder, RunSpec spec) {
    this.folder = folder;
    this.spec = spec;
  }

  /** A sequence that a page may ask for by its kind and number. */
  enum Kind {
    /** Of the evaluation set that the run's probes read. */
    EVALUATION,
    /** Of the repeated random tokens that its probes read. */
    REPEATED
  }

  /** Gives the run to one caller. */
  synchronized <T> T with(Function<Subject, T> use) {
    if (subject == null) {
      subject = new Subject(folder, null, 1);
    }
    return use.apply(subject);
  }

  /** Lets go of what is large; the next caller opens it again. */
  synchronized void close() {
    if (subject != null) {
      subject.close();
      subject = null;
    }
    evaluation = null;
    repeated = null;
    bigrams = null;
  }

  RunSpec spec() {
    return spec;
  }

  synchronized TokenNames names() {
    if (names == null) {
      names = with(Subject::tokenNames);
    }
    return names;
  }

  /** All sequences of a kind, [n, T + 1]. */
  synchronized int[][] sequences(Kind kind) {
    return switch (kind) {
      case EVALUATION -> {
        if (evaluation == null) {
          evaluation = with(run -> run.evaluation(run.spec().probing().sequences()).tokens());
        }
        yield evaluation;
      }
      case REPEATED -> {
        if (repeated == null) {
          repeated =
              with(run ->
                  run.repeated(run.spec().probing().measures().repeatedSequences())
                      .batch()
                      .tokens());
        }
        yield repeated;
      }
    };
  }

  /** One of them without its last token, which is a target only. */
  int[] sequence(Kind kind, long n) {
    int[][] all = sequences(kind);
    require(n < all.length, "n is %s, expected 0 to %s: there are as many", n, all.length - 1);
    int[] whole = all[(int) n];
    return Arrays.copyOf(whole, whole.length - 1);
  }

  /** Refuses what is no input of the model. */
  void check(int[] tokens) {
    int vocab = with(run -> run.model().dVocab());
    int context = with(run -> run.spec().context());
    require(
        tokens.length >= 2 && tokens.length <= context,
        "tokens: there are %s, expected 2 to %s, the context that the model was trained on",
        tokens.length,
        context);
    for (int token : tokens) {
      require(
          token >= 0 && token < vocab, "tokens: %s is no id, expected 0 to %s", token, vocab - 1);
    }
  }

  /** Whether the bigram table is the language's own, and not counted on a sample of it. */
  static boolean ownBigrams(RunSpec spec) {
    return spec.data() instanceof BigramRestarts || spec.data() instanceof BigramTriggers;
  }

  private static @Nullable BigramTable own(RunSpec spec) {
    return switch (spec.data()) {
      case BigramRestarts language -> language.table();
      case BigramTriggers language -> language.table();
      default -> null;
    };
  }

  /**
   * Losses of predicting each token from the one before it alone, [T] in nats; the last, of which
   * the target is not known, is NaN, and all are where the run's text is not there to be counted.
   */
  synchronized float[] bigramLosses(int[] tokens) {
    if (bigrams == null) {
      bigrams = with(OpenRun::bigrams);
    }
    return bigrams.apply(tokens);
  }

  /** The same where they are at hand without counting. */
  synchronized Optional<float[]> bigramsKnown(int[] tokens) {
    return bigrams != null || ownBigrams(spec())
        ? Optional.of(bigramLosses(tokens))
        : Optional.empty();
  }

  private static Function<int[], float[]> bigrams(Subject run) {
    BigramTable own = own(run.spec());
    if (own != null) {
      return losses((x, t) -> Math.log(own.probability(x[t], x[t + 1])));
    }
    NgramTables counted = orNull(() -> RunProbe.tables(run.spec(), run.data()));
    return losses((x, t) ->
        counted == null ? Double.NaN : counted.logProbability(NgramTables.Order.BIGRAM, x, t));
  }

  private static <T> @Nullable T orNull(Supplier<T> make) {
    try {
      return make.get();
    } catch (RefrainException e) {
      return null; // the user's own text is gone or changed
    }
  }

  private interface LogProbability {
    double of(int[] tokens, int position);
  }

  private static Function<int[], float[]> losses(LogProbability log) {
    return tokens -> {
      float[] losses = new float[tokens.length];
      for (int t = 0; t < tokens.length - 1; t++) {
        losses[t] = (float) -log.of(tokens, t);
      }
      losses[tokens.length - 1] = Float.NaN;
      return losses;
    };
  }

  /** What tokens are called. */
  List<String> namesOf(int[] tokens) {
    TokenNames all = names();
    return Arrays.stream(tokens).mapToObj(all::name).toList();
  }
}
