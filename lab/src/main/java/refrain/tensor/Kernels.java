package refrain.tensor;

/**
 * The contract of the kernels: products and norms on {@link Mat}, everything else on rows in float
 * arrays, addressed by an offset; {@code n} is always the true length, whatever padding follows.
 *
 * <p>Every result is a function of the arguments alone: sums run in a fixed order, so that the same
 * call gives the same bits on the same machine.
 */
public interface Kernels {
  /**
   * Rows of attention handled together: what lies right of the diagonal's block is not computed.
   */
  int BLOCK = 16;

  /** Floats in one vector; 1 in the plain twin. */
  int lanes();

  /** Columns of one panel of a packed right-hand side: see {@link #gemm}. */
  default int panel() {
    return 4 * lanes();
  }

  /** What runs, for run.json and for people: "Vector API, 16 lanes". */
  String describe();

  /**
   * C = start + A B: [m, n] = [m, n] + [m, k] [k, n], with m and n those of C and k the columns of
   * A. Sums begin with start and run in the order of k. A may be a transposed view, which costs
   * nothing; B is row-major, or packed in panels of {@link #panel} columns; start and C are
   * row-major. start may be C itself, rows of {@link Mat#zeros}, or a bias whose rows are one.
   * Otherwise C shares no elements with the others.
   *
   * @throws IllegalArgumentException where shapes or layouts do not fit
   */
  void gemm(Mat a, Mat b, Mat start, Mat c);

  /** C += A B. */
  default void gemm(Mat a, Mat b, Mat c) {
    gemm(a, b, c, c);
  }

  /**
   * Scores [T, T] become attention: of row i, s[0..i] &lt;- softmax(scale s), and from there to the
   * end of its block of {@link #BLOCK} columns s &lt;- 0. Rows have room for whole blocks.
   */
  void softmax(Mat scores, float scale);

  /**
   * The way back through {@link #softmax}: of row i, dp[0..i] &lt;- scale p (dp - sum(p dp)), and
   * to the end of its block dp &lt;- 0.
   */
  void softmaxBackward(Mat p, Mat dp, float scale);

  /** -ln softmax(x)[target], in nats, over x[0..n). */
  float crossEntropy(float[] x, int off, int n, int target);

  /**
   * As {@link #crossEntropy}, and x[0..n) becomes the gradient: weight (softmax(x) -
   * onehot(target)).
   */
  float crossEntropyGradient(float[] x, int off, int n, int target, float weight);

  /**
   * Layer norm of each row: hat = (x - mean) r with r = 1/sqrt(variance + eps), y = hat w + b. The
   * matrices of a norm lie alike; w and b start at their places in theta.
   *
   * @param r [rows] overwritten
   */
  void layerNorm(Mat x, float[] theta, int w, int b, float eps, Mat hat, float[] r, Mat y);

  /**
   * The way back through {@link #layerNorm}: adds to dx, and to dTheta, laid out as theta is, the
   * gradients of w and b.
   */
  void layerNormBackward(
      Mat dy, Mat hat, float[] r, float[] theta, int w, int b, Mat dx, float[] dTheta);

  /** RMS norm of each row: hat = x r with r = 1/sqrt(mean(x^2) + eps), y = hat w. */
  void rmsNorm(Mat x, float[] theta, int w, float eps, Mat hat, float[] r, Mat y);

  /** The way back through {@link #rmsNorm}. */
  void rmsNormBackward(Mat dy, Mat hat, float[] r, float[] theta, int w, Mat dx, float[] dTheta);

  /** y += x. */
  void add(float[] x, int xOff, float[] y, int yOff, int n);

  /** y &lt;- x Phi(x), with the error function to 2e-7. */
  void gelu(float[] x, int xOff, float[] y, int yOff, int n);

  /** dy &lt;- dy gelu'(x). */
  void geluBackward(float[] x, int xOff, float[] dy, int dyOff, int n);

  /** y &lt;- 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
  void geluTanh(float[] x, int xOff, float[] y, int yOff, int n);

  /** dy &lt;- dy geluTanh'(x). */
  void geluTanhBackward(float[] x, int xOff, float[] dy, int dyOff, int n);

  /** y &lt;- silu(gate) up. */
  void swiglu(float[] gate, int gOff, float[] up, int uOff, float[] y, int yOff, int n);

  /** The way back: dgate &lt;- dy silu'(gate) up, dup &lt;- dy silu(gate). dup may be dy. */
  void swigluBackward(
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
      int n);
}
