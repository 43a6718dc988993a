package refrain.train.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/**
 * Kernels that time each of their calls and sort them by what the engine uses them for. One thread.
 *
 * <p>A product is told by its operands and by what was called before it. Arrays that softmax works
 * on are patterns: a product into one makes scores (or the pattern's gradient), a product with one
 * on its left mixes values (or goes back to queries, keys and values). Any other product with a
 * transposed left side is the gradient of a weight. Between the final norm and that norm's way back
 * it belongs to the unembedding, and after cross-entropy it is one of the way back.
 */
final class ProfiledKernels implements Kernels {
  /** Nanoseconds; a switch to another process and back takes longer. */
  private static final long INTERRUPTED = 200_000;

  /** From here on a call is worth the half microsecond that reading processor time takes. */
  private static final long LONG = 100_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private enum Stage {
    BLOCKS,
    UNEMBEDDING,
    UNEMBEDDING_BACKWARD,
    BLOCKS_BACKWARD;

    boolean backward() {
      return this == UNEMBEDDING_BACKWARD || this == BLOCKS_BACKWARD;
    }

    boolean unembedding() {
      return this == UNEMBEDDING || this == UNEMBEDDING_BACKWARD;
    }
  }

  /**
   * The time of one kind of calls, and the sizes that occurred. Long calls are timed in processor
   * time; a short one that the system interrupted counts as long as the others.
   */
  static final class Tally {
    final Work work;
    final int[] least;
    final int[] most;
    private long calls;
    private long interrupted;
    private long nanos;
    private double flops;

    /** Of the calls so far, nanoseconds; 0 before the first one. */
    private double usual;

    /** By step. */
    final List<Measured> steps = new ArrayList<>();

    Tally(Work work, int m, int n, int k) {
      this.work = work;
      this.least = new int[] {m, n, k};
      this.most = least.clone();
    }

    private void end(long begun) {
      add(now() - begun);
    }

    private long now() {
      return usual > LONG && THREADS.isCurrentThreadCpuTimeSupported()
          ? THREADS.getCurrentThreadCpuTime()
          : System.nanoTime();
    }

    void add(long passed) {
      calls++;
      if (usual > 0 && passed > INTERRUPTED + 1.5 * usual) {
        interrupted++;
        return;
      }
      nanos += passed;
      usual += (passed - usual) / (usual == 0 ? 1 : 16);
    }

    void endStep() {
      long good = calls - interrupted;
      double all = good == 0 ? usual * calls : (double) nanos / good * calls;
      steps.add(new Measured(calls, all, flops));
      calls = 0;
      interrupted = 0;
      nanos = 0;
      flops = 0;
    }
  }

  /** What the calls of one kind took in one step. */
  record Measured(long calls, double nanos, double flops) {}

  /**
   * What timing a call costs.
   *
   * @param inside nanoseconds that are counted as the call's own
   * @param outside nanoseconds that fall between the calls
   */
  record Cost(double inside, double outside) {}

  private final Kernels kernels;
  private final int finalNorm;
  private final List<float[]> patterns = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();
  private final Tally[] rows = new Tally[Work.values().length];
  private Stage stage = Stage.BLOCKS;
  private boolean on;

  /** For an engine of this model. */
  ProfiledKernels(Kernels kernels, ModelSpec model) {
    this.kernels = kernels;
    this.finalNorm =
        model.hasFinalNorm() ? Layout.of(model).get("ln_final.w").offset() : Integer.MIN_VALUE;
    Arrays.setAll(rows, i -> new Tally(Work.values()[i], 0, 0, 0));
  }

  /** Times the calls from now on, or passes them through. */
  void on(boolean on) {
    this.on = on;
    stage = Stage.BLOCKS;
  }

  /** Times this step's AdamW. */
  void optimizer(Runnable step) {
    long begun = begin(Work.OPTIMIZER);
    step.run();
    end(Work.OPTIMIZER, begun);
  }

  /** Closes the account of a step. */
  void endStep() {
    tallies.forEach(Tally::endStep);
    for (Tally row : rows) {
      row.endStep();
    }
  }

  /** Forgets all steps. What was learnt about the engine's arrays stays. */
  void clear() {
    endStep();
    tallies.clear();
    for (Tally row : rows) {
      row.steps.clear();
    }
  }

  /** What occurred since the last {@link #clear}, in the order of {@link Work}. */
  List<Tally> tallies() {
    List<Tally> all = new ArrayList<>(tallies);
    all.addAll(Arrays.asList(rows));
    all.removeIf(t -> t.steps.stream().allMatch(s -> s.calls == 0));
    all.sort(Comparator.comparing((Tally t) -> t.work));
    return all;
  }

  /** Measures the clock's cost on products without rows. Forgets all steps. */
  Cost cost() {
    Mat nothing = Mat.of(new float[0], 0, 0, 0, 0);
    int calls = 2_000;
    double[] inside = new double[51];
    double[] outside = new double[inside.length];
    for (int turn = 0; turn < inside.length; turn++) {
      on(false);
      double without = nanosPerCall(nothing, calls);
      on(true);
      double with = nanosPerCall(nothing, calls);
      double counted = tallies.stream().mapToDouble(t -> t.nanos).sum() / calls;
      inside[turn] = Math.max(0, counted - without);
      outside[turn] = Math.max(0, with - counted);
      clear();
    }
    on(false);
    Arrays.sort(inside);
    Arrays.sort(outside);
    return new Cost(inside[inside.length / 2], outside[inside.length / 2]);
  }

  private double nanosPerCall(Mat nothing, int calls) {
    long begun = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      gemm(nothing, nothing, nothing);
    }
    return (double) (System.nanoTime() - begun) / calls;
  }

  /** Where a product's time goes. */
  private Tally product(Mat a, Mat c) {
    int m = c.rows;
    int n = c.columns;
    int k = a.columns;
    Work work = work(a, c);
    Tally found = find(work, m, n, k);
    found.flops += 2.0 * m * n * k;
    return found;
  }

  private Work work(Mat a, Mat c) {
    boolean backward = stage.backward();
    if (isPattern(c.data)) {
      return backward ? Work.PATTERN_GRADIENT : Work.SCORES;
    }
    boolean transposed = a.column != 1;
    if (isPattern(a.data)) {
      if (!backward) {
        return Work.MIX;
      }
      return transposed ? Work.KEY_VALUE_GRADIENT : Work.QUERY_GRADIENT;
    }
    if (stage.unembedding()) {
      if (!backward) {
        return Work.UNEMBED_FORWARD;
      }
      return transposed ? Work.UNEMBED_WEIGHTS : Work.UNEMBED_INPUTS;
    }
    if (!backward) {
      return Work.DENSE_FORWARD;
    }
    return transposed ? Work.DENSE_WEIGHTS : Work.DENSE_INPUTS;
  }

  @SuppressWarnings("ReferenceEquality") // the array itself, not one that holds the same
  private boolean isPattern(float[] array) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i) == array) {
        return true;
      }
    }
    return false;
  }

  private void learnPattern(float[] array) {
    if (!isPattern(array)) {
      patterns.add(array);
    }
  }

  private Tally find(Work work, int m, int n, int k) {
    for (int i = 0; i < tallies.size(); i++) {
      Tally t = tallies.get(i);
      if (t.work == work) {
        if (work.attention()) {
          widen(t, 0, m);
          widen(t, 1, n);
          widen(t, 2, k);
          return t;
        }
        if (t.most[0] == m && t.most[1] == n && t.most[2] == k) {
          return t;
        }
      }
    }
    Tally made = new Tally(work, m, n, k);
    for (int s = 0; s < rows[0].steps.size(); s++) {
      made.endStep();
    }
    tallies.add(made);
    return made;
  }

  private static void widen(Tally t, int i, int size) {
    t.least[i] = Math.min(t.least[i], size);
    t.most[i] = Math.max(t.most[i], size);
  }

  private long begin(Work work) {
    return on ? rows[work.ordinal()].now() : 0;
  }

  private void end(Work work, long begun) {
    if (on) {
      rows[work.ordinal()].end(begun);
    }
  }

  @Override
  public int lanes() {
    return kernels.lanes();
  }

  @Override
  public int panel() {
    return kernels.panel();
  }

  @Override
  public String describe() {
    return kernels.describe();
  }

  @Override
  public void gemm(Mat a, Mat b, Mat start, Mat c) {
    if (!on) {
      kernels.gemm(a, b, start, c);
      return;
    }
    Tally tally = product(a, c);
    long begun = tally.now();
    kernels.gemm(a, b, start, c);
    tally.end(begun);
  }

  @Override
  public void softmax(Mat scores, float scale) {
    learnPattern(scores.data);
    long begun = begin(Work.SOFTMAX);
    kernels.softmax(scores, scale);
    end(Work.SOFTMAX, begun);
  }

  @Override
  public void softmaxBackward(Mat p, Mat dp, float scale) {
    learnPattern(p.data);
    learnPattern(dp.data);
    long begun = begin(Work.SOFTMAX_BACKWARD);
    kernels.softmaxBackward(p, dp, scale);
    end(Work.SOFTMAX_BACKWARD, begun);
  }

  @Override
  public float crossEntropy(float[] x, int off, int n, int target) {
    long begun = begin(Work.CROSS_ENTROPY);
    float loss = kernels.crossEntropy(x, off, n, target);
    end(Work.CROSS_ENTROPY, begun);
    return loss;
  }

  @Override
  public float crossEntropyGradient(float[] x, int off, int n, int target, float weight) {
    long begun = begin(Work.CROSS_ENTROPY);
    float loss = kernels.crossEntropyGradient(x, off, n, target, weight);
    end(Work.CROSS_ENTROPY, begun);
    stage = Stage.UNEMBEDDING_BACKWARD;
    return loss;
  }

  private void forwardNorm(int w) {
    stage = w == finalNorm ? Stage.UNEMBEDDING : Stage.BLOCKS;
  }

  @Override
  public void layerNorm(Mat x, float[] theta, int w, int b, float eps, Mat hat, float[] r, Mat y) {
    long begun = begin(Work.NORM);
    kernels.layerNorm(x, theta, w, b, eps, hat, r, y);
    end(Work.NORM, begun);
    forwardNorm(w);
  }

  @Override
  public void layerNormBackward(
      Mat dy, Mat hat, float[] r, float[] theta, int w, int b, Mat dx, float[] dTheta) {
    long begun = begin(Work.NORM_BACKWARD);
    kernels.layerNormBackward(dy, hat, r, theta, w, b, dx, dTheta);
    end(Work.NORM_BACKWARD, begun);
    stage = Stage.BLOCKS_BACKWARD;
  }

  @Override
  public void rmsNorm(Mat x, float[] theta, int w, float eps, Mat hat, float[] r, Mat y) {
    long begun = begin(Work.NORM);
    kernels.rmsNorm(x, theta, w, eps, hat, r, y);
    end(Work.NORM, begun);
    forwardNorm(w);
  }

  @Override
  public void rmsNormBackward(
      Mat dy, Mat hat, float[] r, float[] theta, int w, Mat dx, float[] dTheta) {
    long begun = begin(Work.NORM_BACKWARD);
    kernels.rmsNormBackward(dy, hat, r, theta, w, dx, dTheta);
    end(Work.NORM_BACKWARD, begun);
    stage = Stage.BLOCKS_BACKWARD;
  }

  /** A part of the rest, too short to be timed by itself. */
  @Override
  public void add(float[] x, int xOff, float[] y, int yOff, int n) {
    kernels.add(x, xOff, y, yOff, n);
  }

  @Override
  public void gelu(float[] x, int xOff, float[] y, int yOff, int n) {
    long begun = begin(Work.ACTIVATION);
    kernels.gelu(x, xOff, y, yOff, n);
    end(Work.ACTIVATION, begun);
  }

  @Override
  public void geluBackward(float[] x, int xOff, float[] dy, int dyOff, int n) {
    long begun = begin(Work.ACTIVATION);
    kernels.geluBackward(x, xOff, dy, dyOff, n);
    end(Work.ACTIVATION, begun);
  }

  @Override
  public void geluTanh(float[] x, int xOff, float[] y, int yOff, int n) {
    long begun = begin(Work.ACTIVATION);
    kernels.geluTanh(x, xOff, y, yOff, n);
    end(Work.ACTIVATION, begun);
  }

  @Override
  public void geluTanhBackward(float[] x, int xOff, float[] dy, int dyOff, int n) {
    long begun = begin(Work.ACTIVATION);
    kernels.geluTanhBackward(x, xOff, dy, dyOff, n);
    end(Work.ACTIVATION, begun);
  }

  @Override
  public void swiglu(float[] gate, int gOff, float[] up, int uOff, float[] y, int yOff, int n) {
    long begun = begin(Work.ACTIVATION);
    kernels.swiglu(gate, gOff, up, uOff, y, yOff, n);
    end(Work.ACTIVATION, begun);
  }

  @Override
  public void swigluBackward(
      float[] gate,
      int gOff,
      float[] up,
      int uOff,
      float[] dy,
      int dyOff,
      float[] dgate,
      int dgOff,
      float[] dup,
      int duOff,
      int n) {
    long begun = begin(Work.ACTIVATION);
    kernels.swigluBackward(gate, gOff, up, uOff, dy, dyOff, dgate, dgOff, dup, duOff, n);
    end(Work.ACTIVATION, begun);
  }
}
