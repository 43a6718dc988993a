package refrain.analysis.ngrams;

import java.util.BitSet;
import java.util.List;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.data.DataSource;
import refrain.data.TextSource;
import refrain.model.HeadId;

/**
 * On text: whether what matching heads give is a trigram or a skip-trigram of the training text. A
 * target is unseen where no batch of the run had it behind the same token with the same other token
 * one to eight positions before that one; no table of those orders can say it.
 */
final class TextGrams {
  static final Declarations ALL =
      new Declarations("this project, against n-grams; Elhage et al. 2021, skip-trigrams");

  private static final int SEQUENCES = 256;

  /** The furthest other token of a skip-trigram, before the current one. */
  private static final int FURTHEST = 8;

  private static final String RISE =
      "mean rise of the loss when all matching heads have their mean over sequences, on "
          + SEQUENCES
          + " windows of the evaluation set, at targets that ";
  private static final String REPEAT = "stood earlier in the window behind the same token";

  private static final Quantity REPEATED =
      ALL.nats("home.text.repeated", "what matching heads give on repeated pairs")
          .is(RISE + REPEAT);
  private static final Quantity FRESH =
      ALL.nats("home.text.fresh", "what matching heads give elsewhere")
          .is(RISE + "did not stand earlier in the window behind the same token");
  private static final Quantity UNSEEN =
      ALL.nats("home.text.unseen", "what matching heads give on repeated pairs without a trigram")
          .is(
              RISE
                  + REPEAT
                  + ", and in no batch of the run behind it with the same token 1 to "
                  + FURTHEST
                  + " positions before that (trigrams and skip-trigrams)");
  private static final Quantity SEEN =
      ALL.nats("home.text.seen", "what matching heads give on repeated pairs with a trigram")
          .is(RISE + REPEAT + ", and behind the same two tokens in a batch of the run");
  private static final Quantity SHARE =
      ALL.pure("home.text.share", "repeated pairs without a trigram")
          .is("share of the targets of home.text.repeated that home.text.unseen is of");

  private TextGrams() {}

  /**
   * @param matching heads
   */
  static Findings of(Subject run, List<HeadId> matching) {
    DataSource data = run.data();
    if (!(data instanceof TextSource) || matching.isEmpty() || run.spec().parent() != null) {
      return Findings.none(ALL);
    }
    long steps = run.curves().steps()[run.curves().last()];
    TrainingStream stream = TrainingStream.of(run.spec(), data, steps);
    int[][] tokens = run.evaluation(SEQUENCES).tokens();
    ModelState last = run.last();
    float[][] intact = Losses.inBatches(tokens, batch -> last.losses(batch, List.of()));
    float[][] without =
        Losses.inBatches(
            tokens, batch -> last.losses(batch, Ablation.FULL_MEAN.of(matching, last.spec())));
    return of(stream.vocab(), stream.sequences(), tokens, intact, without);
  }

  /**
   * @param trained the sequences of the training batches
   * @param tokens [sequence, T + 1]
   */
  static Findings of(
      int vocab, List<int[]> trained, int[][] tokens, float[][] intact, float[][] without) {
    boolean[][] trigram = new boolean[tokens.length][tokens[0].length - 1];
    boolean[][] any = new boolean[tokens.length][tokens[0].length - 1];
    for (int back = 1; back <= FURTHEST; back++) {
      BitSet seen = new BitSet(vocab * vocab * vocab);
      for (int[] x : trained) {
        for (int t = back; t + 1 < x.length; t++) {
          seen.set(key(vocab, x, t, back));
        }
      }
      for (int s = 0; s < tokens.length; s++) {
        for (int t = back; t < any[s].length; t++) {
          boolean there = seen.get(key(vocab, tokens[s], t, back));
          any[s][t] |= there;
          trigram[s][t] |= there && back == 1;
        }
      }
    }
    Mean repeated = new Mean();
    Mean fresh = new Mean();
    Mean unseen = new Mean();
    Mean known = new Mean();
    for (int s = 0; s < tokens.length; s++) {
      for (int t = FURTHEST; t < any[s].length; t++) {
        double rise = without[s][t] - intact[s][t];
        if (!stoodBefore(tokens[s], t)) {
          fresh.add(rise);
          continue;
        }
        repeated.add(rise);
        if (!any[s][t]) {
          unseen.add(rise);
        }
        if (trigram[s][t]) {
          known.add(rise);
        }
      }
    }
    return new Findings()
        .put(REPEATED, repeated.value())
        .put(FRESH, fresh.value())
        .put(UNSEEN, unseen.value())
        .put(SEEN, known.value())
        .put(SHARE, unseen.n / (double) repeated.n);
  }

  private static int key(int vocab, int[] x, int t, int back) {
    return (x[t - back] * vocab + x[t]) * vocab + x[t + 1];
  }

  private static boolean stoodBefore(int[] x, int t) {
    for (int j = 0; j < t; j++) {
      if (x[j] == x[t] && x[j + 1] == x[t + 1]) {
        return true;
      }
    }
    return false;
  }

  private static final class Mean {
    private double sum;
    private int n;

    void add(double value) {
      sum += value;
      n++;
    }

    double value() {
      return n == 0 ? Double.NaN : sum / n;
    }
  }
}
