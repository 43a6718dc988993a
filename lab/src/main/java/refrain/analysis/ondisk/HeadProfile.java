package refrain.analysis.ondisk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.ControlSets;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.HeadsOff;
import refrain.model.ModelSpec;
import refrain.model.PromptPass;
import refrain.model.PromptWatcher;
import refrain.pretrained.ModelOnDisk;
import refrain.probe.RepeatedSequences;

/**
 * What the heads of a model do, which sets of them are taken off, and what is put in their place.
 *
 * @param prefix [layer][head] prefix-matching score on repeated random tokens
 * @param previous [layer][head] attention to the token before on natural text
 * @param output [layer][head] root mean square norm of what it writes into the stream on natural
 *     text
 * @param mean [layer][head][d_head] its mix of values on natural text, the mean over positions
 */
record HeadProfile(double[][] prefix, double[][] previous, double[][] output, float[][][] mean) {
  /** A head that scores more is in no set to compare with. */
  private static final double NO_MATCH = .12;

  /** A head to compare with writes no more and no less than so many times as much. */
  private static final double ALIKE = 2;

  private static final int BLOCK = RepeatedSequences.BLOCK;

  /**
   * Reads the model on both.
   *
   * @param done hears of layers
   */
  static HeadProfile of(
      ModelOnDisk model, PromptPass pass, Repeats repeats, Texts texts, IntConsumer done) {
    ModelSpec spec = model.spec();
    Scores matching = new Scores(spec, repeats);
    pass.of(repeats.trees(), List.of(HeadsOff.NONE), matching, done);
    Scores reading = new Scores(spec, texts);
    pass.of(texts.trees(), List.of(HeadsOff.NONE), reading, done);
    return new HeadProfile(matching.mean(), reading.mean(), reading.output(model), reading.mixes());
  }

  /** Heads with the highest scores, the best first. */
  static List<HeadId> best(double[][] scores, int number, int below) {
    return IntStream.range(0, Math.min(below, scores.length))
        .boxed()
        .flatMap(l -> IntStream.range(0, scores[l].length).mapToObj(h -> new HeadId(l, h)))
        .sorted(Comparator.comparingDouble((HeadId h) -> -scores[h.layer()][h.head()]))
        .limit(number)
        .toList();
  }

  double prefix(HeadId head) {
    return prefix[head.layer()][head.head()];
  }

  double output(HeadId head) {
    return output[head.layer()][head.head()];
  }

  /**
   * Other sets with as many heads in each layer, none of which matches prefixes, that write about
   * as much: the root of the sum of squares of their outputs lies within a factor of 2.
   */
  List<List<HeadId>> others(List<HeadId> set, int most) {
    List<HeadId> free = new ArrayList<>();
    for (HeadId head : best(prefix, Integer.MAX_VALUE, prefix.length)) {
      if (prefix(head) <= NO_MATCH && !set.contains(head)) {
        free.add(head);
      }
    }
    Rng rng = Rng.of(17).split("other heads " + set.size());
    List<List<HeadId>> alike =
        ControlSets.alike(free, set, 40 * most, rng).stream()
            .filter(other -> alike(set, other))
            .toList();
    int[] some = rng.split("which").sample(alike.size(), Math.min(most, alike.size()));
    return Arrays.stream(some).mapToObj(alike::get).toList();
  }

  private boolean alike(List<HeadId> set, List<HeadId> other) {
    double ratio = written(other) / written(set);
    return ratio <= ALIKE && ratio >= 1 / ALIKE;
  }

  private double written(List<HeadId> set) {
    return Math.sqrt(set.stream().mapToDouble(h -> output(h) * output(h)).sum());
  }

  /** Heads off by their means. */
  HeadsOff byMean(List<HeadId> heads) {
    Map<HeadId, float[]> instead = new LinkedHashMap<>();
    heads.forEach(h -> instead.put(h, mean[h.layer()][h.head()]));
    return new HeadsOff(instead);
  }

  HeadsOff byZero(List<HeadId> heads) {
    return HeadsOff.zero(heads, mean[0][0].length);
  }

  /** Sums over rows, a slot a tree, so that the order of threads does not matter. */
  private static final class Scores implements PromptWatcher {
    private final ModelSpec spec;
    private final Stimulus stimulus;

    /** The stimulus, where its tokens repeat; null: attention to the token before is scored. */
    private final @Nullable Repeats repeats;

    /** [tree][layer][head] */
    private final double[][][] score;

    /** [tree][layer][head][d_head] and the sums of products of two of them. */
    private final double[][][][] mix;

    private final double[][][][] square;

    Scores(ModelSpec spec, Stimulus stimulus) {
      this.spec = spec;
      this.stimulus = stimulus;
      this.repeats = stimulus instanceof Repeats r ? r : null;
      int trees = stimulus.trees().size();
      score = new double[trees][spec.nLayers()][spec.nHeads()];
      int kept = repeats == null ? trees : 0;
      mix = new double[kept][spec.nLayers()][spec.nHeads()][spec.dHead()];
      square = new double[kept][spec.nLayers()][spec.nHeads()][];
    }

    @Override
    public boolean wantsAttention(int layer) {
      return true;
    }

    @Override
    public void attention(int set, int tree, int layer, int head, int row, float[] p, int at) {
      int i = stimulus.trees().get(tree).position(row);
      score[tree][layer][head] +=
          repeats != null ? repeats.matching(i, p, at) : i == 0 ? 0 : p[at + i - 1];
    }

    @Override
    public boolean wantsMixes(int layer) {
      return repeats == null;
    }

    @Override
    public void mixes(int set, int tree, int layer, int row, float[] z, int at) {
      int d = spec.dHead();
      for (int h = 0; h < spec.nHeads(); h++) {
        double[] sum = mix[tree][layer][h];
        double[] own = square[tree][layer][h];
        if (own == null) {
          own = new double[d * d];
          square[tree][layer][h] = own;
        }
        int from = at + h * d;
        for (int a = 0; a < d; a++) {
          sum[a] += z[from + a];
          for (int b = 0; b < d; b++) {
            own[a * d + b] += (double) z[from + a] * z[from + b];
          }
        }
      }
    }

    /** The mean over rows that can be scored: all but the first block, or the first token. */
    double[][] mean() {
      double[][] mean = new double[spec.nLayers()][spec.nHeads()];
      int n = 0;
      for (int t = 0; t < score.length; t++) {
        n += stimulus.trees().get(t).rows() - (repeats == null ? 1 : repeats.first() + BLOCK);
        for (int l = 0; l < mean.length; l++) {
          for (int h = 0; h < mean[l].length; h++) {
            mean[l][h] += score[t][l][h];
          }
        }
      }
      for (double[] layer : mean) {
        for (int h = 0; h < layer.length; h++) {
          layer[h] /= n;
        }
      }
      return mean;
    }

    private int rows() {
      return stimulus.trees().stream().mapToInt(t -> t.rows()).sum();
    }

    float[][][] mixes() {
      float[][][] mean = new float[spec.nLayers()][spec.nHeads()][spec.dHead()];
      for (int l = 0; l < mean.length; l++) {
        for (int h = 0; h < spec.nHeads(); h++) {
          for (int c = 0; c < spec.dHead(); c++) {
            double sum = 0;
            for (double[][][] tree : mix) {
              sum += tree[l][h][c];
            }
            mean[l][h][c] = (float) (sum / rows());
          }
        }
      }
      return mean;
    }

    /** By the mean of z^T G z, where G holds the products of W_O's rows. */
    double[][] output(ModelOnDisk model) {
      int d = spec.dHead();
      int width = spec.dModel();
      double[][] norm = new double[spec.nLayers()][spec.nHeads()];
      int rows = spec.nHeads() * d;
      float[] out = new float[rows * width];
      for (int l = 0; l < norm.length; l++) {
        model.columns("blocks." + l + ".attn.W_O", rows, 0, width, out, 0);
        for (int h = 0; h < spec.nHeads(); h++) {
          double sum = 0;
          for (int a = 0; a < d; a++) {
            for (int b = 0; b < d; b++) {
              int x = (h * d + a) * width;
              int y = (h * d + b) * width;
              double product = 0;
              for (int c = 0; c < width; c++) {
                product += (double) out[x + c] * out[y + c];
              }
              for (double[][][] tree : square) {
                sum += product * tree[l][h][a * d + b];
              }
            }
          }
          norm[l][h] = Math.sqrt(Math.max(0, sum) / rows());
        }
      }
      return norm;
    }
  }
}
