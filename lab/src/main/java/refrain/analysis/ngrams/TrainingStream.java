package refrain.analysis.ngrams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.Rng;
import refrain.train.Batches;
import refrain.train.RunSpec;

/**
 * The sequences that a run was trained on, drawn once more from its data seed, and which n-grams
 * occurred in them. Sequences are counted each on its own; nothing crosses their ends.
 */
final class TrainingStream {
  private final int vocab;
  private final List<int[]> sequences;
  private final BitSet trigrams;

  TrainingStream(int vocab, List<int[]> sequences) {
    this.vocab = vocab;
    this.sequences = sequences;
    this.trigrams = new BitSet(vocab * vocab * vocab);
    for (int[] x : sequences) {
      for (int t = 2; t < x.length; t++) {
        trigrams.set(key(x[t - 2], x[t - 1], x[t]));
      }
    }
  }

  /**
   * The stream of a run.
   *
   * @param steps that the run took
   * @throws RefrainException of kind BAD_INPUT when its weights saw what another run was trained on
   */
  static TrainingStream of(RunSpec spec, DataSource data, long steps) {
    if (spec.parent() != null) {
      throw RefrainException.badInput(
          "run '%s': began from %s, so which n-grams its weights were trained on is not known from it"
              + " alone",
          spec.name(), spec.parent().name());
    }
    Rng rng = Rng.of(spec.seeds().data()).split("batches");
    List<int[]> sequences = new ArrayList<>();
    Batches batches = new Batches(spec, data);
    for (int step = 0; step < steps; step++) {
      sequences.addAll(Arrays.asList(batches.next(rng, step).tokens()));
    }
    return new TrainingStream(data.vocab(), sequences);
  }

  int vocab() {
    return vocab;
  }

  List<int[]> sequences() {
    return sequences;
  }

  /** Whether three tokens ever stood next to each other in this order. */
  boolean seen(int a, int b, int c) {
    return trigrams.get(key(a, b, c));
  }

  /** The share of all V^3 trigrams that never occurred. */
  double unseenShare() {
    return 1 - trigrams.cardinality() / Math.pow(vocab, 3);
  }

  private int key(int a, int b, int c) {
    return (a * vocab + b) * vocab + c;
  }
}
