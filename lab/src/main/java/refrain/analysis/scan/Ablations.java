package refrain.analysis.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import refrain.analysis.measure.Change;
import refrain.model.HeadId;
import refrain.model.LayerStream;
import refrain.model.ModelSpec;
import refrain.model.Streams;
import refrain.probe.RepeatedSequences;

/**
 * Losses with one head taken out, of many heads: copies of the sequences that go their own way from
 * the head's layer on. What lies below, and the attention of the layer itself, is computed once.
 */
final class Ablations {
  /** Floats that the copies of one round may take: 256 MB. */
  private static final long FLOATS = 64L << 20;

  private final LayerStream stream;
  private final ModelSpec spec;
  private final Progress progress;

  /** The repeated sequences, then the text, [sequence, T]. */
  private final int[][] tokens;

  /** What is read of them; below 0: not read. */
  private final int[][] targets;

  /** How many are repeated sequences. */
  private final int repeated;

  private record Variant(HeadId head, Effects.By by) {}

  Ablations(LayerStream stream, RepeatedSequences sequences, int[][] text, Progress progress) {
    this.stream = stream;
    this.spec = stream.spec();
    this.progress = progress;
    this.repeated = sequences.batch().size();
    List<int[]> read = new ArrayList<>();
    List<int[]> wanted = new ArrayList<>();
    for (int s = 0; s < repeated; s++) {
      add(sequences.batch().tokens()[s], sequences.again(s), read, wanted);
    }
    for (int[] own : text) {
      add(own, 0, read, wanted);
    }
    tokens = read.toArray(int[][]::new);
    targets = wanted.toArray(int[][]::new);
  }

  private static void add(int[] x, int from, List<int[]> read, List<int[]> wanted) {
    int t = x.length - 1;
    read.add(Arrays.copyOf(x, t));
    int[] next = Arrays.copyOfRange(x, 1, t + 1);
    Arrays.fill(next, 0, Math.min(from, t), -1);
    wanted.add(next);
  }

  /** Each head with each replacement, by layer; as many as were done. */
  List<Effects.Without> of(List<HeadId> heads, List<Effects.By> by) {
    List<Variant> variants = new ArrayList<>();
    heads.stream()
        .sorted(Comparator.comparingInt(head -> head.index(spec.nHeads())))
        .forEach(head -> by.forEach(one -> variants.add(new Variant(head, one))));
    double all = variants.stream().mapToDouble(this::work).sum() + spec.nLayers() + unembedding();
    double done = 0;
    List<Effects.Without> found = new ArrayList<>();
    if (variants.isEmpty() || !progress.goOn(0, "as it is")) {
      return found;
    }
    float[][] intact = intact();
    done += spec.nLayers() + unembedding();
    Streams front = stream.embed(tokens);
    int reached = 0;
    int round = round(front.size());
    for (int from = 0; from < variants.size(); from += round) {
      List<Variant> some = variants.subList(from, Math.min(variants.size(), from + round));
      int lowest = some.getFirst().head.layer();
      for (; reached < lowest; reached++) {
        stream.block(reached, front, null);
      }
      float[][] losses = losses(front, some, done, all);
      if (losses.length == 0) {
        return found;
      }
      for (int v = 0; v < some.size(); v++) {
        int n = tokens.length;
        float[][] own = Arrays.copyOfRange(losses, v * n, (v + 1) * n);
        found.add(compared(some.get(v), intact, own));
      }
      done += some.stream().mapToDouble(this::work).sum();
    }
    return found;
  }

  /** In layers of one copy. */
  private double work(Variant variant) {
    return spec.nLayers() - variant.head.layer() + unembedding();
  }

  /** What the logits cost, in layers. */
  private double unembedding() {
    double d = spec.dModel();
    double attention = 2 * d * spec.dHead() * (spec.nHeads() + spec.nKvHeads());
    double mlp = (spec.activation().gated() ? 3 : 2) * d * spec.dMlp();
    return d * spec.dVocab() / (attention + mlp);
  }

  private int round(int sequences) {
    long rows = 0;
    for (int s = 0; s < sequences; s++) {
      rows += tokens[s].length;
    }
    long heads = (long) spec.nHeads() * spec.dHead();
    long row = 3L * spec.dModel() + 2 * heads + 2L * spec.nKvHeads() * spec.dHead();
    long floats = rows * (row + 2L * spec.dMlp());
    return (int) Math.clamp(FLOATS / floats - 1, 1, 64);
  }

  private float[][] intact() {
    Streams streams = stream.embed(tokens);
    for (int l = 0; l < spec.nLayers(); l++) {
      stream.block(l, streams, null);
    }
    return stream.losses(streams, 0, targets);
  }

  /** [variant, sequence] of one round; empty where it was stopped. */
  private float[][] losses(Streams front, List<Variant> some, double before, double all) {
    int n = tokens.length;
    Streams streams =
        stream.room((some.size() + 1) * Arrays.stream(tokens).mapToInt(t -> t.length).sum());
    for (int s = 0; s < n; s++) {
      streams.add(front, s);
    }
    int intact = n;
    int begun = 0;
    double work = 0;
    for (int l = some.getFirst().head.layer(); l < spec.nLayers(); l++) {
      String what = "without " + some.getFirst().head + " to " + some.getLast().head;
      if (!progress.goOn((before + work) / all, what)) {
        return new float[0][];
      }
      stream.attend(l, streams, 0, s -> s, null);
      for (; begun < some.size() && some.get(begun).head.layer() == l; begun++) {
        branch(streams, some.get(begun));
      }
      if (begun == some.size() && intact > 0) {
        streams.removeFirst(intact);
        intact = 0;
      }
      stream.write(l, streams);
      work += begun;
    }
    int[][] wanted = new int[some.size() * n][];
    Arrays.setAll(wanted, s -> targets[s % n]);
    return stream.losses(streams, 0, wanted);
  }

  /** Another copy of all sequences as they are, without the head. */
  private void branch(Streams streams, Variant variant) {
    int n = tokens.length;
    int head = variant.head.head();
    float[] mean = new float[spec.dHead()];
    for (int s = 0; s < n; s++) {
      // The repeated sequences have one mean, the text another.
      if (variant.by == Effects.By.MEAN && (s == 0 || s == repeated)) {
        mean = mean(streams, head, s, s == 0 ? repeated : n);
      }
      streams.setHeadOutput(streams.add(streams, s), head, mean);
    }
  }

  private float[] mean(Streams streams, int head, int from, int to) {
    double[] sum = new double[spec.dHead()];
    int positions = 0;
    for (int s = from; s < to; s++) {
      float[] z = streams.headOutput(s, head, spec.dHead());
      for (int i = 0; i < z.length; i++) {
        sum[i % spec.dHead()] += z[i];
      }
      positions += streams.context(s);
    }
    float[] mean = new float[spec.dHead()];
    for (int f = 0; f < mean.length; f++) {
      mean[f] = (float) (sum[f] / positions);
    }
    return mean;
  }

  private Effects.Without compared(Variant variant, float[][] intact, float[][] own) {
    return new Effects.Without(
        variant.head.toString(),
        variant.by,
        Change.between(bySequence(intact), bySequence(own)),
        Change.between(byToken(intact), byToken(own)));
  }

  private double[] bySequence(float[][] losses) {
    double[] means = new double[repeated];
    for (int s = 0; s < repeated; s++) {
      double sum = 0;
      int read = 0;
      for (float loss : losses[s]) {
        if (!Float.isNaN(loss)) {
          sum += loss;
          read++;
        }
      }
      means[s] = sum / read;
    }
    return means;
  }

  private double[] byToken(float[][] losses) {
    List<Double> all = new ArrayList<>();
    for (int s = repeated; s < losses.length; s++) {
      for (float loss : losses[s]) {
        all.add((double) loss);
      }
    }
    return all.stream().mapToDouble(x -> x).toArray();
  }
}
