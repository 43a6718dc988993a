package refrain.tensor;

/**
 * Arrays whose rows begin at a cache line. A Java array's elements start 16 bytes into its object;
 * where objects are aligned to 64 bytes ({@code -XX:ObjectAlignmentInBytes=64}, which the launcher
 * gives), element 12 is the first to lie on a line. Without that alignment the results are the same
 * and the products about a fifth slower, because every vector straddles two lines.
 */
public final class Rows {
  /** Index of the first element in use. */
  public static final int ORIGIN = 12;

  private Rows() {}

  /** An array with room for n elements from {@link #ORIGIN} on. */
  public static float[] allocate(int n) {
    return new float[ORIGIN + n];
  }
}
