package refrain.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Kernels check no index of a vector: that none leaves its array rests on what {@link Mat} proves
 * when it is made and {@link Bounds} at each call. Here both are attacked.
 */
class BoundsTest {
  private static final List<Kernels> TWINS = List.of(new ScalarKernels(), new VectorKernels());

  @Test
  void noMatrixReachesBeyondItsArray() {
    float[] data = new float[100];
    assertThat(Mat.of(data, 12, 8, 10, 11).at(7)).isEqualTo(89);
    assertThatThrownBy(() -> Mat.of(data, 14, 8, 10, 11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a matrix [8, 10] with strides 11, 1 from 14 on does not lie in an array of 100 floats");
    assertThatThrownBy(() -> Mat.of(data, -1, 1, 1, 1)).hasMessageContaining("from -1 on");
    assertThatThrownBy(() -> Mat.of(data, 0, 2, 1, -1)).hasMessageContaining("strides -1, 1");
    assertThatThrownBy(() -> Mat.of(data, 0, 1 << 20, 1, 1 << 20)).hasMessageContaining("100");
    assertThatThrownBy(() -> Mat.of(data, 0, 10, 10, 10).part(5, 5, 6, 5))
        .hasMessageContaining("from 55 on");
    assertThatThrownBy(() -> Mat.packed(data, 5, 3, 17, 16)).hasMessageContaining("panels of 48");
    assertThat(Mat.packed(data, 4, 3, 17, 16).panel).isEqualTo(48);
    assertThat(Mat.of(data, 100, 0, 5, 5).rows).isZero();
  }

  @Test
  void aProductRefusesWhatDoesNotFit() {
    Mat c = Mat.allocate(6, 8);
    for (Kernels kernels : TWINS) {
      refuses(kernels, Mat.allocate(5, 4), Mat.allocate(4, 8), c, c);
      refuses(kernels, Mat.allocate(6, 5), Mat.allocate(4, 8), c, c);
      refuses(kernels, Mat.allocate(6, 4), Mat.allocate(4, 7), c, c);
      refuses(kernels, Mat.allocate(6, 4), Mat.allocate(4, 8), Mat.allocate(5, 8), c);
      refuses(kernels, Mat.allocate(6, 4), Mat.allocate(4, 8), Mat.zeros(6, 7), c);
      refuses(kernels, Mat.allocate(6, 4), Mat.allocate(8, 4).transposed(), c, c);
      Mat turned = Mat.allocate(8, 6).transposed();
      refuses(kernels, Mat.allocate(6, 4), Mat.allocate(4, 8), turned, turned);
      Mat packed = Mat.packed(6, 8, 16);
      refuses(kernels, Mat.allocate(6, 4), Mat.allocate(4, 8), packed, packed);
    }
    assertThatThrownBy(() -> new VectorKernels().gemm(Mat.allocate(6, 4), Mat.packed(4, 8, 24), c))
        .hasMessage(
            "[4, 8] with strides 24, 1 in panels of 96, expected panels of "
                + new VectorKernels().panel());
  }

  private static void refuses(Kernels kernels, Mat a, Mat b, Mat start, Mat c) {
    assertThatThrownBy(() -> kernels.gemm(a, b, start, c))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no product: %s = %s + %s times %s", c, start, a, b);
  }

  @Test
  void aPatternNeedsRowsOfWholeBlocks() {
    Kernels kernels = new VectorKernels();
    Mat tight = Mat.of(new float[20 * 20], 0, 20, 20, 20);
    assertThatThrownBy(() -> kernels.softmax(tight, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no pattern: [20, 20] with strides 20, 1, expected a square with rows of whole blocks"
                + " of 16");
    Mat ends = Mat.of(new float[20 * 32], 12, 20, 20, 32);
    Mat enough = Mat.of(new float[20 * 32 + 12], 12, 20, 20, 32);
    assertThatThrownBy(() -> kernels.softmax(ends, 1)).hasMessageStartingWith("no pattern");
    assertThatThrownBy(() -> kernels.softmaxBackward(enough, ends, 1))
        .hasMessageStartingWith("no pattern");
    assertThatThrownBy(() -> kernels.softmaxBackward(enough, Mat.allocate(19, 19), 1))
        .hasMessageEndingWith("expected one size");
    assertThatThrownBy(() -> kernels.softmax(Mat.allocate(20, 21), 1))
        .hasMessageStartingWith("no pattern: [20, 21]");
    kernels.softmax(enough, 1);
  }

  @Test
  void rowsAndNormsStayInside() {
    Kernels kernels = new VectorKernels();
    float[] x = new float[40];
    float[] y = new float[39];
    List<Runnable> attacks =
        List.of(
            () -> kernels.add(x, 0, y, 0, 40),
            () -> kernels.add(y, 0, x, 0, 40),
            () -> kernels.crossEntropy(y, 0, 40, 3),
            () -> kernels.crossEntropyGradient(y, 0, 40, 3, 1),
            () -> kernels.gelu(x, 0, y, 0, 40),
            () -> kernels.geluBackward(y, 0, x, 0, 40),
            () -> kernels.geluTanh(x, 0, y, 0, 40),
            () -> kernels.geluTanhBackward(y, 0, x, 0, 40),
            () -> kernels.swiglu(x, 0, x, 0, y, 0, 40),
            () -> kernels.swigluBackward(x, 0, x, 0, x, 0, x, 0, y, 0, 40),
            () -> kernels.add(x, -1, x, 0, 4));
    for (Runnable attack : attacks) {
      assertThatThrownBy(attack::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("(40|4) floats from (0|-1) on do not lie in an array of \\d+ floats");
    }
    Mat a = Mat.allocate(3, 20);
    Mat other = Mat.of(new float[100], 0, 3, 20, 20);
    float[] theta = new float[40];
    float[] r = new float[3];
    assertThatThrownBy(() -> kernels.layerNorm(a, theta, 0, 20, 0, other, r, a))
        .hasMessage("%s and %s do not lie alike", a, other);
    assertThatThrownBy(() -> kernels.rmsNorm(a, theta, 0, 0, a, r, other))
        .hasMessage("%s and %s do not lie alike", a, other);
    assertThatThrownBy(() -> kernels.layerNormBackward(a, a, r, theta, 0, 21, a, theta))
        .hasMessage("20 floats from 21 on do not lie in an array of 40 floats");
    assertThatThrownBy(() -> kernels.rmsNormBackward(a, a, r, theta, 0, other, theta))
        .hasMessage("%s and %s do not lie alike", a, other);
  }

  /** Operands at the very beginning and end of arrays, and around C numbers that must stay. */
  @Test
  void aProductWritesNothingAroundItsResult() {
    SplittableRandom random = new SplittableRandom(3);
    for (int turn = 0; turn < 300; turn++) {
      int m = 1 + random.nextInt(40);
      int n = 1 + random.nextInt(150);
      int k = random.nextInt(20);
      Mat a = Mat.of(new float[m * k], 0, m, k, k);
      Mat b = Mat.of(new float[k * n], 0, k, n, n);
      Arrays.fill(a.data, 1);
      Arrays.fill(b.data, 1);
      int row = n + random.nextInt(20);
      float[] data = new float[5 + m * row + 5];
      Arrays.fill(data, -7);
      Mat c = Mat.of(data, 5, m, n, row);
      new VectorKernels().gemm(a, b, Mat.zeros(m, n), c);
      float[] expected = new float[data.length];
      Arrays.fill(expected, -7);
      for (int i = 0; i < m; i++) {
        Arrays.fill(expected, c.at(i), c.at(i) + n, k);
      }
      assertThat(data).as("[%d, %d, %d]", m, n, k).isEqualTo(expected);
    }
  }
}
