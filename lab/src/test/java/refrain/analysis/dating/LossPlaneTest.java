package refrain.analysis.dating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LossPlaneTest {
  /** Ten snapshots go 9 along u, then ten more 4 along v, in a space of 40 losses. */
  private static double[][] corner() {
    SplittableRandom random = new SplittableRandom(3);
    double[] u = new double[40];
    double[] v = new double[40];
    double uu = 0;
    double uv = 0;
    double vv = 0;
    for (int e = 0; e < 40; e++) {
      u[e] = random.nextGaussian();
      v[e] = random.nextGaussian();
      uu += u[e] * u[e];
      uv += u[e] * v[e];
    }
    for (int e = 0; e < 40; e++) {
      v[e] -= uv / uu * u[e];
      vv += v[e] * v[e];
    }
    double[][] snapshots = new double[20][40];
    for (int i = 0; i < 20; i++) {
      double a = Math.min(i, 9);
      double b = Math.max(0, i - 9) * .4;
      for (int e = 0; e < 40; e++) {
        snapshots[i][e] = 5 + a * u[e] / Math.sqrt(uu) + b * v[e] / Math.sqrt(vv);
      }
    }
    return snapshots;
  }

  @Test
  void aPlantedPlaneIsFoundWithItsDistances() {
    double[][] snapshots = corner();
    LossPlane plane = LossPlane.of(snapshots);
    assertThat(plane.explained()[0] + plane.explained()[1]).isCloseTo(1, within(1e-12));
    assertThat(plane.explained()[0]).isGreaterThan(plane.explained()[1]);
    for (int i = 0; i < 20; i += 3) {
      for (int j = 0; j < i; j++) {
        double squares = 0;
        for (int e = 0; e < 40; e++) {
          squares += Math.pow(snapshots[i][e] - snapshots[j][e], 2);
        }
        double there = Math.hypot(plane.x()[i] - plane.x()[j], plane.y()[i] - plane.y()[j]);
        assertThat(there).isCloseTo(Math.sqrt(squares), within(1e-9));
      }
    }
  }

  @Test
  void theSignsDoNotDependOnTheSolver() {
    LossPlane plane = LossPlane.of(corner());
    for (double[] axis : new double[][] {plane.x(), plane.y()}) {
      double furthest = 0;
      for (double c : axis) {
        furthest = Math.abs(c) > Math.abs(furthest) ? c : furthest;
      }
      assertThat(furthest).isPositive();
    }
  }

  @Test
  void thePivotIsThePlantedCorner() {
    LossPlane.Pivot pivot = LossPlane.of(corner()).pivot(0, 20);
    assertThat(pivot.index()).isEqualTo(9);
    assertThat(pivot.angle()).isCloseTo(90, within(1e-6));
    // The height of a right triangle with legs 9 and 4 on its hypotenuse.
    assertThat(pivot.depth()).isCloseTo(9 * 4 / Math.hypot(9, 4), within(1e-9));
  }

  @Test
  void aPartHasACornerOfItsOwn() {
    LossPlane plane =
        new LossPlane(
            new double[] {0, 1, 2, 0, 0, 1},
            new double[] {0, 0, 2, 5, 7, 7},
            new double[] {.5, .5});
    assertThat(plane.pivot(3, 6).index()).isEqualTo(4);
    assertThat(plane.pivot(0, 3).index()).isEqualTo(1);
    assertThat(plane.pivot(0, 3).depth()).isCloseTo(Math.sqrt(.5), within(1e-12));
  }
}
