package refrain.probe;

import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import refrain.base.RefrainException;
import refrain.data.Rng;

/**
 * What composition scores are by chance: of pairs of heads whose W_Q, W_K, W_V and W_O are
 * independent normal numbers, of the same shapes. K-, Q- and V-composition then have one
 * distribution, because each is the norm of four such matrices multiplied in a row. About
 * 1/sqrt(d_model) for d_head well below d_model.
 *
 * @param dModel rows
 * @param dHead columns
 * @param samples random pairs
 * @param seed of their entries
 * @param mean of their scores
 * @param sd standard deviation of their scores (divisor samples - 1)
 */
public record CompositionNull(
    int dModel, int dHead, int samples, long seed, double mean, double sd) {

  /** Draws the pairs; the cost is 5 samples dModel dHead^2 multiplications. */
  public static CompositionNull draw(int dModel, int dHead, int samples, long seed) {
    if (samples < 2) {
      throw RefrainException.badInput(
          "composition null: " + samples + " samples, expected at least 2");
    }
    Rng rng = Rng.of(seed).split("composition null");
    double[] scores = new double[samples];
    double mean = 0;
    for (int i = 0; i < samples; i++) {
      RealMatrix a = normal(rng, dModel, dHead);
      RealMatrix b = normal(rng, dModel, dHead);
      RealMatrix c = normal(rng, dModel, dHead);
      RealMatrix d = normal(rng, dModel, dHead);
      RealMatrix aa = a.transposeMultiply(a);
      RealMatrix dd = d.transposeMultiply(d);
      double ab = aa.multiply(b.transposeMultiply(b)).getTrace();
      double cd = c.transposeMultiply(c).multiply(dd).getTrace();
      scores[i] = Math.sqrt(Composition.sandwich(aa, b.transposeMultiply(c), dd) / (ab * cd));
      mean += scores[i] / samples;
    }
    double squares = 0;
    for (double score : scores) {
      squares += (score - mean) * (score - mean);
    }
    return new CompositionNull(
        dModel, dHead, samples, seed, mean, Math.sqrt(squares / (samples - 1)));
  }

  /** How many standard deviations a score lies above chance. */
  public double z(double score) {
    return (score - mean) / sd;
  }

  /** Such as "100 pairs of random normal heads of the same shape, seed 1". */
  public String describe() {
    return samples + " pairs of random normal heads of the same shape, seed " + seed;
  }

  private static RealMatrix normal(Rng rng, int rows, int columns) {
    RealMatrix m = MatrixUtils.createRealMatrix(rows, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        m.setEntry(i, j, rng.nextGaussian());
      }
    }
    return m;
  }
}
