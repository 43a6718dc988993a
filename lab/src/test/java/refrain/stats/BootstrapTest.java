package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hipparchus.distribution.continuous.GammaDistribution;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  @Test
  void standardErrorOfAMeanIsItsClosedForm() {
    double[] sample = Simulated.normal(15, 2, 3, new SplittableRandom(4));
    double exact = Math.sqrt(Samples.cross(sample, sample)) / 15;
    // Replicates of a mean are about normal: 68.27 % of them lie within one standard error.
    Interval one = Bootstrap.of(sample, Samples::mean, 20_000, 9).percentile(0.6827);
    assertThat(one.estimate()).isEqualTo(Samples.mean(sample));
    assertThat((one.high() - one.low()) / 2).isCloseTo(exact, within(0.03 * exact));
  }

  @Test
  void withoutSkewThePercentileIntervalIsTheNormalOne() {
    double[] sample = new double[40];
    for (int i = 0; i < 40; i++) {
      sample[i] = i - 19.5;
    }
    double half = 1.96 * Math.sqrt(Samples.cross(sample, sample)) / 40;
    Interval interval = Bootstrap.of(sample, Samples::mean, 20_000, 10).percentile(0.95);
    assertThat(interval.low()).isCloseTo(-half, within(0.06 * half));
    assertThat(interval.high()).isCloseTo(half, within(0.06 * half));
  }

  /**
   * The mean of exponential data has an exact interval, sum / Gamma(n) quantiles. The expanded BCa
   * interval lies nearer to it than the percentile interval.
   */
  @Test
  void bcaFollowsTheSkewOfExponentialData() {
    int n = 20;
    long seed = 31;
    GammaDistribution gamma = new GammaDistribution(n, 1);
    double lowest = gamma.inverseCumulativeProbability(0.975);
    double highest = gamma.inverseCumulativeProbability(0.025);
    SplittableRandom random = new SplittableRandom(seed);
    int covered = 0;
    double bcaOff = 0;
    double percentileOff = 0;
    for (int simulation = 0; simulation < 400; simulation++) {
      double[] sample = new double[n];
      Arrays.setAll(sample, i -> random.nextExponential());
      double sum = n * Samples.mean(sample);
      Bootstrap replicates = Bootstrap.of(sample, Samples::mean, 999, random.nextLong());
      Interval bca = replicates.expandedBca(0.95);
      Interval percentile = replicates.percentile(0.95);
      covered += Simulated.holds(bca, 1) ? 1 : 0;
      bcaOff += (sum / highest - bca.high() + sum / lowest - bca.low()) / sum;
      percentileOff += (sum / highest - percentile.high() + sum / lowest - percentile.low()) / sum;
    }
    assertThat(covered / 400.0).as("coverage, seed %d", seed).isBetween(0.87, 0.97);
    assertThat(Math.abs(bcaOff)).as("seed %d", seed).isLessThan(Math.abs(percentileOff));
  }

  /**
   * Of the mean of symmetric values the expanded interval is about Student's: mean +- t s/sqrt(n).
   */
  @Test
  void expandedItIsStudentsInterval() {
    double[] sample = {-5, -4, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 4, 5};
    double s = Math.sqrt(Samples.cross(sample, sample) / 11);
    double half = 2.200985 * s / Math.sqrt(12); // the 97.5 % point of t with 11 degrees of freedom
    Bootstrap replicates = Bootstrap.of(sample, Samples::mean, 20_000, 12);
    Interval expanded = replicates.expandedBca(0.95);
    assertThat(expanded.low()).isCloseTo(-half, within(0.04 * half));
    assertThat(expanded.high()).isCloseTo(half, within(0.04 * half));
    assertThat(replicates.percentile(0.95).high()).isLessThan(0.9 * half);
  }

  @Test
  void aSampleOfOneValueHasAPointForAnInterval() {
    Interval interval =
        Bootstrap.of(new double[] {3, 3, 3}, Samples::mean, 200, 1).expandedBca(0.95);
    assertThat(interval).isEqualTo(new Interval(3, 3, 3, 0.95));
  }

  @Test
  void theSeedIsAllThereIs() {
    double[] a = Simulated.normal(12, 0, 1, new SplittableRandom(1));
    double[] b = Simulated.normal(12, 1, 1, new SplittableRandom(2));
    double[] d = new double[12];
    Arrays.setAll(d, i -> a[i] - b[i]);
    Interval one = Bootstrap.of(d, Samples::mean, 500, 8).expandedBca(0.9);
    assertThat(Bootstrap.of(d, Samples::mean, 500, 8).expandedBca(0.9)).isEqualTo(one);
    assertThat(Bootstrap.of(d, Samples::mean, 500, 9).expandedBca(0.9)).isNotEqualTo(one);
    assertThat(one.estimate()).isCloseTo(Samples.mean(a) - Samples.mean(b), within(1e-12));
  }

  @Test
  void saysWhatIsWrong() {
    double[] two = {1, 2};
    assertThatThrownBy(() -> Bootstrap.of(two, Samples::mean, 50, 1))
        .hasMessage(
            "bootstrap: expected at least 2 units and 100 draws, found 2 and 50; add seeds or draws");
    assertThatThrownBy(() -> Bootstrap.of(two, sample -> Double.NaN, 200, 1))
        .hasMessage(
            "bootstrap: expected a statistic that is defined, found NaN, undefined on 200 of 200"
                + " draws; add seeds or configurations");
  }
}
