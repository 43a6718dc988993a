package refrain.analysis.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.analysis.measure.Change;
import refrain.model.HeadId;
import refrain.model.LayerStream;
import refrain.model.ModelSpec;
import refrain.model.Streams;
import refrain.probe.HeadReading;
import refrain.probe.PrefixMatching;
import refrain.probe.RepeatedSequences;

/**
 * How much of a head's prefix matching rests on what one earlier head wrote into its keys: the path
 * from sender to receiver's keys patched, everything else as it is.
 */
final class PathPatching {
  /** The previous-token score from which on a head is taken for a sender. */
  static final double PREVIOUS = .2;

  /** At most so many senders, the best. */
  static final int SENDERS = 8;

  private final LayerStream stream;
  private final ModelSpec spec;
  private final RepeatedSequences repeated;
  private final Progress progress;

  PathPatching(LayerStream stream, RepeatedSequences repeated, Progress progress) {
    this.stream = stream;
    this.spec = stream.spec();
    this.repeated = repeated;
    this.progress = progress;
  }

  /** Each sender with each receiver above it; of the layers that were done. */
  List<Effects.Path> of(List<HeadId> senders, List<HeadId> receivers) {
    List<Effects.Path> paths = new ArrayList<>();
    int last = receivers.stream().mapToInt(HeadId::layer).max().orElse(-1);
    if (senders.isEmpty()) {
      return paths;
    }
    int[][] tokens = repeated.batch().tokens();
    int[][] read = Scanner.positions(tokens);
    int n = read.length;
    Streams embedded = stream.embed(read);
    Streams streams =
        stream.room((1 + senders.size()) * Arrays.stream(read).mapToInt(x -> x.length).sum());
    for (int s = 0; s < n; s++) {
      streams.add(embedded, s);
    }
    Map<HeadId, float[][]> written = new LinkedHashMap<>();
    for (int l = 0; l <= last; l++) {
      if (!progress.goOn(l / (last + 1.0), "paths into layer " + l)) {
        return paths;
      }
      int layer = l;
      List<HeadId> own = receivers.stream().filter(head -> head.layer() == layer).toList();
      if (!own.isEmpty()) {
        written.values().forEach(what -> branch(streams, what, n));
      }
      double[][][] scores = new double[own.size()][written.size() + 1][n];
      PrefixMatching measure = new PrefixMatching(repeated);
      stream.attend(
          l,
          streams,
          0,
          s -> s % n,
          (s, pattern) -> {
            for (int r = 0; r < own.size(); r++) {
              int head = own.get(r).head();
              scores[r][s / n][s % n] =
                  measure.of(new HeadReading(tokens[s % n], layer, head, pattern));
            }
          });
      streams.truncate(n);
      int sender = 1;
      for (HeadId from : written.keySet()) {
        for (int r = 0; r < own.size(); r++) {
          double before = Arrays.stream(scores[r][0]).sum() / n;
          Change change = Change.between(scores[r][0], scores[r][sender]);
          paths.add(new Effects.Path(from.toString(), own.get(r).toString(), before, change));
        }
        sender++;
      }
      for (HeadId head : senders) {
        if (head.layer() == l && l < last) {
          written.put(head, aboveMean(head, streams, n));
        }
      }
      if (l < last) {
        stream.write(l, streams);
      }
    }
    return paths;
  }

  /** What a head writes minus its mean over positions and sequences, [sequence, T d_model]. */
  private float[][] aboveMean(HeadId head, Streams streams, int n) {
    int d = spec.dModel();
    float[][] written = new float[n][];
    double[] mean = new double[d];
    int positions = 0;
    for (int s = 0; s < n; s++) {
      written[s] = stream.result(head, streams, s);
      for (int i = 0; i < written[s].length; i++) {
        mean[i % d] += written[s][i];
      }
      positions += streams.context(s);
    }
    for (float[] own : written) {
      for (int i = 0; i < own.length; i++) {
        own[i] -= (float) (mean[i % d] / positions);
      }
    }
    return written;
  }

  private static void branch(Streams streams, float[][] what, int n) {
    for (int s = 0; s < n; s++) {
      streams.subtract(streams.add(streams, s), what[s]);
    }
  }
}
