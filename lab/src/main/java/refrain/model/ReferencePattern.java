package refrain.model;

import java.util.Arrays;

/**
 * From queries and keys to the mix of values. H query heads share K key heads.
 *
 * <pre>
 * scores  [H, T, T]    rotQ[i] . rotK[j] / sqrt(d_head) + ALiBi + edits; -infinity where j > i
 *                      or i - j is not within the layer's window
 * softmax [H, T, T]    over j
 * pattern [H, T, T]    softmax, edited
 * z       [T, H d_head]   sum over j of pattern[i, j] v[j]
 * </pre>
 */
final class ReferencePattern {
  private final ReferencePass pass;
  private final ModelSpec spec;
  private final int layer;
  private final int dHead;
  private final int context;
  private final double[][] rotQ;
  private final double[][] rotK;
  private final double[][] v;
  private final double[][][] softmax;
  private final double[][][] pattern;
  final double[][] z;

  ReferencePattern(ReferencePass pass, int layer, double[][] rotQ, double[][] rotK, double[][] v) {
    this.pass = pass;
    this.spec = pass.spec();
    this.layer = layer;
    this.dHead = spec.dHead();
    this.context = pass.context();
    this.rotQ = rotQ;
    this.rotK = rotK;
    this.v = v;
    double[][][] scores = scores();
    pass.showSquares(HookKind.ATTN_SCORES, layer, scores);
    this.softmax = softmax(scores);
    this.pattern = editedPattern();
    pass.showSquares(HookKind.PATTERN, layer, pattern);
    this.z = mix();
  }

  private double[][][] scores() {
    double[][][] scores = new double[spec.nHeads()][context][context];
    for (int h = 0; h < spec.nHeads(); h++) {
      int kv = h / spec.group();
      for (int i = 0; i < context; i++) {
        for (int j = 0; j < context; j++) {
          double dot = 0;
          for (int c = 0; c < dHead; c++) {
            dot += rotQ[i][h * dHead + c] * rotK[j][kv * dHead + c];
          }
          scores[h][i][j] =
              spec.sees(layer, i - j)
                  ? dot / Math.sqrt(dHead) + ReferencePositions.alibi(spec, h, i, j)
                  : Double.NEGATIVE_INFINITY;
        }
      }
    }
    for (Plan.ScoreEdit edit : pass.plan().scores()) {
      if (edit.head().layer() == layer) {
        double[][] ofHead = scores[edit.head().head()];
        float[] bias = pass.constants(edit.bias());
        for (int i = 0; i < context; i++) {
          for (int j = 0; j <= i; j++) {
            ofHead[i][j] += bias[i * context + j];
          }
        }
      }
    }
    return scores;
  }

  private double[][][] softmax(double[][][] scores) {
    double[][][] p = new double[spec.nHeads()][context][context];
    for (int h = 0; h < spec.nHeads(); h++) {
      for (int i = 0; i < context; i++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j <= i; j++) {
          max = Math.max(max, scores[h][i][j]);
        }
        double sum = 0;
        for (int j = 0; j <= i; j++) {
          p[h][i][j] = StrictMath.exp(scores[h][i][j] - max);
          sum += p[h][i][j];
        }
        for (int j = 0; j <= i; j++) {
          p[h][i][j] /= sum;
        }
      }
    }
    return p;
  }

  private double[][][] editedPattern() {
    double[][][] p = Arrays.stream(softmax).map(ReferencePass::copy).toArray(double[][][]::new);
    for (Plan.PatternEdit edit : pass.plan().patterns()) {
      if (edit.head().layer() == layer) {
        double[][] ofHead = p[edit.head().head()];
        float[] template = pass.constants(edit.template());
        double w = edit.weight();
        for (int i = 0; i < context; i++) {
          for (int j = 0; j <= i; j++) {
            double to = template[i * context + j];
            ofHead[i][j] = (1 - w) * ofHead[i][j] + w * to;
          }
        }
      }
    }
    return p;
  }

  private double[][] mix() {
    double[][] mixed = new double[context][spec.nHeads() * dHead];
    for (int h = 0; h < spec.nHeads(); h++) {
      int kv = h / spec.group();
      for (int i = 0; i < context; i++) {
        for (int j = 0; j <= i; j++) {
          for (int c = 0; c < dHead; c++) {
            mixed[i][h * dHead + c] += pattern[h][i][j] * v[j][kv * dHead + c];
          }
        }
      }
    }
    return mixed;
  }

  /** From the gradient of z to those of v, rotQ and rotK, through one head's pattern. */
  void backward(int h, double[][] dZ, double[][] dV, double[][] dRotQ, double[][] dRotK) {
    int kv = h / spec.group();
    double kept = 1;
    for (Plan.PatternEdit edit : pass.plan().patterns()) {
      if (edit.head().equals(new HeadId(layer, h))) {
        kept *= 1 - (double) edit.weight();
      }
    }
    for (int i = 0; i < context; i++) {
      double[] dP = new double[i + 1];
      double mean = 0;
      for (int j = 0; j <= i; j++) {
        for (int c = 0; c < dHead; c++) {
          dV[j][kv * dHead + c] += pattern[h][i][j] * dZ[i][h * dHead + c];
          dP[j] += kept * dZ[i][h * dHead + c] * v[j][kv * dHead + c];
        }
        mean += softmax[h][i][j] * dP[j];
      }
      for (int j = 0; j <= i; j++) {
        double dScore = softmax[h][i][j] * (dP[j] - mean) / Math.sqrt(dHead);
        for (int c = 0; c < dHead; c++) {
          dRotQ[i][h * dHead + c] += dScore * rotK[j][kv * dHead + c];
          dRotK[j][kv * dHead + c] += dScore * rotQ[i][h * dHead + c];
        }
      }
    }
  }
}
