package refrain.model;

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
    return new Tensor(layout.get(name));
  }

  /** The tensor of that name, or null where the model has none. */
  @Nullable Tensor find(String name) {
    return layout.has(name) ? get(name) : null;
  }

  /** One parameter: element [i], [i, j] or [i, j, k], and the same of its gradient. */
  final class Tensor {
    private final Parameter p;

    private Tensor(Parameter p) {
      this.p = p;
    }

    double at(int i) {
      return values[index(i)];
    }

    double at(int i, int j) {
      return values[index(i, j)];
    }

    double at(int i, int j, int k) {
      return values[index(i, j, k)];
    }

    void addGradient(double g, int i) {
      gradient()[index(i)] += g;
    }

    void addGradient(double g, int i, int j) {
      gradient()[index(i, j)] += g;
    }

    void addGradient(double g, int i, int j, int k) {
      gradient()[index(i, j, k)] += g;
    }

    private int index(int i) {
      return p.offset() + i * p.strides()[0];
    }

    private int index(int i, int j) {
      return index(i) + j * p.strides()[1];
    }

    private int index(int i, int j, int k) {
      return index(i, j) + k * p.strides()[2];
    }

    private double[] gradient() {
      if (gradient == null) {
        throw new IllegalStateException("a gradient was added in a forward pass");
      }
      return gradient;
    }
  }
}
