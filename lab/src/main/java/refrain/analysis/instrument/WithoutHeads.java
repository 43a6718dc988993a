package refrain.analysis.instrument;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.probe.IclIndices;

/**
 * What each sequence of an evaluation set loses without some heads, for many sets of heads. Kept by
 * sequence, the share of a score that goes with a set is a {@link RatioOfSums} and has an error of
 * its own, and so has every mean of such shares over several sets.
 *
 * <p>Sequences are read in batches; what a mean or resample ablation puts in a head's place comes
 * from the same batch.
 */
public final class WithoutHeads {
  /** Tokens of a batch: the values of longer ones would not fit in memory at once. */
  private static final int TOKENS = 16_384;

  /** Some heads ablated at once. */
  public record Cut(Set<HeadId> heads, Ablation method) {
    public Cut {
      heads = Set.copyOf(heads);
    }

    public static Cut of(Collection<HeadId> heads, Ablation method) {
      return new Cut(Set.copyOf(heads), method);
    }

    /** One for each of several sets. */
    public static List<Cut> each(List<List<HeadId>> sets, Ablation method) {
      return sets.stream().map(set -> of(set, method)).toList();
    }

    /** In one order, so that equal sets are one pass. */
    private List<HeadId> inOrder() {
      return heads.stream().sorted(Comparator.comparingInt(HeadId::number)).toList();
    }
  }

  /**
   * What is kept of the losses of each sequence.
   *
   * @param early mean loss at the early indices, nats
   * @param late mean loss at the late indices, nats
   * @param along the losses' inner product with the direction, nats squared
   */
  private record Kept(double[] early, double[] late, double[] along) {
    static Kept of(int sequences) {
      return new Kept(new double[sequences], new double[sequences], new double[sequences]);
    }

    void read(float[][] losses, float[][] direction, IclIndices indices, int from) {
      for (int s = 0; s < losses.length; s++) {
        IclReading reading = IclReading.of(new float[][] {losses[s]}, indices);
        early[from + s] = reading.early();
        late[from + s] = reading.late();
        along[from + s] = dot(losses[s], direction[s]);
      }
    }

    double[] icl() {
      return minus(late, early);
    }
  }

  private final Map<Cut, Kept> kept = new HashMap<>();
  private final Kept intact;
  private final double[] squared;

  /**
   * Reads all cuts that will be asked for.
   *
   * @param tokens [sequence, T + 1]
   * @param indices where the ICL score is read
   * @param direction of a batch, [sequence, T]: that in which changes of its losses are read
   */
  public WithoutHeads(
      ModelState model,
      int[][] tokens,
      IclIndices indices,
      Collection<Cut> cuts,
      Function<Batch, float[][]> direction) {
    this.intact = Kept.of(tokens.length);
    this.squared = new double[tokens.length];
    cuts.forEach(cut -> kept.put(cut, Kept.of(tokens.length)));
    int size = Math.max(1, TOKENS / (tokens[0].length - 1));
    for (int from = 0; from < tokens.length; from += size) {
      int begin = from;
      Batch batch =
          Batch.of(Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + size)));
      float[][] d = direction.apply(batch);
      for (int s = 0; s < d.length; s++) {
        squared[from + s] = dot(d[s], d[s]);
      }
      Bench bench = Bench.forAblations(model, batch, indices);
      intact.read(bench.intact(), d, indices, from);
      kept.forEach(
          (cut, into) -> into.read(bench.without(cut.inOrder(), cut.method()), d, indices, begin));
    }
  }

  /** The mean loss of each sequence at the early and at the late indices, nats: [2, sequence]. */
  public double[][] losses(Cut cut) {
    return new double[][] {of(cut).early().clone(), of(cut).late().clone()};
  }

  /** The share of the ICL score that goes with a cut: 1 - ICL ablated / ICL intact. */
  public RatioOfSums removed(Cut cut) {
    return removed(List.of(cut));
  }

  /** The mean of the shares that go with several cuts; NaN of none. */
  public RatioOfSums removed(List<Cut> cuts) {
    double[] icl = intact.icl();
    return RatioOfSums.of(minus(icl, mean(cuts, Kept::icl)), cuts.isEmpty() ? none() : icl);
  }

  /**
   * What several cuts leave of the ICL score in the mean less what others leave, over the former.
   *
   * @param more as many for each of {@code less}, or as many
   */
  public RatioOfSums spared(List<Cut> more, List<Cut> less) {
    double[] all = mean(more, Kept::icl);
    return RatioOfSums.of(minus(all, mean(less, Kept::icl)), all);
  }

  /**
   * How far the losses move along the direction, over the direction's length: -1 where a cut undoes
   * a change of that size. The mean over cuts; NaN of none.
   */
  public RatioOfSums along(List<Cut> cuts) {
    return RatioOfSums.of(
        minus(mean(cuts, Kept::along), intact.along()), cuts.isEmpty() ? none() : squared);
  }

  /** The change of the mean loss at the early indices, nats. */
  public double early(Cut cut) {
    return average(minus(of(cut).early(), intact.early()));
  }

  /** The same at the late indices. */
  public double late(Cut cut) {
    return average(minus(of(cut).late(), intact.late()));
  }

  private Kept of(Cut cut) {
    return requireNonNull(kept.get(cut), () -> cut + " was not among the cuts to read");
  }

  private double[] mean(List<Cut> cuts, Function<Kept, double[]> number) {
    double[] mean = new double[squared.length];
    for (Cut cut : cuts) {
      double[] one = number.apply(of(cut));
      Arrays.setAll(mean, s -> mean[s] + one[s] / cuts.size());
    }
    return mean;
  }

  /** A whole of which nothing is a share. */
  private double[] none() {
    return new double[squared.length];
  }

  private static double average(double[] x) {
    return Arrays.stream(x).average().orElse(Double.NaN);
  }

  private static double[] minus(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int t = 0; t < a.length; t++) {
      sum += (double) a[t] * b[t];
    }
    return sum;
  }
}
