package refrain.analysis.given;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.data.Rng;
import refrain.intervene.Template;

/**
 * Predicts the next token from the tokens at given places alone: m, all of them alike, mixed with
 * the frequencies u of tokens. How far it trusts the places depends on the index in the context
 * only. Where a query has no place it predicts u.
 */
final class PlacesCopyist {
  private static final int ITERATIONS = 50;

  private final List<Template> templates;
  private final @Nullable Rng elsewhere;

  private double[] frequency = new double[0];
  private double[] trust = new double[0];

  /**
   * @param templates whose places are joined
   * @param elsewhere draws as many other places instead; null: the places themselves
   */
  PlacesCopyist(List<Template> templates, @Nullable Rng elsewhere) {
    this.templates = templates;
    this.elsewhere = elsewhere;
  }

  /**
   * Learns u and the trust at each index, by maximum likelihood.
   *
   * @param sequences [sequence, T + 1]
   */
  PlacesCopyist fit(int[][] sequences, int vocab) {
    int context = sequences[0].length - 1;
    frequency = new double[vocab];
    Arrays.fill(frequency, .5);
    for (int[] tokens : sequences) {
      for (int token : tokens) {
        frequency[token]++;
      }
    }
    double total = Arrays.stream(frequency).sum();
    for (int token = 0; token < vocab; token++) {
      frequency[token] /= total;
    }
    double[][] shares = new double[sequences.length][];
    Arrays.setAll(shares, s -> shares(sequences[s]));
    trust = new double[context];
    for (int t = 0; t < context; t++) {
      trust[t] = trust(sequences, shares, t);
    }
    return this;
  }

  /** The weight of m at one index: EM for a mixture of two known distributions. */
  private double trust(int[][] sequences, double[][] shares, int t) {
    double weight = .5;
    for (int i = 0; i < ITERATIONS; i++) {
      double copied = 0;
      int known = 0;
      for (int s = 0; s < sequences.length; s++) {
        double m = shares[s][t];
        if (!Double.isNaN(m)) {
          known++;
          double p = weight * m;
          copied += p / (p + (1 - weight) * frequency[sequences[s][t + 1]]);
        }
      }
      weight = (copied + .5) / (known + 1); // never 0 or 1: what was not seen may come
    }
    return weight;
  }

  /** Losses [sequence, T] in nats. */
  float[][] losses(int[][] sequences) {
    float[][] losses = new float[sequences.length][];
    for (int s = 0; s < sequences.length; s++) {
      double[] shares = shares(sequences[s]);
      losses[s] = new float[shares.length];
      for (int t = 0; t < shares.length; t++) {
        double u = frequency[sequences[s][t + 1]];
        double p = Double.isNaN(shares[t]) ? u : trust[t] * shares[t] + (1 - trust[t]) * u;
        losses[s][t] = (float) -Math.log(p);
      }
    }
    return losses;
  }

  /** m of the next token at each index; NaN where there is no place. */
  private double[] shares(int[] tokens) {
    int context = tokens.length - 1;
    double[] shares = new double[context];
    boolean[][] places = places(tokens, context);
    for (int t = 0; t < context; t++) {
      int all = 0;
      int right = 0;
      for (int j = 0; j <= t; j++) {
        if (places[t][j]) {
          all++;
          right += tokens[j] == tokens[t + 1] ? 1 : 0;
        }
      }
      shares[t] = all == 0 ? Double.NaN : (double) right / all;
    }
    return shares;
  }

  private boolean[][] places(int[] tokens, int context) {
    boolean[][] places = new boolean[context][context];
    for (Template template : templates) {
      float[] targets = template.targets(tokens, context);
      for (int t = 0; t < context; t++) {
        for (int j = 0; j <= t; j++) {
          places[t][j] |= targets[t * context + j] != 0;
        }
      }
    }
    if (elsewhere != null) {
      for (int t = 0; t < context; t++) {
        int count = 0;
        for (boolean place : places[t]) {
          count += place ? 1 : 0;
        }
        Arrays.fill(places[t], false);
        for (int j : elsewhere.sample(t + 1, count)) {
          places[t][j] = true;
        }
      }
    }
    return places;
  }
}
