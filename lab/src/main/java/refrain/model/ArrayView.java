package refrain.model;

import java.util.Arrays;
import refrain.tensor.Mat;

/**
 * A strided view of an engine's buffer.
 *
 * @param offset of the first element in data
 * @param aboveDiagonal what stands above the diagonal of the last two axes: 0 for patterns,
 *     -infinity for scores; NaN: the view is not causal, every element is read
 */
record ArrayView(float[] data, int offset, int[] shape, int[] strides, double aboveDiagonal)
    implements View {

  static ArrayView of(float[] data, int offset, int[] shape, int... strides) {
    return new ArrayView(data, offset, shape, strides, Double.NaN);
  }

  /** [rows, columns] */
  static ArrayView of(Mat x) {
    return of(x.data, x.origin, new int[] {x.rows, x.columns}, x.row, 1);
  }

  /** [rows, head, width]: heads side by side. */
  static ArrayView of(Mat x, int width) {
    int[] shape = {x.rows, x.columns / width, width};
    return of(x.data, x.origin, shape, x.row, width, 1);
  }

  /** [head, T, T]: causal squares under one another. */
  static ArrayView squares(Mat x, double aboveDiagonal) {
    int[] shape = {x.rows / x.columns, x.columns, x.columns};
    int[] strides = {x.columns * x.row, x.row, 1};
    return new ArrayView(x.data, x.origin, shape, strides, aboveDiagonal);
  }

  @Override
  public float[] toArray() {
    int columns = shape[shape.length - 1];
    int rows = 1;
    for (int i = 0; i < shape.length - 1; i++) {
      rows *= shape[i];
    }
    float[] out = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      int at = offset;
      int rest = r;
      for (int i = shape.length - 2; i >= 0; i--) {
        at += rest % shape[i] * strides[i];
        rest /= shape[i];
      }
      int stride = strides[shape.length - 1];
      int read = Double.isNaN(aboveDiagonal) ? columns : r % shape[shape.length - 2] + 1;
      int to = r * columns;
      if (stride == 1) {
        System.arraycopy(data, at, out, to, read);
      } else {
        for (int c = 0; c < read; c++) {
          out[to + c] = data[at + c * stride];
        }
      }
      Arrays.fill(out, to + read, to + columns, (float) aboveDiagonal);
    }
    return out;
  }
}
