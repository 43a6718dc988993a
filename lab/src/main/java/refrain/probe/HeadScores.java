package refrain.probe;

import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Definition.Better;

/**
 * One number for every head.
 *
 * @param byLayer [layer, head]
 */
public record HeadScores(double[][] byLayer) {

  /**
   * The means over sequences, summed in the order of the sequences whatever order they were
   * computed in; NaN entries are left out.
   *
   * @param bySequence [sequence, layer, head]
   */
  static HeadScores mean(double[][][] bySequence) {
    int layers = bySequence[0].length;
    int heads = bySequence[0][0].length;
    double[][] mean = new double[layers][heads];
    for (int l = 0; l < layers; l++) {
      for (int h = 0; h < heads; h++) {
        double sum = 0;
        int n = 0;
        for (double[][] sequence : bySequence) {
          if (!Double.isNaN(sequence[l][h])) {
            sum += sequence[l][h];
            n++;
          }
        }
        mean[l][h] = sum / n;
      }
    }
    return new HeadScores(mean);
  }

  /** A number computed from a layer and a head. */
  @FunctionalInterface
  interface OfHead {
    double of(int layer, int head);
  }

  /** The numbers of all heads of a model. */
  static HeadScores each(ModelSpec spec, OfHead score) {
    double[][] scores = new double[spec.nLayers()][spec.nHeads()];
    for (int l = 0; l < spec.nLayers(); l++) {
      for (int h = 0; h < spec.nHeads(); h++) {
        scores[l][h] = score.of(l, h);
      }
    }
    return new HeadScores(scores);
  }

  public double get(int layer, int head) {
    return byLayer[layer][head];
  }

  public int layers() {
    return byLayer.length;
  }

  public int heads() {
    return byLayer[0].length;
  }

  /**
   * Writes {@code key.L0H0 ...} for every head, and either {@code key.best}, {@code key.best.head}
   * ({@link HeadId#index}) and {@code key.best.L0 ...} (the best of each layer), or, where no
   * direction is better, {@code key.mean}.
   */
  public void report(Definition definition, Measurements out) {
    String key = definition.key();
    Better better = definition.better();
    HeadId best = new HeadId(0, 0);
    double sum = 0;
    for (int l = 0; l < layers(); l++) {
      for (int h = 0; h < heads(); h++) {
        HeadId head = new HeadId(l, h);
        double score = byLayer[l][h];
        out.put(key + "." + head, score);
        sum += score;
        best = beats(better, score, get(best.layer(), best.head())) ? head : best;
      }
    }
    if (better == Better.NEITHER) {
      out.put(key + ".mean", sum / (layers() * heads()));
      return;
    }
    out.put(key + ".best", get(best.layer(), best.head()));
    out.put(key + ".best.head", best.index(heads()));
    for (int l = 0; l < layers(); l++) {
      double ofLayer = byLayer[l][0];
      for (double score : byLayer[l]) {
        ofLayer = beats(better, score, ofLayer) ? score : ofLayer;
      }
      out.put(key + ".best.L" + l, ofLayer);
    }
  }

  private static boolean beats(Better better, double a, double b) {
    return better == Better.LOWER ? a < b : a > b || Double.isNaN(b);
  }
}
