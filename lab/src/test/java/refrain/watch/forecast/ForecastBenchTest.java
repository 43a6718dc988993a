package refrain.watch.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.watch.forecast.ForecastBench.Arm;

class ForecastBenchTest {
  private static final int EVERY = 10;

  /**
   * A run whose previous-token score rises so that its log odds say how long it will take: heads
   * have formed when they pass 0. NaN: it stays where it is.
   */
  private static Course made(String arm, long seed, double formed, double noise) {
    int n = Double.isNaN(formed) ? 80 : (int) (formed / EVERY) + 8;
    Random random = new Random(31 * seed + arm.hashCode());
    double[] steps = new double[n];
    double[] previous = new double[n];
    double[] composition = new double[n];
    for (int i = 0; i < n; i++) {
      steps[i] = EVERY * i;
      double left = Double.isNaN(formed) ? 900 : formed - steps[i];
      double logit = -Math.log(1 + Math.max(0, left) / 40) + noise * random.nextGaussian();
      previous[i] = 1 / (1 + Math.exp(-logit));
      composition[i] = Double.isNaN(formed) && seed % 2 == 0 ? Double.NaN : 1;
    }
    return new Course(arm, seed, 4.7, formed, steps, previous, composition);
  }

  private static List<Course> made(double noise) {
    List<Course> runs = new ArrayList<>();
    for (int seed = 0; seed < 8; seed++) {
      runs.add(made("early", seed, 400 + 10 * ((seed * 5) % 8), noise));
      runs.add(made("late", seed, 700 + 20 * ((seed * 3) % 8), noise));
      runs.add(made("never", seed, Double.NaN, noise));
    }
    return runs;
  }

  private static Arm arm(ForecastBench.Report report, String name) {
    return report.arms().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void whatCanBeKnownIsForetoldAndBeatsTheMedianOfOthers() {
    ForecastBench.Report report = ForecastBench.of(made(0.02));
    for (String name : List.of("early", "late")) {
      Arm arm = arm(report, name);
      assertThat(arm.formed()).isEqualTo(8);
      assertThat(arm.leads()).hasSize(3).allMatch(lead -> lead.seeds().runs() == 8);
      assertThat(arm.leads().getFirst().seeds().error()).isLessThan(15);
      assertThat(arm.leads().getFirst().arms().skill()).isGreaterThan(0.5);
      assertThat(arm.leads().getFirst().arms().is()).isTrue();
      assertThat(arm.seeds()).isBetween(0.7, 1.0);
      assertThat(arm.warned().forecast()).isEqualTo(8);
      assertThat(arm.warned().median()).isGreaterThan(50);
    }
    Arm never = arm(report, "never");
    assertThat(never.formed()).isZero();
    assertThat(never.leads()).isEmpty();
    assertThat(never.warned().forecast()).isLessThanOrEqualTo(2);
    assertThat(report.curves())
        .extracting(ForecastBench.Curve::arm)
        .containsExactly("early", "late");
    for (ForecastBench.Curve curve : report.curves()) {
      assertThat(curve.falsely()).isSorted().startsWith(0).endsWith(1);
      assertThat(curve.lead()).isSorted(); // the lower the bar, the earlier
    }
  }

  /** The dates of an arm are its seeds' own chance, and nothing that is measured tells of them. */
  @Test
  void whereNothingCanBeKnownThereIsNoSkill() {
    Random random = new Random(7);
    List<Course> runs = new ArrayList<>();
    for (String arm : List.of("a", "b")) {
      for (int seed = 0; seed < 8; seed++) {
        double formed = 10 * (30 + random.nextInt(40));
        double[] steps = new double[80];
        Arrays.setAll(steps, i -> EVERY * i);
        double[] noise = random.doubles(80, 0.05, 0.06).toArray();
        runs.add(new Course(arm, seed, 4.7, formed, steps, noise, new double[80]));
      }
    }
    ForecastBench.Report report = ForecastBench.of(runs);
    for (Arm arm : report.arms()) {
      assertThat(arm.leads()).noneMatch(lead -> lead.seeds().skill() > 0.4);
      assertThat(arm.leads()).noneMatch(lead -> lead.seeds().is());
    }
  }

  @Test
  void nothingThatComesLaterIsRead() {
    List<Course> runs = made(0.02);
    Forecaster forecaster = Forecaster.of(runs);
    Course run = runs.getFirst();
    double[] changed = run.previous().clone();
    Arrays.fill(changed, 21, changed.length, 0.9);
    Course other =
        new Course(
            run.arm(), run.seed(), run.entropy(), 770, run.steps(), changed, run.composition());
    assertThat(forecaster.at(other, 20)).isEqualTo(forecaster.at(run, 20));
    assertThat(forecaster.at(other, 21)).isNotEqualTo(forecaster.at(run, 21));
  }

  @Test
  void theIntervalHasTheForecastInIt() {
    List<Course> runs = made(0.1);
    Forecaster.Foretold foretold = Forecaster.of(runs).at(runs.get(1), 40);
    assertThat(foretold.low()).isLessThan(foretold.step());
    assertThat(foretold.high()).isGreaterThan(foretold.step());
    assertThat(foretold.low()).isGreaterThan(400); // of step 400, and never of the past
  }

  @Test
  void probesBeforeFormationAreCounted() {
    Course run = made("early", 0, 400, 0);
    assertThat(run.probes()).isEqualTo(40);
    assertThat(run.left(39)).isEqualTo(10);
    assertThat(run.features(20)).hasSize(5);
    // ln(200 + 100), log odds -ln 6, the slope of -ln(1 + left / 40) over 40 steps, ln 2.
    assertThat(run.features(20)[0]).isCloseTo(Math.log(300), within(1e-12));
    assertThat(run.features(20)[1]).isCloseTo(-Math.log(6), within(1e-9));
    assertThat(run.features(20)[2]).isCloseTo(0.40, within(0.02));
    assertThat(run.features(20)[3]).isCloseTo(Math.log(2), within(1e-12));
  }

  @Test
  void aLineAndOddsAreFoundAgain() {
    Random random = new Random(3);
    Ridge.Examples line = new Ridge.Examples();
    Ridge.Examples odds = new Ridge.Examples();
    for (int i = 0; i < 5000; i++) {
      double[] x = {random.nextGaussian(), 100 + 10 * random.nextGaussian()};
      line.add(x, 3 + 2 * x[0] - 0.5 * x[1], 1 + i % 3);
      double p = 1 / (1 + Math.exp(-(1 + 2 * x[0])));
      odds.add(x, random.nextDouble() < p ? 1 : 0, 1);
    }
    // The penalty of a hundredth takes a hundredth of what each feature says, from its mean on.
    assertThat(Ridge.line(line).at(new double[] {1, 100})).isCloseTo(-45, within(0.15));
    assertThat(Ridge.odds(odds).at(new double[] {1, 100})).isCloseTo(3, within(0.45));
    assertThat(Ridge.solve(new double[][] {{0, 2}, {4, 1}}, new double[] {2, 9}))
        .containsExactly(2, 1);
  }

  @Test
  void tooLittleToLearnFromIsRefused() {
    assertThatThrownBy(() -> ForecastBench.of(made(0.02).subList(0, 3)))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(
            "two arms or more that form heads, of four seeds or more each; found 3");
  }
}
