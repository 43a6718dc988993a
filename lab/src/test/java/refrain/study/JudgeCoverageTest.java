package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.study.Coverage.Row;
import refrain.study.JudgeCalibration.Values;

/**
 * Statistics against simulated runs of known truth, with the few simulations that a test affords,
 * and the table of many that is kept ({@link JudgeCalibration}).
 */
class JudgeCoverageTest {
  private static void covered(List<Row> rows, double from, double holmFrom) {
    assertThat(rows.getFirst().covered()).as("%s", rows.getFirst()).isBetween(from, 1.0);
    assertThat(rows.getLast().covered()).as("%s", rows.getLast()).isBetween(holmFrom, 1.0);
  }

  @Test
  void meansOfADozenSeedsAreCovered() {
    covered(JudgeCalibration.mean(Values.NORMAL, 12, 1000), 0.93, 0.985);
    covered(JudgeCalibration.mean(Values.BIMODAL, 10, 1000), 0.93, 0.985);
    covered(JudgeCalibration.mean(Values.EXPONENTIAL, 12, 1000), 0.88, 0.95);
  }

  @Test
  void sharesAreCoveredAtLeast() {
    covered(JudgeCalibration.share(0.8, 12, 1000), 0.94, 0.99);
  }

  @Test
  void directionsOfTwoUncertainDatesAreCovered() {
    covered(JudgeCalibration.angle(Values.NORMAL, 8, 4, 80), 0.89, 0.95);
  }

  @Test
  void couplingErrsAtItsLevel() {
    covered(JudgeCalibration.coupling(Values.NORMAL, 12, 1, 400), 0.92, 0.98);
    covered(JudgeCalibration.coupling(Values.EXPONENTIAL, 12, 2, 400), 0.91, 0.97);
  }

  @Test
  void rankCorrelationsAreCovered() {
    covered(JudgeCalibration.rank(0.8, 12, 1000), 0.93, 0.98);
  }

  @Test
  void everySeedErrsAtItsLevel() {
    Row row = JudgeCalibration.everySeed(12, 2000).getFirst();
    assertThat(row.above()).as("holds with one seed at the bar").isBetween(0.03, 0.07);
    assertThat(row.below()).as("refuted with all at the bar").isBetween(0.02, 0.07);
  }

  /** What reports show was simulated for every statistic, at 95 % and at Holm's first step. */
  @Test
  void theTableThatIsKeptHasEveryStatistic() {
    Coverage kept = Coverage.load();
    for (Statistic statistic : Statistic.values()) {
      List<Row> rows = kept.rows().stream().filter(r -> r.statistic() == statistic).toList();
      assertThat(rows).as("%s", statistic).hasSizeGreaterThan(5);
      for (double alpha : JudgeCalibration.ALPHAS) {
        assertThat(rows).anyMatch(r -> Math.abs(r.level() - (1 - alpha)) < 1e-9);
      }
    }
  }
}
