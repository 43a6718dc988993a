package refrain.model;

import static refrain.base.RefrainException.require;

import refrain.base.RefrainException;
import refrain.data.Rng;

/**
 * How the next token is chosen from logits.
 *
 * @param temperature logits are divided by it; 0: greedy, the token of the highest logit (of the
 *     lowest id where several share it)
 * @param topK only so many of the most likely tokens can be drawn (the lower ids where several
 *     share the last place); 0: all
 * @param seed of the draws
 */
public record Sampling(double temperature, int topK, long seed) {
  public static final Sampling GREEDY = new Sampling(0, 0, 0);

  public Sampling {
    require(
        temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
        "sampling: temperature is %s, expected 0 (greedy) or more",
        temperature);
    require(topK >= 0, "sampling: topK is %s, expected 0 (all tokens) or more", topK);
  }

  /** The next token; advances the generator by one draw unless greedy. */
  int choose(float[] logits, Rng rng) {
    int best = 0;
    for (int v = 0; v < logits.length; v++) {
      if (Float.isNaN(logits[v])) {
        throw RefrainException.diverged(
            "generation: the logit of token "
                + v
                + " is NaN; the model's parameters are damaged, use an earlier checkpoint");
      }
      best = logits[v] > logits[best] ? v : best;
    }
    if (temperature == 0) {
      return best;
    }
    double[] weights = new double[logits.length];
    double sum = 0;
    boolean[] kept = kept(logits);
    for (int v = 0; v < logits.length; v++) {
      weights[v] = kept[v] ? StrictMath.exp((logits[v] - logits[best]) / temperature) : 0;
      sum += weights[v];
    }
    double left = rng.nextDouble() * sum;
    int last = best;
    for (int v = 0; v < logits.length; v++) {
      if (weights[v] > 0) {
        left -= weights[v];
        last = v;
        if (left < 0) {
          return v;
        }
      }
    }
    // Rounding may leave a rest of the draw behind the last token.
    return last;
  }

  private boolean[] kept(float[] logits) {
    boolean[] kept = new boolean[logits.length];
    if (topK == 0 || topK >= logits.length) {
      java.util.Arrays.fill(kept, true);
      return kept;
    }
    float[] sorted = logits.clone();
    java.util.Arrays.sort(sorted);
    float last = sorted[logits.length - topK];
    int above = 0;
    for (float x : logits) {
      above += x > last ? 1 : 0;
    }
    int ties = topK - above;
    for (int v = 0; v < logits.length; v++) {
      kept[v] = logits[v] > last || (logits[v] == last && ties-- > 0);
    }
    return kept;
  }
}
