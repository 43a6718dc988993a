package refrain.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The parameters in float64 and, during a backward pass, their gradient. */
final class ReferenceWeights {
  private final Layout layout;
  private final double[] values;
  private final double @Nullable [] gradient;

  ReferenceWeights(Layout layout, double[] values, double @Nullable [] gradient) {
    this.layout = layout;
    this.values = values;
    this.gradient = gradient;
  }

  /** The tensor of that name. */
  Tensor get(String name) {
    Parameter p = layout.get(name);
    return new Tensor(p.offset(), p.strides());
  }

  /** The tensor of that name, or null where the model has none. */
  @Nullable Tensor find(String name) {
    return layout.has(name) ? get(name) : null;
  }

  /** One parameter or a part of one: element [i] or [i, j], and the same of its gradient. */
  final class Tensor {
    private final int offset;
    private final int[] strides;

    private Tensor(int offset, int[] strides) {
      this.offset = offset;
      this.strides = strides;
    }

    /** What belongs to one head, where the first index is the head. */
    Tensor head(int h) {
      return new Tensor(index(h), Arrays.copyOfRange(strides, 1, strides.length));
    }

    /** [j, i] of a matrix [i, j]. */
    Tensor transposed() {
      return new Tensor(offset, new int[] {strides[1], strides[0]});
    }

    double at(int i) {
      return values[index(i)];
    }

    double at(int i, int j) {
      return values[index(i, j)];
    }

    void addGradient(double g, int i) {
      gradient()[index(i)] += g;
    }

    void addGradient(double g, int i, int j) {
      gradient()[index(i, j)] += g;
    }

    private int index(int i) {
      return offset + i * strides[0];
    }

    private int index(int i, int j) {
      return index(i) + j * strides[1];
    }

    private double[] gradient() {
      if (gradient == null) {
        throw new IllegalStateException("a gradient was added in a forward pass");
      }
      return gradient;
    }
  }
}
