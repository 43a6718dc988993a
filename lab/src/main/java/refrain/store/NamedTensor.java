package refrain.store;

import java.util.Arrays;
import java.util.Locale;

/**
 * One tensor as files know it.
 *
 * @param name the field's name, for example {@code blocks.0.attn.W_Q}
 * @param shape the sizes of its axes, the slowest first; empty for a scalar
 * @param values the elements in row-major order, as many as the product of the shape
 */
public record NamedTensor(String name, int[] shape, float[] values) {
  public NamedTensor {
    long elements = 1;
    for (int size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "tensor '" + name + "' has a negative size in shape " + Arrays.toString(shape));
      }
      elements = Math.multiplyExact(elements, (long) size);
    }
    if (elements != values.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "tensor '%s' of shape %s needs %d values, got %d",
              name,
              Arrays.toString(shape),
              elements,
              values.length));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedTensor(String n, int[] s, float[] v)
        && name.equals(n)
        && Arrays.equals(shape, s)
        && Arrays.equals(values, v);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + Arrays.hashCode(shape)) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return name + " " + Arrays.toString(shape);
  }
}
