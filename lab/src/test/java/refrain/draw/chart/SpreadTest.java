package refrain.draw.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void leavesLabelsThatDoNotTouch() {
    assertThat(Spread.apart(new double[] {80, 10, 40}, 15, 0, 100)).containsExactly(80, 10, 40);
  }

  @Test
  void spreadsEqualLabelsAroundTheirPlace() {
    assertThat(Spread.apart(new double[] {50, 50, 50}, 10, 0, 100)).containsExactly(40, 50, 60);
  }

  @Test
  void keepsLabelsInsideAtTheEdge() {
    assertThat(Spread.apart(new double[] {99, 99}, 10, 0, 100)).containsExactly(90, 100);
    assertThat(Spread.apart(new double[] {-5}, 10, 0, 100)).containsExactly(0);
    assertThat(Spread.apart(new double[0], 10, 0, 100)).isEmpty();
  }

  @Test
  void neverOverlapsAndKeepsTheOrder() {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < 500; trial++) {
      int n = random.nextInt(1, 14);
      double[] wanted = random.doubles(n, 0, 200).toArray();
      double[] placed = Spread.apart(wanted, 15, 0, 200);
      double[] sorted = placed.clone();
      Arrays.sort(sorted);
      assertThat(sorted[0]).isGreaterThanOrEqualTo(0);
      assertThat(sorted[n - 1]).isLessThanOrEqualTo(200 + 1e-9);
      for (int i = 1; i < n; i++) {
        assertThat(sorted[i] - sorted[i - 1]).isGreaterThan(15 - 1e-9);
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (wanted[i] < wanted[j]) {
            assertThat(placed[i]).isLessThan(placed[j]);
          }
        }
      }
    }
  }

  @Test
  void sharesTheRoomWhereThereIsTooLittle() {
    double[] placed = Spread.apart(new double[] {5, 5, 5, 5, 5}, 15, 0, 40);
    assertThat(placed).containsExactly(new double[] {0, 10, 20, 30, 40}, within(1e-9));
  }
}
