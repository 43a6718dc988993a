package refrain.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.watch.DetectorSettings.Span;

class DetectorTest {
  private final List<Finding> found = new ArrayList<>();

  private Detector loss(DetectorSettings settings) {
    return new Detector(Direction.DOWN, Transform.LOG, settings, found::add);
  }

  private Detector score() {
    return new Detector(Direction.UP, Transform.IDENTITY, DetectorSettings.DEFAULT, found::add);
  }

  private List<EventKind> kinds() {
    return found.stream().map(Finding::kind).toList();
  }

  private Finding first(EventKind kind) {
    return found.stream().filter(f -> f.kind() == kind).findFirst().orElseThrow();
  }

  private static void feed(Detector to, int from, int through, IntToDoubleFunction values) {
    for (int i = from; i <= through; i++) {
      to.add(i, values.applyAsDouble(i), Double.NaN);
    }
  }

  /** 2 + 8 (step + 100)^-.4 with noise of one percent: a power law. */
  private static IntToDoubleFunction law(long seed) {
    Random random = new Random(seed);
    return i -> (2 + 8 * Math.pow(i + 100, -0.4)) * Math.exp(0.01 * random.nextGaussian());
  }

  @Test
  void evidenceIsThatOfThePlainTwin() {
    for (double noise : new double[] {0.002, 0.02}) {
      Random random = new Random(7);
      Detector detector = score();
      PlainDetector plain = new PlainDetector(DetectorSettings.DEFAULT, 0.003);
      double last = 0;
      int compared = 0;
      for (int i = 1; i <= 700; i++) {
        last = 0.7 * last + noise * random.nextGaussian();
        double y = 0.1 + 0.05 * Math.log(i + 100) + last;
        detector.add(i, y, Double.NaN);
        double expected = plain.add(i, y);
        double evidence = detector.standing().evidence();
        if (i > 301) {
          assertThat(evidence).as("observation %s", i).isCloseTo(expected, within(1e-6));
          compared++;
        } else {
          plain.clear(); // blind for 300 steps: nothing is bet
        }
      }
      assertThat(compared).isEqualTo(399);
      assertThat(kinds()).doesNotContain(EventKind.SUSPECTED);
    }
  }

  /** M_n is the sum over k of f^k, and its age the mean of k - 1 under those weights. */
  @Test
  void betsOnOneAndTheSameAreAGeometricSum() {
    Bets bets = new Bets();
    double expected = 0;
    double ages = 0;
    double f = 1 + 0.42 * 1.75;
    for (int k = 1; k <= 25; k++) {
      bets.add(2);
      expected += Math.pow(f, k);
      ages += (k - 1) * Math.pow(f, k);
    }
    assertThat(bets.loudest()).isCloseTo(expected, within(1e-9 * expected));
    assertThat(bets.age()).isCloseTo(ages / expected, within(1e-9));
    assertThat(Bets.delay(3, 1e5)).isEqualTo(17);
    assertThat(Bets.delay(0.25, 1e5)).isInfinite();
  }

  @Test
  void aCurveThatKeepsItsLawIsSuspectedNoMoreOftenThanPromised() {
    long watched = 0;
    double threshold = 300;
    for (int seed = 0; seed < 40; seed++) {
      Detector detector = loss(DetectorSettings.DEFAULT.withThreshold(threshold));
      feed(detector, 1, 2000, law(seed));
      watched += detector.standing().watched();
    }
    int suspected = (int) kinds().stream().filter(k -> k == EventKind.SUSPECTED).count();
    // 60,000 observations: 200 are promised at most; the tolerated drift of .25 leaves far fewer.
    assertThat(watched).isGreaterThan(60_000);
    assertThat(suspected).isLessThan((int) (watched / threshold / 4));
    assertThat(kinds()).doesNotContain(EventKind.CONFIRMED, EventKind.HARM);
  }

  @Test
  void heavyTailsAndCorrelatedNoiseConfirmNothing() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Detector detector = loss(DetectorSettings.DEFAULT);
      double last = 0;
      for (int i = 1; i <= 3000; i++) {
        double t = random.nextGaussian() / Math.sqrt(-2 * Math.log(1 - random.nextDouble()) / 2);
        last =
            0.7 * last + 0.005 * (seed % 2 == 0 ? Math.clamp(t, -20, 20) : random.nextGaussian());
        detector.add(i, (2 + 8 * Math.pow(i + 100, -0.4)) * Math.exp(last), Double.NaN);
      }
    }
    assertThat(kinds()).doesNotContain(EventKind.CONFIRMED, EventKind.NEW_LEVEL, EventKind.NAN);
  }

  @Test
  void aDropOfTenSdIsSuspectedConfirmedAndDated() {
    IntToDoubleFunction law = law(3);
    Detector detector = loss(DetectorSettings.DEFAULT);
    feed(
        detector,
        1,
        1500,
        i -> law.applyAsDouble(i) * (1 - 0.1 / (1 + Math.exp((900 - i) / 15.0))));
    assertThat(kinds())
        .containsSubsequence(EventKind.BLIND, EventKind.SUSPECTED, EventKind.CONFIRMED);
    assertThat(first(EventKind.SUSPECTED).step()).isBetween(860.0, 930.0);
    Finding confirmed = first(EventKind.CONFIRMED);
    assertThat(confirmed.step()).isEqualTo(first(EventKind.SUSPECTED).step() + 60);
    assertThat(confirmed.tau()).isCloseTo(900, within(15.0));
    assertThat(confirmed.low()).isLessThan(900);
    assertThat(confirmed.high()).isGreaterThan(900);
    assertThat(confirmed.value()).isLessThan(confirmed.expected());
    assertThat(found.stream().filter(f -> f.kind() == EventKind.CONFIRMED)).hasSize(1);
  }

  @Test
  void aScoreThatRisesMirrorsALoss() {
    Random random = new Random(5);
    Detector detector = score();
    feed(
        detector,
        1,
        1200,
        i -> 0.02 + 0.55 / (1 + Math.exp((700 - i) / 8.0)) + 0.01 * random.nextGaussian());
    assertThat(first(EventKind.CONFIRMED).tau()).isCloseTo(700, within(15.0));
    assertThat(kinds()).doesNotContain(EventKind.HARM);
  }

  @Test
  void theBlindPartIsToldAndWhatChangedInItDated() {
    Random random = new Random(2);
    Detector detector = score();
    for (int i = 0; i < 60; i++) {
      double y = 0.9 / (1 + Math.exp((25 - i) / 2.0)) + 0.01 * random.nextGaussian();
      detector.add(100 * i, y, Double.NaN);
    }
    assertThat(kinds()).containsExactly(EventKind.BLIND);
    Finding blind = first(EventKind.BLIND);
    assertThat(blind.observation()).isEqualTo(60);
    assertThat(blind.tau()).isCloseTo(2500, within(200.0));
    assertThat(blind.expected()).isLessThan(0.1);
    assertThat(blind.value()).isGreaterThan(0.8);
  }

  @Test
  void aSeriesThatEndsBlindIsDatedAtItsEnd() {
    Detector detector = score();
    feed(detector, 1, 30, i -> i < 15 ? 0.1 : 0.9);
    assertThat(found).isEmpty();
    detector.end();
    assertThat(kinds()).containsExactly(EventKind.BLIND);
    assertThat(first(EventKind.BLIND).tau()).isBetween(13.0, 16.0);
    detector.end();
    assertThat(found).hasSize(1);
  }

  @Test
  void aSingleBadBatchIsCountedAndNoAlarm() {
    IntToDoubleFunction law = law(11);
    Detector detector = loss(DetectorSettings.DEFAULT);
    feed(detector, 1, 1200, i -> law.applyAsDouble(i) * (i % 150 == 0 ? 1.5 : 1));
    assertThat(kinds()).containsOnly(EventKind.BLIND, EventKind.OUTLIER);
    assertThat(detector.standing().outliers()).isBetween(6L, 12L);
    // Told at each doubling: 1, 2, 4, 8.
    assertThat(kinds().stream().filter(k -> k == EventKind.OUTLIER).count()).isBetween(3L, 4L);
  }

  @Test
  void aDivergenceIsHarmWithinTenRowsAndItsRecoveryIsNoImprovement() {
    IntToDoubleFunction law = law(13);
    Detector detector = loss(DetectorSettings.DEFAULT);
    feed(detector, 1, 1200, i -> law.applyAsDouble(i) * (i >= 800 && i < 830 ? 2.5 : 1));
    assertThat(first(EventKind.HARM).step()).isBetween(800.0, 809.0);
    assertThat(first(EventKind.RECOVERED).step()).isBetween(830.0, 840.0);
    assertThat(kinds()).doesNotContain(EventKind.SUSPECTED, EventKind.NEW_LEVEL);
  }

  @Test
  void harmThatStaysIsANewLevelAfterSixtyAndTheWatchGoesOn() {
    IntToDoubleFunction law = law(17);
    Detector detector = loss(DetectorSettings.DEFAULT);
    // Memorisation: worse from 800 on; then, much later, better than it ever was.
    feed(
        detector,
        1,
        2600,
        i ->
            law.applyAsDouble(i)
                * (i < 800 ? 1 : 2.0)
                * (1 - 0.8 / (1 + Math.exp((2000 - i) / 6.0))));
    Finding harm = first(EventKind.HARM);
    assertThat(first(EventKind.NEW_LEVEL).observation()).isEqualTo(harm.observation() + 60);
    assertThat(first(EventKind.CONFIRMED).tau()).isCloseTo(2000, within(20.0));
  }

  @Test
  void returnsThatFailNowAndThenAreNotHarmed() {
    Random random = new Random(23);
    Detector detector = score();
    feed(detector, 1, 5000, i -> random.nextDouble() < 0.8 ? -10 + random.nextGaussian() : -50);
    assertThat(kinds()).doesNotContain(EventKind.HARM);
  }

  @Test
  void nanIsToldAtTheThirdInARowAndAddsNoEvidence() {
    IntToDoubleFunction law = law(19);
    Detector detector = loss(DetectorSettings.DEFAULT);
    feed(detector, 1, 600, law);
    double evidence = detector.standing().evidence();
    detector.add(601, Double.NaN, Double.NaN);
    detector.add(602, Double.POSITIVE_INFINITY, Double.NaN);
    assertThat(kinds()).containsOnly(EventKind.BLIND);
    assertThat(detector.standing().evidence()).isEqualTo(evidence);
    detector.add(603, Double.NaN, Double.NaN);
    assertThat(first(EventKind.NAN).step()).isEqualTo(603);
    detector.add(604, Double.NaN, Double.NaN);
    assertThat(kinds()).hasSize(2);
    assertThat(detector.standing().nans()).isEqualTo(4);
  }

  @Test
  void aDropOfTheLearningRateIsScheduledAndNoAlarm() {
    IntToDoubleFunction law = law(29);
    Detector known = loss(DetectorSettings.DEFAULT);
    for (int i = 1; i <= 1500; i++) {
      known.add(i, law.applyAsDouble(i) * (i < 800 ? 1 : 0.9), i < 800 ? 1e-3 : 1e-4);
    }
    assertThat(first(EventKind.SCHEDULED).step()).isEqualTo(800);
    assertThat(kinds()).doesNotContain(EventKind.SUSPECTED);
    found.clear();
    IntToDoubleFunction again = law(29);
    Detector said = loss(DetectorSettings.DEFAULT.withScheduled(List.of(new Span(800, 800))));
    feed(said, 1, 1500, i -> again.applyAsDouble(i) * (i < 800 ? 1 : 0.9));
    assertThat(first(EventKind.SCHEDULED).step()).isEqualTo(800);
    assertThat(kinds()).doesNotContain(EventKind.SUSPECTED);
    found.clear();
    IntToDoubleFunction unknown = law(29);
    Detector unsaid = loss(DetectorSettings.DEFAULT);
    feed(unsaid, 1, 1500, i -> unknown.applyAsDouble(i) * (i < 800 ? 1 : 0.9));
    assertThat(kinds()).contains(EventKind.SUSPECTED, EventKind.CONFIRMED);
  }

  @Test
  void aSlowCosineIsSteadyInItsFirstThirdAndAWarmUpIsNot() {
    Schedule schedule = new Schedule(List.of());
    int changing = 0;
    for (int i = 1; i <= 3000; i++) {
      double rate = i < 100 ? i / 100.0 : Math.pow(Math.cos(Math.PI / 2 * i / 10_000), 2);
      changing += schedule.add(i, rate) == Schedule.State.CHANGING ? 1 : 0;
    }
    assertThat(changing).isBetween(100, 170);
  }

  @Test
  void aTangentOfALineIsTheLineHoweverLongItIs() {
    TangentFit fit = new TangentFit(0.15, 50);
    for (int i = 1; i <= 300_000; i++) {
      fit.add(Math.log(i + 100), 3 - 0.5 * Math.log(i + 100));
    }
    assertThat(fit.slope()).isCloseTo(-0.5, within(1e-6));
    assertThat(fit.at(13)).isCloseTo(3 - 6.5, within(1e-6));
    assertThat(fit.halfLife()).isCloseTo(45_000, within(5.0));
  }

  @Test
  void slidingMediansAreThoseOfSorting() {
    Random random = new Random(31);
    SlidingMedian median = new SlidingMedian(9);
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      double value = random.nextInt(5);
      median.add(value);
      all.add(value);
      double[] last =
          all.subList(Math.max(0, all.size() - 9), all.size()).stream()
              .mapToDouble(Double::doubleValue)
              .sorted()
              .toArray();
      assertThat(median.median())
          .isEqualTo((last[(last.length - 1) / 2] + last[last.length / 2]) / 2);
    }
  }

  @Test
  void theHistoryKeepsTheLastValuesAndMeansOfEarlierOnes() {
    History history = new History();
    for (int i = 1; i <= 100_000; i++) {
      history.add(i, 2.0 * i);
    }
    assertThat(history.stepBefore(0)).isEqualTo(100_000);
    assertThat(history.stepBefore(511)).isEqualTo(100_000 - 511);
    assertThat(history.stepBefore(50_000)).isCloseTo(50_000, within(300.0));
    History.Stretch stretch = history.last(20_000);
    assertThat(stretch.steps().length).isLessThanOrEqualTo(History.LENGTH);
    assertThat(stretch.steps()[0]).isCloseTo(80_000, within(300.0));
    for (int i = 0; i < stretch.steps().length; i++) {
      assertThat(stretch.values()[i]).isEqualTo(2 * stretch.steps()[i]);
    }
  }

  @Test
  void refusalsNameWhatIsExpected() {
    Detector detector = loss(DetectorSettings.DEFAULT);
    assertThatThrownBy(() -> detector.add(-200, 1, Double.NaN))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("step -200");
    assertThatThrownBy(() -> DetectorSettings.DEFAULT.withThreshold(1))
        .hasMessage("threshold: expected 10 to 1e12, found 1.0; 1e5 is usual");
    assertThatThrownBy(() -> new Span(2, 1)).hasMessageContaining("FROM <= THROUGH");
  }
}
