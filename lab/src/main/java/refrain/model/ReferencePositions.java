package refrain.model;

import org.jspecify.annotations.Nullable;

/** The arithmetic of {@link Positions}. */
final class ReferencePositions {
  private final ModelSpec spec;
  private final ReferenceWeights.@Nullable Tensor table;

  ReferencePositions(ModelSpec spec, ReferenceWeights weights) {
    this.spec = spec;
    this.table = weights.find("pos_embed.W_pos");
  }

  /** Whether positions are added to the embedding. */
  boolean inStream() {
    return spec.positions() instanceof Positions.Learned
        || spec.positions() instanceof Positions.Sinusoidal;
  }

  /** Whether positions are added to the inputs of Q and K. */
  boolean atQueriesAndKeys() {
    return spec.positions() instanceof Positions.Shortformer;
  }

  /** What is added at each position, [T, d_model]; only where something is. */
  double[][] vectors(int context) {
    double[][] p = new double[context][spec.dModel()];
    for (int t = 0; t < context; t++) {
      for (int i = 0; i < spec.dModel(); i++) {
        p[t][i] = table == null ? Positions.Sinusoidal.at(t, i, spec.dModel()) : table.at(t, i);
      }
    }
    return p;
  }

  /** Adds to the gradient of the table, if there is one. */
  void backward(double[][] dVectors) {
    if (table != null) {
      for (int t = 0; t < dVectors.length; t++) {
        for (int i = 0; i < dVectors[t].length; i++) {
          table.addGradient(dVectors[t][i], t, i);
        }
      }
    }
  }

  /**
   * Turns the first features of every head by the position's angles, in place; the gradient of a
   * rotation is the rotation back.
   *
   * @param x [T, heads * d_head]
   * @param direction 1 forward, -1 backward
   */
  static void rotate(ModelSpec spec, double[][] x, int direction) {
    if (!(spec.positions() instanceof Positions.Rotary rotary)) {
      return;
    }
    int dims = spec.rotaryDims();
    int half = dims / 2;
    for (int t = 0; t < x.length; t++) {
      for (int from = 0; from < x[t].length; from += spec.dHead()) {
        for (int i = 0; i < half; i++) {
          double angle = direction * t * rotary.angle(i, dims);
          double cos = StrictMath.cos(angle);
          double sin = StrictMath.sin(angle);
          double a = x[t][from + i];
          double b = x[t][from + half + i];
          x[t][from + i] = a * cos - b * sin;
          x[t][from + half + i] = a * sin + b * cos;
        }
      }
    }
  }

  /** What ALiBi adds to the score of query i with key j; 0 under other schemes. */
  static double alibi(ModelSpec spec, int head, int i, int j) {
    return spec.positions() instanceof Positions.Alibi
        ? -StrictMath.pow(2, -8.0 * (head + 1) / spec.nHeads()) * (i - j)
        : 0;
  }
}
