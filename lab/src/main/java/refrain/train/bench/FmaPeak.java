package refrain.train.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import refrain.tensor.VectorModule;
import refrain.tensor.Workers;

/**
 * How many multiplications and additions the processor does when nothing else is asked of it: fused
 * multiply-adds on vectors that never leave their registers. No product can be faster, so shares of
 * it cannot flatter. {@code bench/peak.c} is the same loop in C, for comparison.
 *
 * <p>Each sum waits for itself only, so there are more of them than the processor works on at once:
 * 24 where it has 32 registers, 12 where it has 16. Without the Vector API the loop is on single
 * floats.
 */
public final class FmaPeak implements AutoCloseable {
  /** Turns of a loop between two looks at the clock, about 30 microseconds. */
  private static final int TURNS = 4096;

  private static final boolean VECTORS = VectorModule.present();

  private final Workers workers;
  private final double[] rates;
  private final float[] kept;

  /** Loops side by side on so many threads. */
  public FmaPeak(int threads) {
    workers = new Workers(threads);
    rates = new double[threads];
    kept = new float[threads];
  }

  /** Until the loop is compiled. */
  public void warmUp(double seconds) {
    for (int i = 0; i < 20; i++) {
      gflops(seconds / 20);
    }
  }

  /** Runs for so many seconds; 1e9 operations a second, of all threads together. */
  public double gflops(double seconds) {
    workers.run(rates.length, (task, worker) -> rates[task] = run(seconds * 1e9, task));
    double sum = 0;
    for (double rate : rates) {
      sum += rate;
    }
    return sum;
  }

  private double run(double nanos, int task) {
    float sum = 0;
    double operations = 0;
    long begun = System.nanoTime();
    long passed;
    do {
      sum += VECTORS ? Vectors.turns(TURNS, 0.999f, 1e-3f) : scalars(TURNS, 0.999f, 1e-3f);
      operations += VECTORS ? 2.0 * TURNS * Vectors.FLOATS : 2.0 * TURNS * 12;
      passed = System.nanoTime() - begun;
    } while (passed < nanos);
    kept[task] = sum; // else the compiler would leave the loop out
    return operations / passed;
  }

  private static float scalars(int turns, float a, float b) {
    float s0 = b;
    float s1 = a;
    float s2 = 2 * b;
    float s3 = 3 * b;
    float s4 = 4 * b;
    float s5 = 5 * b;
    float s6 = 6 * b;
    float s7 = 7 * b;
    float s8 = 8 * b;
    float s9 = 9 * b;
    float s10 = 10 * b;
    float s11 = 11 * b;
    for (int i = 0; i < turns; i++) {
      s0 = Math.fma(a, b, s0);
      s1 = Math.fma(a, b, s1);
      s2 = Math.fma(a, b, s2);
      s3 = Math.fma(a, b, s3);
      s4 = Math.fma(a, b, s4);
      s5 = Math.fma(a, b, s5);
      s6 = Math.fma(a, b, s6);
      s7 = Math.fma(a, b, s7);
      s8 = Math.fma(a, b, s8);
      s9 = Math.fma(a, b, s9);
      s10 = Math.fma(a, b, s10);
      s11 = Math.fma(a, b, s11);
    }
    return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
  }

  /** Apart, because it cannot be loaded without the module. */
  private static final class Vectors {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /** Registers of 512 bits come by 32, and so do ARM's of 128. */
    static final boolean MANY = S.vectorBitSize() != 256;

    /** Floats that a turn works on. */
    static final int FLOATS = (MANY ? 24 : 12) * S.length();

    private Vectors() {}

    static float turns(int turns, float a, float b) {
      return MANY ? turns24(turns, a, b) : turns12(turns, a, b);
    }

    // Written out: an array of vectors, or a helper that takes them, would be boxed. A sum that
    // goes round the loop is an argument and not the receiver for the same reason.

    private static float turns12(int turns, float x, float y) {
      FloatVector a = FloatVector.broadcast(S, x);
      FloatVector b = FloatVector.broadcast(S, y);
      FloatVector s0 = b;
      FloatVector s1 = a;
      FloatVector s2 = FloatVector.broadcast(S, 2 * y);
      FloatVector s3 = FloatVector.broadcast(S, 3 * y);
      FloatVector s4 = FloatVector.broadcast(S, 4 * y);
      FloatVector s5 = FloatVector.broadcast(S, 5 * y);
      FloatVector s6 = FloatVector.broadcast(S, 6 * y);
      FloatVector s7 = FloatVector.broadcast(S, 7 * y);
      FloatVector s8 = FloatVector.broadcast(S, 8 * y);
      FloatVector s9 = FloatVector.broadcast(S, 9 * y);
      FloatVector s10 = FloatVector.broadcast(S, 10 * y);
      FloatVector s11 = FloatVector.broadcast(S, 11 * y);
      for (int i = 0; i < turns; i++) {
        s0 = a.fma(b, s0);
        s1 = a.fma(b, s1);
        s2 = a.fma(b, s2);
        s3 = a.fma(b, s3);
        s4 = a.fma(b, s4);
        s5 = a.fma(b, s5);
        s6 = a.fma(b, s6);
        s7 = a.fma(b, s7);
        s8 = a.fma(b, s8);
        s9 = a.fma(b, s9);
        s10 = a.fma(b, s10);
        s11 = a.fma(b, s11);
      }
      return s0.add(s1)
          .add(s2)
          .add(s3)
          .add(s4)
          .add(s5)
          .add(s6)
          .add(s7)
          .add(s8)
          .add(s9)
          .add(s10)
          .add(s11)
          .reduceLanes(VectorOperators.ADD);
    }

    private static float turns24(int turns, float x, float y) {
      FloatVector a = FloatVector.broadcast(S, x);
      FloatVector b = FloatVector.broadcast(S, y);
      FloatVector s0 = b;
      FloatVector s1 = a;
      FloatVector s2 = FloatVector.broadcast(S, 2 * y);
      FloatVector s3 = FloatVector.broadcast(S, 3 * y);
      FloatVector s4 = FloatVector.broadcast(S, 4 * y);
      FloatVector s5 = FloatVector.broadcast(S, 5 * y);
      FloatVector s6 = FloatVector.broadcast(S, 6 * y);
      FloatVector s7 = FloatVector.broadcast(S, 7 * y);
      FloatVector s8 = FloatVector.broadcast(S, 8 * y);
      FloatVector s9 = FloatVector.broadcast(S, 9 * y);
      FloatVector s10 = FloatVector.broadcast(S, 10 * y);
      FloatVector s11 = FloatVector.broadcast(S, 11 * y);
      FloatVector s12 = FloatVector.broadcast(S, 12 * y);
      FloatVector s13 = FloatVector.broadcast(S, 13 * y);
      FloatVector s14 = FloatVector.broadcast(S, 14 * y);
      FloatVector s15 = FloatVector.broadcast(S, 15 * y);
      FloatVector s16 = FloatVector.broadcast(S, 16 * y);
      FloatVector s17 = FloatVector.broadcast(S, 17 * y);
      FloatVector s18 = FloatVector.broadcast(S, 18 * y);
      FloatVector s19 = FloatVector.broadcast(S, 19 * y);
      FloatVector s20 = FloatVector.broadcast(S, 20 * y);
      FloatVector s21 = FloatVector.broadcast(S, 21 * y);
      FloatVector s22 = FloatVector.broadcast(S, 22 * y);
      FloatVector s23 = FloatVector.broadcast(S, 23 * y);
      for (int i = 0; i < turns; i++) {
        s0 = a.fma(b, s0);
        s1 = a.fma(b, s1);
        s2 = a.fma(b, s2);
        s3 = a.fma(b, s3);
        s4 = a.fma(b, s4);
        s5 = a.fma(b, s5);
        s6 = a.fma(b, s6);
        s7 = a.fma(b, s7);
        s8 = a.fma(b, s8);
        s9 = a.fma(b, s9);
        s10 = a.fma(b, s10);
        s11 = a.fma(b, s11);
        s12 = a.fma(b, s12);
        s13 = a.fma(b, s13);
        s14 = a.fma(b, s14);
        s15 = a.fma(b, s15);
        s16 = a.fma(b, s16);
        s17 = a.fma(b, s17);
        s18 = a.fma(b, s18);
        s19 = a.fma(b, s19);
        s20 = a.fma(b, s20);
        s21 = a.fma(b, s21);
        s22 = a.fma(b, s22);
        s23 = a.fma(b, s23);
      }
      return s0.add(s1)
          .add(s2)
          .add(s3)
          .add(s4)
          .add(s5)
          .add(s6)
          .add(s7)
          .add(s8)
          .add(s9)
          .add(s10)
          .add(s11)
          .add(s12)
          .add(s13)
          .add(s14)
          .add(s15)
          .add(s16)
          .add(s17)
          .add(s18)
          .add(s19)
          .add(s20)
          .add(s21)
          .add(s22)
          .add(s23)
          .reduceLanes(VectorOperators.ADD);
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
