package refrain.model;

/** A copied activation; values are row-major. */
record ReferenceView(int[] shape, double[] values) implements View {
  @Override
  public float[] toArray() {
    float[] copy = new float[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) values[i];
    }
    return copy;
  }
}
