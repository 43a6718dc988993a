package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.train.Formation;
import refrain.train.Metrics;

/**
 * What a run's probes measured, in order.
 *
 * @param steps steps taken at each probe
 * @param tokens trained on by then
 * @param loss on the evaluation set, nats per token
 * @param icl in-context-learning score, nats
 * @param prefixMatching of the best head
 * @param chance prefix matching of uniform attention on the same sequences; NaN: not known
 * @param previousToken of the best head of layer 0
 * @param lossByIndex [probe, T] loss by token index, nats
 */
public record Curves(
    long[] steps,
    double[] tokens,
    double[] loss,
    double[] icl,
    double[] prefixMatching,
    double chance,
    double[] previousToken,
    double[][] lossByIndex) {

  /** Of what has no steps. */
  public static final Curves NONE =
      new Curves(
          new long[0],
          new double[0],
          new double[0],
          new double[0],
          new double[0],
          Double.NaN,
          new double[0],
          new double[0][]);

  /** The share of the planned steps that counts as near the formation step. */
  public static final double NEAR = 0.1;

  /** The probed rows of a run's metrics. */
  public static Curves of(MetricsTable metrics) {
    List<MetricsRow> probed = metrics.having(Metrics.ICL);
    return new Curves(
        probed.stream().mapToLong(MetricsRow::step).toArray(),
        probed.stream()
            .mapToDouble(row -> row.step() == 0 ? 0 : row.value(Metrics.TOKENS))
            .toArray(),
        column(probed, Metrics.LOSS),
        column(probed, Metrics.ICL),
        column(probed, Metrics.PREFIX_MATCHING),
        probed.isEmpty() ? Double.NaN : probed.getLast().value(Metrics.PREFIX_MATCHING_CHANCE),
        column(probed, Metrics.PREVIOUS_TOKEN),
        probed.stream()
            .map(row -> Objects.requireNonNullElse(row.list(Metrics.LOSS_BY_INDEX), new double[0]))
            .toArray(double[][]::new));
  }

  private static double[] column(List<MetricsRow> rows, String name) {
    return rows.stream().mapToDouble(row -> row.value(name)).toArray();
  }

  public boolean isEmpty() {
    return steps.length == 0;
  }

  /** Steps between two probes; 0 for fewer than two. */
  public int every() {
    return steps.length < 2 ? 0 : (int) (steps[1] - steps[0]);
  }

  /** The steps as numbers to calculate with and to draw over. */
  public double[] stepAxis() {
    return Arrays.stream(steps).asDoubleStream().toArray();
  }

  /** Index of the last probe. */
  public int last() {
    return steps.length - 1;
  }

  /** Index of the probe at which heads had formed, or {@link Formation#NONE}. */
  public int formation(Formation rule) {
    return rule.index(prefixMatching, chance);
  }

  /** The step of the probe at which heads had formed; empty: they had not. */
  public OptionalLong formed() {
    int index = formation(Formation.DEFAULT);
    return index == Formation.NONE ? OptionalLong.empty() : OptionalLong.of(steps[index]);
  }

  /**
   * Index of the probe that stands for the time before heads formed: a tenth of the planned steps
   * before the formation step, or the first probe where that is earlier still; of a run that formed
   * none, at half of the steps it took.
   */
  public int before(Formation rule, int planned) {
    int formed = formation(rule);
    return at(formed == Formation.NONE ? steps[last()] / 2.0 : steps[formed] - NEAR * planned);
  }

  /** Index of the last probe at or before a step; 0 when there is none. */
  public int at(double step) {
    int index = 0;
    for (int i = 0; i < steps.length && steps[i] <= step; i++) {
      index = i;
    }
    return index;
  }

  /** The largest fall of the ICL score between two probes at most so many steps apart, nats. */
  public double iclMove(double within) {
    double most = 0;
    for (int i = 0; i < steps.length; i++) {
      for (int j = i + 1; j < steps.length && steps[j] - steps[i] <= within; j++) {
        most = Math.max(most, icl[i] - icl[j]);
      }
    }
    return most;
  }
}
