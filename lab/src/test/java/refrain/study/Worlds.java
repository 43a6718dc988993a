package refrain.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.study.PilotNumbers.Column;

/**
 * Seeds as they might have come out, for one claim: in the world in which it is true, as the pilot
 * was, and in the one in which it is false ({@link Otherwise}).
 *
 * <p>A seed is a pilot seed with all its numbers, drawn with replacement, and moved by a normal
 * kernel that has the pilot's own covariance (a smoothed bootstrap: Silverman and Young 1987, "The
 * bootstrap: to smooth or not to smooth?"). Plain resampling of three or ten seeds would repeat
 * values and have too small a spread; a fitted normal would lose what is skewed or in two heaps.
 * Deviations are shrunk so that variances and covariances are the pilot's, with n - 1 below.
 * Numbers that are positive throughout are moved as logarithms, and numbers that are 0 or 1 are not
 * moved.
 */
final class Worlds {
  /** The kernel's width in standard deviations: half of the way from resampling to a normal. */
  private static final double WIDTH = 0.5;

  private final Claim claim;
  private final List<Column> columns;
  private final double[][] pilot;
  private final double[] middle;
  private final boolean[] logs;
  private final boolean[] fixed;

  Worlds(Claim claim, PilotNumbers numbers) {
    this.claim = claim;
    Set<Column> needed = PilotNumbers.needs(claim);
    columns = List.copyOf(needed);
    List<Integer> seeds = numbers.seeds(needed);
    pilot = new double[columns.size()][];
    middle = new double[columns.size()];
    logs = new boolean[columns.size()];
    fixed = new boolean[columns.size()];
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      double[] values = seeds.stream().mapToDouble(s -> numbers.value(column, s)).toArray();
      double[] known = Arrays.stream(values).filter(Double::isFinite).toArray();
      fixed[c] = Arrays.stream(known).allMatch(x -> x == 0 || x == 1);
      logs[c] = !fixed[c] && Arrays.stream(known).allMatch(x -> x > 0);
      boolean log = logs[c];
      pilot[c] = log ? Arrays.stream(values).map(Math::log).toArray() : values;
      middle[c] = Arrays.stream(pilot[c]).filter(Double::isFinite).average().orElse(Double.NaN);
    }
  }

  /** Numbers of simulated seeds, a list a column. */
  private final class Drawn implements Judge.Source {
    private final Map<Column, double[]> values = new HashMap<>();

    @Override
    public @Nullable Double of(String variant, int seed, String quantity) {
      double[] of = values.get(new Column(variant, quantity));
      return of == null ? null : of[seed];
    }

    double[] get(String variant, String quantity) {
      return values.get(new Column(variant, quantity));
    }
  }

  /** What is judged of seeds of the world in which the claim is true. */
  Weighed claimed(int n, Random random, int draws) {
    return judge(drawn(n, random), n, draws);
  }

  /** The same of the world in which it is false. */
  Weighed otherwise(int n, Random random, int draws) {
    Drawn drawn = drawn(n, random);
    falsify(drawn, n, random);
    return judge(drawn, n, draws);
  }

  private Weighed judge(Drawn drawn, int n, int draws) {
    List<Integer> seeds = IntStream.range(0, n).boxed().toList();
    return new Judge(List.of(), 0, any -> seeds, drawn, draws).weigh(claim);
  }

  private Drawn drawn(int n, Random random) {
    int m = pilot[0].length;
    double shrink = Math.sqrt(m / (m - 1.0) / (1 + WIDTH * WIDTH));
    Drawn drawn = new Drawn();
    columns.forEach(column -> drawn.values.put(column, new double[n]));
    for (int s = 0; s < n; s++) {
      int from = random.nextInt(m);
      // Sums of the pilot's deviations with normal weights have its covariance.
      double[] weights = random.doubles(m).map(any -> random.nextGaussian()).toArray();
      for (int c = 0; c < columns.size(); c++) {
        double moved = pilot[c][from];
        if (!fixed[c] && Double.isFinite(moved)) {
          double kernel = 0;
          for (int k = 0; k < m; k++) {
            double off = pilot[c][k] - middle[c];
            kernel += Double.isFinite(off) ? weights[k] * off : 0;
          }
          moved = middle[c] + shrink * (moved - middle[c] + WIDTH * kernel / Math.sqrt(m));
        }
        drawn.get(columns.get(c).variant(), columns.get(c).quantity())[s] =
            logs[c] ? Math.exp(moved) : moved;
      }
    }
    return drawn;
  }

  private void falsify(Drawn drawn, int n, Random random) {
    Test test = claim.test();
    switch (claim.otherwise()) {
      case Otherwise.Deranged any -> derange(drawn, test, deranged(n, random));
      case Otherwise.Exchanged any -> exchange(drawn, test);
      case Otherwise.OtherQuantity other -> {
        Map<Column, double[]> before = Map.copyOf(drawn.values);
        for (String variant : test.variants()) {
          drawn.values.put(
              new Column(variant, test.quantity()),
              before.get(new Column(variant, other.quantity())));
          if (other.other() != null) {
            drawn.values.put(
                new Column(PilotNumbers.from(test, variant), PilotNumbers.other(test)),
                before.get(new Column(variant, other.other())));
          }
        }
      }
      case Otherwise.NoEffect any -> {
        if (test.statistic().paired()) {
          derange(drawn, test, deranged(n, random));
        } else {
          move(drawn, test, random);
        }
      }
      case Otherwise.Clock any -> byTheClock(drawn, test, deranged(n, random));
      case null -> throw new IllegalArgumentException(claim.id() + " has no false world");
    }
  }

  /** An order of seeds in which none stays where it was. */
  private static int[] deranged(int n, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    do {
      Collections.shuffle(order, random);
    } while (IntStream.range(0, n).anyMatch(i -> order.get(i) == i));
    return order.stream().mapToInt(i -> i).toArray();
  }

  /** All arms in one order, since the runs of a seed go together. */
  private void derange(Drawn drawn, Test test, int[] order) {
    test.variants().stream()
        .map(variant -> new Column(PilotNumbers.from(test, variant), PilotNumbers.other(test)))
        .distinct()
        .forEach(column -> drawn.values.computeIfPresent(column, (any, y) -> at(y, order)));
  }

  private static double[] at(double[] values, int[] order) {
    return Arrays.stream(order).mapToDouble(i -> values[i]).toArray();
  }

  private void exchange(Drawn drawn, Test test) {
    Test control = claim.control();
    if (control == null) {
      throw new IllegalArgumentException(claim.id() + ": only a claim with a control is exchanged");
    }
    Map<Column, double[]> before = Map.copyOf(drawn.values);
    give(drawn, before, control, test);
    give(drawn, before, test, control);
  }

  /** The numbers of one test's arms to another's; who has fewer gives them more than once. */
  private static void give(Drawn drawn, Map<Column, double[]> before, Test from, Test to) {
    for (int i = 0; i < to.variants().size(); i++) {
      String giver = from.variants().get(i % from.variants().size());
      drawn.values.put(
          new Column(to.variants().get(i), to.quantity()),
          before.get(new Column(giver, from.quantity())));
    }
  }

  /** Moves x so that what is made of x and y is on the mean where the paper's sentence ends. */
  private void move(Drawn drawn, Test test, Random random) {
    for (String variant : test.variants()) {
      double[] x = drawn.get(variant, test.quantity());
      double[] y = drawn.get(PilotNumbers.from(test, variant), PilotNumbers.other(test)).clone();
      double mean = pilotMean(test, variant);
      double edge = edge(mean);
      double[] moved = new double[x.length];
      Arrays.setAll(
          moved,
          i ->
              test.statistic() == Statistic.SHARE
                  ? (random.nextDouble() < edge ? 1 : 0)
                  : switch (test.compare()) {
                    case VALUE, DIFFERENCE -> x[i] + edge - mean;
                    case RATIO -> x[i] + (edge - mean) * y[i];
                    case LOG_RATIO -> x[i] * Math.exp(edge - mean);
                  });
      drawn.values.put(new Column(variant, test.quantity()), moved);
    }
  }

  private double pilotMean(Test test, String variant) {
    double[] x = original(new Column(variant, test.quantity()));
    double[] y = original(new Column(PilotNumbers.from(test, variant), PilotNumbers.other(test)));
    return IntStream.range(0, x.length)
        .mapToDouble(i -> test.compare().of(x[i], y[i]))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  private double[] original(Column column) {
    int c = columns.indexOf(column);
    return logs[c] ? Arrays.stream(pilot[c]).map(Math::exp).toArray() : pilot[c];
  }

  private double edge(double mean) {
    if (claim.paper() == null) {
      return claim.test().noEffect();
    }
    Bar region = claim.paper().region(claim.test());
    if (region.side() != Bar.Side.WITHIN) {
      return region.at();
    }
    return region.around() + (mean < region.around() ? -region.at() : region.at());
  }

  /** What is left of ln y beside the clock, within each arm, becomes another seed's. */
  private void byTheClock(Drawn drawn, Test test, int[] order) {
    String given = test.given();
    if (given == null) {
      throw new IllegalArgumentException(claim.id() + ": 'clock' needs a 'given'");
    }
    for (String variant : test.variants()) {
      Column column = new Column(PilotNumbers.from(test, variant), PilotNumbers.other(test));
      double[] y = Arrays.stream(drawn.values.get(column)).map(Math::log).toArray();
      double[] clock = drawn.get(variant, given);
      double slope = refrain.stats.LeastSquares.slope(clock, y, 0, y.length);
      double by = Double.isFinite(slope) ? slope : 0;
      double[] moved = new double[y.length];
      Arrays.setAll(moved, i -> Math.exp(by * clock[i] + (y[order[i]] - by * clock[order[i]])));
      drawn.values.put(column, moved);
    }
  }
}
