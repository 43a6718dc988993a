package refrain.draw.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineTest {
  @Test
  void decimationKeepsTheExtremesOfEachColumnAndBothEnds() {
    SplittableRandom random = new SplittableRandom(7);
    int n = 50_001;
    double[] x = new double[n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = i;
      y[i] = random.nextDouble();
    }
    y[31_337] = 40;
    y[12_345] = -40;
    Line line = Line.of(x, y);
    Scale scale = new Scale(false, 0, n - 1);
    int columns = 600;
    int[] kept = line.decimate(scale, columns);
    assertThat(kept.length).isLessThanOrEqualTo(4 * (columns + 1));
    assertThat(kept).contains(0, 31_337, 12_345, n - 1).isSorted().doesNotHaveDuplicates();
    double[] high = new double[columns + 1];
    Arrays.fill(high, -1e9);
    double[] keptHigh = high.clone();
    for (int i = 0; i < n; i++) {
      int c = (int) Math.floor(scale.at(x[i]) * columns);
      high[c] = Math.max(high[c], y[i]);
    }
    for (int i : kept) {
      int c = (int) Math.floor(scale.at(x[i]) * columns);
      keptHigh[c] = Math.max(keptHigh[c], y[i]);
    }
    assertThat(keptHigh).isEqualTo(high);
  }

  @Test
  void decimationKeepsGaps() {
    double[] x = new double[1000];
    double[] y = new double[1000];
    Arrays.setAll(x, i -> i);
    y[500] = Double.NaN;
    assertThat(Line.of(x, y).decimate(new Scale(false, 0, 999), 10)).contains(499, 500, 501);
  }

  @Test
  void shortLinesStayWhole() {
    Line line = Line.of(new double[] {1, 2, 3}, new double[] {3, Double.NaN, 1});
    assertThat(line.decimate(new Scale(false, 1, 3), 100)).containsExactly(0, 1, 2);
  }

  @Test
  void doesNotChangeWithTheCallersArrays() {
    double[] y = {1, 2};
    Line line = Line.of(new double[] {0, 1}, y);
    y[0] = 99;
    assertThat(line.y(0)).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoLine() {
    assertThatThrownBy(() -> Line.of(new double[2], new double[3]))
        .hasMessage("a line has 2 x but 3 y");
    assertThatThrownBy(() -> Line.of(new double[] {2, 1}, new double[2]))
        .hasMessage("x of a line must be finite and not decrease, found 1.0 at point 1");
  }
}
