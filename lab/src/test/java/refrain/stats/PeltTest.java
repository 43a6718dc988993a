package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.QRDecomposition;
import org.junit.jupiter.api.Test;

class PeltTest {
  @Test
  void pruningLosesNothing() {
    for (int seed = 0; seed < 15; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] steps = Simulated.steps(41 + seed, 10);
      double[] y = Simulated.curve(steps, 150, 5, 3, 0.3, random);
      double penalty = 1 + 6 * random.nextDouble();
      assertThat(Pelt.changes(steps, y, 20, penalty, 4))
          .as("seed %d", seed)
          .containsExactly(exhaustive(steps, y, 20, penalty, 4));
    }
  }

  @Test
  void recoversPlantedChanges() {
    for (int seed = 0; seed < 10; seed++) {
      double[] steps = Simulated.steps(240, 25);
      double[] y = Ar1.simulate(240, 0.4, new SplittableRandom(seed));
      for (int i = 0; i < 240; i++) {
        y[i] *= 0.05;
        y[i] -= i >= 80 ? 1 : 0;
        // A break of the slope; the line goes on without a jump.
        y[i] += i >= 160 ? 12 * Math.log((steps[i] + 100) / (steps[160] + 100)) : 0;
      }
      int[] changes = Pelt.changes(steps, y, 100);
      assertThat(changes).as("seed %d", seed).hasSize(2);
      assertThat(changes[0]).as("seed %d", seed).isEqualTo(80);
      assertThat(changes[1]).as("seed %d", seed).isCloseTo(160, within(4));
    }
  }

  @Test
  void cutsNoiseSeldom() {
    for (double phi : new double[] {0, 0.5}) {
      int cut = 0;
      for (int seed = 0; seed < 100; seed++) {
        double[] steps = Simulated.steps(200, 25);
        double[] y = Simulated.curve(steps, 1, 1, 0, phi, new SplittableRandom(seed));
        cut += Pelt.changes(steps, y, 100).length > 0 ? 1 : 0;
      }
      assertThat(cut).as("of seeds 0 to 99 at phi %s", phi).isLessThanOrEqualTo(5);
    }
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> Pelt.changes(Simulated.steps(39, 1), new double[39], 1))
        .hasMessage("curve to cut: expected at least 40 values, found 39; add seeds or probes");
    assertThatThrownBy(() -> Pelt.changes(Simulated.steps(40, -1), new double[40], 50))
        .hasMessageContaining("expected steps that increase with step + t0 > 0, found step -2.0");
  }

  /** Optimal partition over every start, each line by a QR decomposition. */
  private static int[] exhaustive(
      double[] steps, double[] y, double t0, double penalty, int least) {
    int n = y.length;
    double[] cost = new double[n + 1];
    int[] start = new int[n + 1];
    cost[0] = -penalty;
    for (int to = 1; to <= n; to++) {
      cost[to] = Double.POSITIVE_INFINITY;
      for (int from = 0; from <= to - least; from++) {
        double total = cost[from] + penalty + rss(steps, y, t0, from, to);
        if (total < cost[to]) {
          cost[to] = total;
          start[to] = from;
        }
      }
    }
    Deque<Integer> cuts = new ArrayDeque<>();
    for (int at = start[n]; at > 0; at = start[at]) {
      cuts.addFirst(at);
    }
    return cuts.stream().mapToInt(i -> i).toArray();
  }

  private static double rss(double[] steps, double[] y, double t0, int from, int to) {
    double[][] rows = new double[to - from][];
    double[] target = new double[to - from];
    for (int i = from; i < to; i++) {
      rows[i - from] = new double[] {1, Math.log(steps[i] + t0)};
      target[i - from] = y[i];
    }
    Array2DRowRealMatrix design = new Array2DRowRealMatrix(rows);
    ArrayRealVector right = new ArrayRealVector(target);
    double norm =
        design
            .operate(new QRDecomposition(design).getSolver().solve(right))
            .subtract(right)
            .getNorm();
    return norm * norm;
  }
}
