package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CouplingTest {
  private static final int SEEDS = 20;

  private final SplittableRandom random = new SplittableRandom(5);
  private final double[] clock = Simulated.normal(SEEDS, 0, 1, random);
  private final double[] own = Simulated.normal(SEEDS, 0, 1, random);
  private final double[] x = date(own, 0.2);
  private final double[] y = date(own, 0.2);
  private final double[] apart = date(Simulated.normal(SEEDS, 0, 1, random), 0.2);
  private final int[] arm = new int[SEEDS];
  private final int[] unit = IntStream.range(0, SEEDS).toArray();

  /**
   * ln of a date: the clock that all dates of a seed follow, what some have in common, an error.
   */
  private double[] date(double[] shared, double error) {
    double[] date = Simulated.normal(SEEDS, 0, error, random);
    Arrays.setAll(date, i -> 6 + 0.5 * clock[i] + shared[i] + date[i]);
    return date;
  }

  private StudentT of(double[] a, double[] b, double[] placebo) {
    return new Coupling(a, b, placebo, clock, arm, unit).difference();
  }

  @Test
  void datesThatBelongTogetherDifferFromAPlaceboOfTheSameClock() {
    assertThat(of(x, y, apart).estimate()).isGreaterThan(1);
    assertThat(of(x, y, apart).p(0)).isLessThan(0.01);
    assertThat(of(x, apart, y).p(0)).isLessThan(0.01);
    assertThat(of(x, apart, y).estimate()).isCloseTo(-of(x, y, apart).estimate(), within(1e-12));
  }

  /** The clock alone correlates them by .9, and does not count. */
  @Test
  void whatTheClockGivesIsTakenOut() {
    double[] a = Arrays.stream(clock).map(c -> 6 + c).toArray();
    double[] b = Arrays.stream(clock).map(c -> 6 + 2 * c).toArray();
    SplittableRandom noise = new SplittableRandom(9);
    Arrays.setAll(a, i -> a[i] + 0.3 * noise.nextGaussian());
    Arrays.setAll(b, i -> b[i] + 0.3 * noise.nextGaussian());
    double r = Samples.cross(a, b) / Math.sqrt(Samples.cross(a, a) * Samples.cross(b, b));
    assertThat(r).isGreaterThan(0.9);
    StudentT given = new Coupling(a, b, null, clock, arm, unit).difference();
    assertThat(Math.abs(given.estimate())).isLessThan(0.5);
    assertThat(given.p(0)).isGreaterThan(0.05);
  }

  /**
   * Sums of distances in raw steps said nothing of a placebo that lies below every date of an arm:
   * sum |a - b| = sum a - sum b whatever the pairing, so p was 1. Here where it lies is nothing,
   * and only how it goes with the date counts, in any unit and beside any level of its arm.
   */
  @Test
  void aPlaceboBelowEveryDateIsComparedLikeAnyOther() {
    double[] a = Arrays.stream(x).map(Math::exp).toArray();
    double[] low = Arrays.stream(y).map(v -> Math.exp(v) / 1e4).toArray();
    assertThat(Arrays.stream(low).max().orElseThrow())
        .isLessThan(Arrays.stream(a).min().orElseThrow());
    assertThat(distance(a, low)).isCloseTo(distance(a, turned(low)), within(1e-6));
    double[] logs = Arrays.stream(low).map(Math::log).toArray();
    assertThat(of(x, logs, apart).estimate()).isCloseTo(of(x, y, apart).estimate(), within(1e-9));
    assertThat(of(x, turned(logs), apart).estimate()).isLessThan(of(x, logs, apart).estimate() - 1);
  }

  private static double distance(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).sum();
  }

  private static double[] turned(double[] of) {
    return IntStream.range(0, of.length).mapToDouble(i -> of[(i + 1) % of.length]).toArray();
  }

  /** An arm that is slower in all its dates adds no correlation. */
  @Test
  void armsAreCentred() {
    double[] two = shifted(x);
    double[] others = shifted(y);
    double[] placebo = shifted(apart);
    int[] arms = IntStream.range(0, 2 * SEEDS).map(i -> i / SEEDS).toArray();
    int[] units = IntStream.range(0, 2 * SEEDS).map(i -> i % SEEDS).toArray();
    double[] clocks = new double[2 * SEEDS];
    Arrays.setAll(clocks, i -> clock[i % SEEDS]);
    StudentT both = new Coupling(two, others, placebo, clocks, arms, units).difference();
    StudentT one = of(x, y, apart);
    assertThat(both.estimate()).isCloseTo(one.estimate(), within(1e-9));
    // The same seed twice is not two seeds.
    assertThat(both.error()).isCloseTo(one.error(), within(1e-9));
    assertThat(both.degrees()).isEqualTo(SEEDS - 1.0);
    assertThatThrownBy(() -> new Coupling(new double[3], new double[3], null, null, arm, unit))
        .hasMessageStartingWith("coupling: expected at least 4 values, found 3");
  }

  private static double[] shifted(double[] of) {
    double[] both = new double[2 * SEEDS];
    Arrays.setAll(both, i -> of[i % SEEDS] + 3 * (i / SEEDS));
    return both;
  }
}
