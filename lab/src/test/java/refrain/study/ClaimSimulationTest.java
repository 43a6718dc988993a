package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Json;

/**
 * Worlds in which a claim is true and false, on pilots whose answer is known, and the rates of the
 * primary claims that are kept beside a study.
 */
class ClaimSimulationTest {
  private static final double LEVEL = 0.05 / 12;

  private static final String CLAIMS =
      """
      name: s
      title: t
      seeds: 12
      defaults:
        variant: {preset: tiny}
        claim: {argument: x, data: R0, sentence: S, why: w, seeds: 12}
      variants: [{name: a}, {name: b}, {name: c}]
      claims:
        - id: lead
          test: {variants: [a], quantity: date.icl.tau, other: date.pm.tau, compare: LOG_RATIO, statistic: MEAN, bar: {side: AT_LEAST, at: 0}}
          otherwise: {kind: no-effect, world: w}
        - id: near
          test: {variants: [a], quantity: date.icl.tau, other: date.pm.tau, compare: LOG_RATIO, statistic: MEAN, bar: {side: WITHIN, at: 0.2}}
          otherwise: {kind: deranged, world: w}
        - id: coupled
          test: {variants: [a, b], quantity: date.icl.tau, other: date.pm.tau, placebo: date.grad.tau, given: formation.step, statistic: COUPLING, bar: {side: AT_LEAST, at: 0}}
          otherwise: {kind: clock, world: w}
          seeds: 24
        - id: earlier
          test: {variants: [b], quantity: date.icl.tau, against: a, compare: RATIO, statistic: MEAN, bar: {side: AT_MOST, at: 0.8}}
          control: {variants: [c], bar: {side: AT_LEAST, at: 0.9}}
          otherwise: {kind: exchanged, world: w}
        - id: head
          test: {variants: [a], quantity: pm.max, statistic: MEAN, bar: {side: AT_LEAST, at: 0.5}}
          otherwise: {kind: other-quantity, world: w, quantity: pm.second}
      """;

  @TempDir Path temp;

  /**
   * Ten seeds: dates follow a clock of 5 %, ICL comes 3 % after matching and within 1 %, the
   * gradient's date follows the clock alone; b is at .6 of a and c at 1.
   */
  private PilotNumbers pilot() throws IOException {
    Random random = new Random(3);
    List<String> lines = new ArrayList<>(List.of("variant,seed,quantity,value"));
    for (int seed = 0; seed < 10; seed++) {
      double clock = random.nextGaussian();
      for (String variant : List.of("a", "b", "c")) {
        double own = 0.05 * random.nextGaussian();
        double pm = (variant.equals("b") ? 240 : 400) * Math.exp(0.05 * clock + own);
        String run = variant + "," + seed + ",";
        lines.add(run + "date.pm.tau," + pm);
        lines.add(run + "date.icl.tau," + pm * Math.exp(0.03 + 0.01 * random.nextGaussian()));
        lines.add(run + "date.grad.tau," + 300 * Math.exp(0.05 * (clock + random.nextGaussian())));
        lines.add(run + "formation.step," + (400 + 20 * clock));
        lines.add(run + "pm.max," + (0.9 + 0.02 * random.nextGaussian()));
        lines.add(run + "pm.second," + (0.3 + 0.1 * random.nextGaussian()));
      }
    }
    return PilotNumbers.read(Files.write(temp.resolve("pilot.csv"), lines));
  }

  private static Claim claim(String id) {
    return Study.of(Json.parseYaml(CLAIMS, "s.yaml"), "s.yaml").claims().stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private Rates.Rate rate(String id) throws IOException {
    return ClaimSimulation.rate(claim(id), pilot(), LEVEL, 100);
  }

  @Test
  void claimsThatCanFailAreCaughtWhereTheyAreFalseAndHoldWhereTheyAreTrue() throws IOException {
    for (String id : List.of("lead", "earlier", "head", "coupled")) {
      Rates.Rate rate = rate(id);
      assertThat(rate.caught()).as("%s: %s", id, rate.words()).isGreaterThanOrEqualTo(0.8);
      assertThat(rate.power()).as("%s: %s", id, rate.words()).isGreaterThanOrEqualTo(0.9);
    }
    assertThat(rate("earlier").controlFails()).isLessThanOrEqualTo(0.05);
    assertThat(rate("lead").controlFails()).isNull();
    assertThat(rate("coupled").n()).isEqualTo(12);
    assertThat(rate("head").least()).isEqualTo(8);
  }

  /** Equivalence of two dates says nothing of a seed: strangers' dates are as near. */
  @Test
  void aClaimThatStrangersPassTooIsNotCaught() throws IOException {
    Rates.Rate rate = rate("near");
    assertThat(rate.power()).isGreaterThan(0.95);
    assertThat(rate.caught()).isLessThan(0.5);
  }

  /** Means, deviations and the correlation of drawn seeds are the pilot's. */
  @Test
  void drawnSeedsSpreadAsThePilotsDo() throws IOException {
    double[] pilot = moments(1);
    double[] drawn = moments(300);
    assertThat(drawn[0]).isCloseTo(pilot[0], within(0.003));
    assertThat(drawn[1]).isCloseTo(pilot[1], within(0.15 * pilot[1]));
  }

  /** Mean and standard deviation of ln icl - ln pm; over draws of 12, or of the pilot itself. */
  private double[] moments(int draws) throws IOException {
    PilotNumbers numbers = pilot();
    List<Double> values = new ArrayList<>();
    if (draws == 1) {
      for (int seed = 0; seed < 10; seed++) {
        values.add(
            Math.log(
                numbers.value(new PilotNumbers.Column("a", "date.icl.tau"), seed)
                    / numbers.value(new PilotNumbers.Column("a", "date.pm.tau"), seed)));
      }
    } else {
      Worlds worlds = new Worlds(claim("lead"), numbers);
      Random random = new Random(5);
      for (int i = 0; i < draws; i++) {
        values.addAll(worlds.claimed(12, random, 100).test().values());
      }
    }
    double mean = values.stream().mapToDouble(x -> x).average().orElseThrow();
    double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return new double[] {mean, Math.sqrt(squares / (values.size() - 1))};
  }

  /**
   * What stands beside a primary claim was simulated of it as it stands, and is enough; a study
   * whose pilot has not been run yet has none at all.
   */
  @Test
  void everyPrimaryClaimHasRatesThatAreEnough() throws IOException {
    for (String name : Study.names()) {
      Study study = Study.named(name);
      Rates kept = Rates.of(study);
      List<Claim> primary =
          kept.claims().isEmpty()
              ? List.of()
              : study.claims().stream().filter(Claim::primary).toList();
      for (Claim claim : primary) {
        Rates.Rate rate = kept.of(claim).orElseThrow(() -> new AssertionError(claim.id()));
        assertThat(rate.level()).as(claim.id()).isCloseTo(0.05 / primary.size(), within(1e-9));
        assertThat(rate.caught()).as(claim.id()).isGreaterThanOrEqualTo(0.8);
        assertThat(rate.controlFails() == null ? 0 : rate.controlFails())
            .as(claim.id())
            .isLessThanOrEqualTo(0.05);
        assertThat(rate.power()).as(claim.id()).isGreaterThanOrEqualTo(0.9);
      }
      if (!primary.isEmpty()) {
        Claim first = primary.getFirst();
        PilotNumbers numbers = PilotNumbers.read(ClaimSimulation.pilot(name));
        double power = ClaimSimulation.rate(first, numbers, 0.05 / primary.size(), 100).power();
        assertThat(power)
            .as(first.id())
            .isCloseTo(kept.of(first).orElseThrow().power(), within(0.12));
      }
    }
  }
}
