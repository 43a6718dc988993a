package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import refrain.data.Batch;
import refrain.intervene.Intervention;

/**
 * Losses of a model on its evaluation set, under interventions. Sequences are read in batches of
 * {@link #BATCH}, and values that come from other sequences (means, another's) from those of the
 * same batch.
 */
public final class Losses {
  /** Recorded contributions of long contexts would not fit in memory all at once. */
  private static final int BATCH = 64;

  private static final int SEQUENCES = 256;

  /** Fewer sequences are read where the context is long. */
  private static final int TOKENS = 32_768;

  private final ModelState model;
  private final int[][] tokens;
  private final ToDoubleFunction<float[][]> icl;
  private final float[][] intact;

  /**
   * @param tokens [sequence, T + 1]
   * @param icl the ICL score of losses [sequence, T]
   */
  public Losses(ModelState model, int[][] tokens, ToDoubleFunction<float[][]> icl) {
    this.model = model;
    this.tokens = tokens;
    this.icl = icl;
    this.intact = under(List.of());
  }

  /** As many sequences of a context as are read: 256, or 32,768 tokens at most. */
  public static int sequences(int context) {
    return Math.min(SEQUENCES, TOKENS / context);
  }

  public ModelState model() {
    return model;
  }

  /** [sequence, T] in nats, without interventions. */
  public float[][] intact() {
    return intact;
  }

  /** [sequence, T] in nats. */
  public float[][] under(List<Intervention> interventions) {
    return each(batch -> model.losses(batch, interventions));
  }

  /** Losses [sequence, T] of each batch, put together. */
  public float[][] each(Function<Batch, float[][]> of) {
    return inBatches(tokens, of);
  }

  /** Losses [sequence, T] of sequences [sequence, T + 1], read in batches and put together. */
  public static float[][] inBatches(int[][] tokens, Function<Batch, float[][]> of) {
    List<float[]> losses = new ArrayList<>();
    batches(tokens).forEach(batch -> losses.addAll(Arrays.asList(of.apply(batch))));
    return losses.toArray(float[][]::new);
  }

  /** Sequences [sequence, T + 1] in the batches in which they are read. */
  public static List<Batch> batches(int[][] tokens) {
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < tokens.length; from += BATCH) {
      int to = Math.min(tokens.length, from + BATCH);
      batches.add(Batch.of(Arrays.copyOfRange(tokens, from, to)));
    }
    return batches;
  }

  /** The patterns on the first batch. */
  public Patterns patterns() {
    return new Patterns(
        model, Batch.of(Arrays.copyOfRange(tokens, 0, Math.min(BATCH, tokens.length))));
  }

  /**
   * A share of the ICL score.
   *
   * @param share 1 - score / intact score; NaN where there is no score
   * @param error its standard error, of the sequences that it was read on
   */
  public record Lost(double share, double error) {
    /** Of no edges, or of a model without a score. */
    public static final Lost NONE = new Lost(Double.NaN, Double.NaN);
  }

  /** The share of the ICL score that is lost: 1 - score / intact score; NaN where there is none. */
  public double iclLost(List<Intervention> interventions) {
    return lost(under(interventions)).share();
  }

  /** The share that is lost where losses [sequence, T] are those of the same sequences. */
  public Lost lost(float[][] losses) {
    double own = icl.applyAsDouble(intact);
    return own < 0
        ? new Lost(
            1 - icl.applyAsDouble(losses) / own, IclReading.error(each(intact), each(losses)))
        : Lost.NONE;
  }

  /** The ICL score of each sequence by itself; the score of all is their mean. */
  private double[] each(float[][] losses) {
    return Arrays.stream(losses)
        .mapToDouble(sequence -> icl.applyAsDouble(new float[][] {sequence}))
        .toArray();
  }

  /** The mean over sequences of losses [sequence, T], by index: [T]; summed in order. */
  public static double[] byIndex(float[][] losses) {
    double[] mean = new double[losses[0].length];
    for (float[] sequence : losses) {
      for (int t = 0; t < mean.length; t++) {
        mean[t] += sequence[t];
      }
    }
    for (int t = 0; t < mean.length; t++) {
      mean[t] /= losses.length;
    }
    return mean;
  }

  /** The mean loss, nats per token. */
  public static double mean(float[][] losses) {
    double sum = 0;
    for (double loss : byIndex(losses)) {
      sum += loss;
    }
    return sum / losses[0].length;
  }

  /**
   * The mean loss where the context tells the answer, nats per token: at positions whose token
   * occurred before with the successor that it has now. NaN where there is no such position.
   */
  public double matched(float[][] losses) {
    return mean(losses, true);
  }

  /** The mean loss at all other positions, nats per token. */
  public double unmatched(float[][] losses) {
    return mean(losses, false);
  }

  private double mean(float[][] losses, boolean matched) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < tokens.length; s++) {
      for (int t = 0; t < losses[s].length; t++) {
        if (occurredBefore(tokens[s], t) == matched) {
          sum += losses[s][t];
          n++;
        }
      }
    }
    return n == 0 ? Double.NaN : sum / n;
  }

  private static boolean occurredBefore(int[] x, int t) {
    for (int j = 0; j < t; j++) {
      if (x[j] == x[t] && x[j + 1] == x[t + 1]) {
        return true;
      }
    }
    return false;
  }
}
