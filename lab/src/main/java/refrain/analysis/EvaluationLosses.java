package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;

/**
 * Losses of one state of a run on its evaluation set, under interventions. Sequences are read in
 * batches of {@link #BATCH}, and values that come from other sequences (means, another's) from
 * those of the same batch.
 */
final class EvaluationLosses {
  /** Recorded contributions of long contexts would not fit in memory all at once. */
  private static final int BATCH = 64;

  private static final int SEQUENCES = 256;

  /** Fewer sequences are read where the context is long. */
  private static final int TOKENS = 32_768;

  private final Forward model;
  private final int[][] tokens;
  private final ToDoubleFunction<float[][]> icl;
  private final float[][] intact;

  /**
   * @param tokens [sequence, T + 1]
   * @param icl the ICL score of losses [sequence, T]
   */
  EvaluationLosses(Forward model, int[][] tokens, ToDoubleFunction<float[][]> icl) {
    this.model = model;
    this.tokens = tokens;
    this.icl = icl;
    this.intact = under(List.of());
  }

  /** Of a run, under its own interventions, on 256 sequences or 32,768 tokens at most. */
  static EvaluationLosses of(Subject run, Parameters parameters) {
    int sequences = Math.min(SEQUENCES, TOKENS / run.spec().context());
    return new EvaluationLosses(
        Forward.of(run, parameters), run.evaluation(sequences).tokens(), run::icl);
  }

  ModelSpec spec() {
    return model.spec();
  }

  /** [sequence, T] in nats, without interventions. */
  float[][] intact() {
    return intact;
  }

  /** [sequence, T] in nats. */
  float[][] under(List<Intervention> interventions) {
    return each(batch -> model.losses(batch, model.plan(batch, interventions), Observer.NONE));
  }

  /** [sequence, T] in nats, with ideal attention of the senders in the receivers' keys alone. */
  float[][] underIdealKeys(List<HeadId> senders, List<HeadId> receivers) {
    return each(batch -> IdealKeys.losses(model, batch, senders, receivers));
  }

  /** [sequence, T] in nats, with a template in heads at the positions that have a target. */
  float[][] underIdealRows(List<HeadId> heads, Template template) {
    return each(batch -> IdealRows.losses(model, batch, heads, template));
  }

  private float[][] each(Function<Batch, float[][]> of) {
    float[][] losses = new float[tokens.length][];
    for (int from = 0; from < tokens.length; from += BATCH) {
      int to = Math.min(tokens.length, from + BATCH);
      float[][] some = of.apply(Batch.of(Arrays.copyOfRange(tokens, from, to)));
      System.arraycopy(some, 0, losses, from, some.length);
    }
    return losses;
  }

  /** The patterns on the first batch. */
  Patterns patterns() {
    return new Patterns(
        model, Batch.of(Arrays.copyOfRange(tokens, 0, Math.min(BATCH, tokens.length))));
  }

  /** The share of the ICL score that is lost: 1 - score / intact score; NaN where there is none. */
  double iclLost(List<Intervention> interventions) {
    double own = icl.applyAsDouble(intact);
    return own < 0 ? 1 - icl.applyAsDouble(under(interventions)) / own : Double.NaN;
  }

  /** The mean loss, nats per token. */
  static double mean(float[][] losses) {
    double sum = 0;
    for (double loss : Subject.byIndex(losses)) {
      sum += loss;
    }
    return sum / losses[0].length;
  }

  /**
   * The mean loss where the context tells the answer, nats per token: at positions whose token
   * occurred before with the successor that it has now. NaN where there is no such position.
   */
  double matched(float[][] losses) {
    return mean(losses, true);
  }

  /** The mean loss at all other positions, nats per token. */
  double unmatched(float[][] losses) {
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
