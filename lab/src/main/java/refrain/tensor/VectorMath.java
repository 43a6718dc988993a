package refrain.tensor;

import static refrain.tensor.VectorGemm.L;
import static refrain.tensor.VectorGemm.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** Functions of vectors that the Vector API lacks or does not give the same bits for. */
final class VectorMath {
  /** 1.5 2^23: adding it leaves the nearest integer in the low bits of a float. */
  private static final float ROUND = 12582912f;

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private static final VectorShuffle<Float> ACROSS_8 = across(8);
  private static final VectorShuffle<Float> ACROSS_4 = across(4);
  private static final VectorShuffle<Float> ACROSS_2 = across(2);
  private static final VectorShuffle<Float> ACROSS_1 = across(1);

  private VectorMath() {}

  private static VectorShuffle<Float> across(int distance) {
    return VectorShuffle.fromOp(S, i -> distance < L ? i ^ distance : i);
  }

  /**
   * The sum of the lanes, in one fixed order. {@code reduceLanes(ADD)} may add in another order
   * once it is compiled, which would make results depend on the moment of compilation.
   */
  static float sum(FloatVector v) {
    if (L >= 16) {
      v = v.add(v.rearrange(ACROSS_8));
    }
    if (L >= 8) {
      v = v.add(v.rearrange(ACROSS_4));
    }
    if (L >= 4) {
      v = v.add(v.rearrange(ACROSS_2));
    }
    if (L >= 2) {
      v = v.add(v.rearrange(ACROSS_1));
    }
    return v.lane(0);
  }

  /**
   * The greater of each lane. {@code max} would order zeros and NaNs too, in seven instructions.
   */
  static FloatVector greater(FloatVector x, FloatVector y) {
    return x.blend(y, y.compare(VectorOperators.GT, x));
  }

  /** The greatest lane; NaNs lose. */
  static float greatest(FloatVector v) {
    if (L >= 16) {
      v = greater(v, v.rearrange(ACROSS_8));
    }
    if (L >= 8) {
      v = greater(v, v.rearrange(ACROSS_4));
    }
    if (L >= 4) {
      v = greater(v, v.rearrange(ACROSS_2));
    }
    if (L >= 2) {
      v = greater(v, v.rearrange(ACROSS_1));
    }
    return v.lane(0);
  }

  /** As {@link #expOfNegative}, for any x: e^88 above 88. */
  static FloatVector exp(FloatVector x) {
    return expOfNegative(x.blend(88f, x.compare(VectorOperators.GT, 88f)));
  }

  /**
   * e^x to 2 units in the last place for x in [-87, 88]; 0 below -87 (so that no denormal arises).
   *
   * <p>x = n ln 2 + r with |r| at most ln(2)/2; e^r by the minimax polynomial of degree 7 of the
   * Cephes library's expf; 2^n by building its exponent.
   */
  static FloatVector expOfNegative(FloatVector x) {
    FloatVector shifted = x.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(S, 1.9875691500e-4f);
    p = p.fma(r, FloatVector.broadcast(S, 1.3981999507e-3f));
    p = p.fma(r, FloatVector.broadcast(S, 8.3334519073e-3f));
    p = p.fma(r, FloatVector.broadcast(S, 4.1665795894e-2f));
    p = p.fma(r, FloatVector.broadcast(S, 1.6666665459e-1f));
    p = p.fma(r, FloatVector.broadcast(S, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r.add(1f));
    IntVector power = shifted.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23);
    return p.mul(power.reinterpretAsFloats()).blend(0f, x.lt(-87f));
  }
}
