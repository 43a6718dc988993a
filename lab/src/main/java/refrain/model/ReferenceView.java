package refrain.model;

/** A copied activation; values are row-major. */
record ReferenceView(int[] shape, double[] values) implements View {
  @Override
  public double get(int... index) {
    if (index.length != shape.length) {
      throw new IllegalArgumentException(
          "an index of " + index.length + " numbers into a shape of " + shape.length);
    }
    int at = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      at = at * shape[axis] + java.util.Objects.checkIndex(index[axis], shape[axis]);
    }
    return values[at];
  }

  @Override
  public float[] toArray() {
    float[] copy = new float[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) values[i];
    }
    return copy;
  }
}
