package refrain.probe;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import refrain.data.Rng;

/**
 * What copying scores are by chance: of heads that write d_head normal numbers for a token, of
 * which the unembedding reads the logit of each token by d_head other normal numbers. Those are the
 * values and the direct path of random W_V and W_O in a wide model. A head of few numbers cannot
 * hold many tokens apart, so that its score stays low however well it copies; how far it lies above
 * these heads does not.
 *
 * @param dHead numbers that a head writes
 * @param samples random heads
 * @param mean of their scores
 * @param sd standard deviation of their scores (divisor samples - 1)
 */
public record CopyingNull(int dHead, int samples, double mean, double sd) {

  /**
   * Scores random heads on the sequences that the model's are scored on, each position attending to
   * all up to its own alike.
   *
   * @param samples at least 2
   */
  public static CopyingNull draw(RepeatedSequences sequences, int dHead, int samples, long seed) {
    Rng rng = Rng.of(seed).split("copying null");
    int n = sequences.shortest();
    double[] attention = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        attention[j] += 1.0 / (i + 1);
      }
    }
    double[] scores = new double[samples];
    for (int h = 0; h < samples; h++) {
      Map<Integer, double[][]> codes = new HashMap<>(); // of a token: what it writes, what reads it
      for (int[] tokens : sequences.batch().tokens()) {
        double[][] writes = new double[n][];
        double[][] reads = new double[n][];
        for (int m = 0; m < n; m++) {
          double[][] code =
              codes.computeIfAbsent(
                  tokens[sequences.first() + m],
                  _ -> new double[][] {normal(rng, dHead), normal(rng, dHead)});
          writes[m] = code[0];
          reads[m] = code[1];
        }
        scores[h] += score(writes, reads, attention) / sequences.batch().size();
      }
    }
    double mean = Arrays.stream(scores).average().orElseThrow();
    double squares = Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).sum();
    return new CopyingNull(dHead, samples, mean, Math.sqrt(squares / (samples - 1)));
  }

  private static double[] normal(Rng rng, int n) {
    double[] code = new double[n];
    Arrays.setAll(code, i -> rng.nextGaussian());
    return code;
  }

  /**
   * The {@link CopyingScore} of a head on a sample of tokens, attending to a of which raises the
   * logit of b by writes[a] . reads[b].
   *
   * @param writes [token, d_head]
   * @param reads [token, d_head]
   * @param attention [token] that it pays to each in all
   */
  public static double score(double[][] writes, double[][] reads, double[] attention) {
    double raised = 0;
    double all = 0;
    for (int a = 0; a < writes.length; a++) {
      double[] logits = new double[reads.length];
      for (int b = 0; b < reads.length; b++) {
        for (int f = 0; f < writes[a].length; f++) {
          logits[b] += writes[a][f] * reads[b][f];
        }
      }
      double mean = Arrays.stream(logits).average().orElseThrow();
      raised += attention[a] * Math.max(0, logits[a] - mean);
      for (double logit : logits) {
        all += attention[a] * Math.abs(logit - mean);
      }
    }
    return 4 * raised / all - 1;
  }

  /** How many standard deviations a score lies above chance. */
  public double z(double score) {
    return (score - mean) / sd;
  }

  String describe() {
    return samples + " heads that write " + dHead + " random normal numbers";
  }
}
