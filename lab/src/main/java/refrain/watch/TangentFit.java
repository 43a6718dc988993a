package refrain.watch;

/**
 * The tangent of a curve at its recent past: an exponentially weighted straight line in v =
 * log(step + t0), which lags behind so that the beginning of a change does not bend it. A power law
 * is convex in v: what keeps to it runs on the worse side of its tangent, never below it for long.
 *
 * <p>The half-life grows with the series, H = max(h, c n) observations, and the line lags .3 H.
 * Memory stays flat: once the lag is above {@value #BINS} observations, they wait in bins of 2, 4,
 * 8... and enter the line together at their mean.
 */
final class TangentFit {
  private static final int BINS = 64;
  private static final double LAG = 0.3;

  private final double share;
  private final double least;
  private long n;
  private double halfLife;
  private double keep;

  // The line: weight, means, spread of v, joint spread of v and y.
  private double weight;
  private double meanV;
  private double meanY;
  private double spread;
  private double joint;

  // What waits: full bins in a ring, and the one that is filled.
  private final double[] waitingV = new double[BINS + 1];
  private final double[] waitingY = new double[BINS + 1];
  private int first;
  private int waiting;
  private int binSize = 1;
  private int inBin;
  private double binV;
  private double binY;

  /**
   * A line that knows nothing yet.
   *
   * @param share c of the half-life, a share of the series
   * @param least h of the half-life, observations
   */
  TangentFit(double share, double least) {
    this.share = share;
    this.least = least;
    clear();
  }

  void clear() {
    n = 0;
    weight = 0;
    first = 0;
    waiting = 0;
    binSize = 1;
    inBin = 0;
    binV = 0;
    binY = 0;
    halfLife = least;
    keep = Math.pow(2, -1 / halfLife);
  }

  /** Adds the next observation. */
  void add(double v, double y) {
    n++;
    // The half-life moves by parts of a percent: a power at each observation would be a third of
    // all that is computed here.
    if ((n & 15) == 0 && share * n > halfLife) {
      halfLife = share * n;
      keep = Math.pow(2, -1 / halfLife);
    }
    binV += v;
    binY += y;
    if (++inBin < binSize) {
      return;
    }
    int lag = (int) (LAG * halfLife / binSize);
    push(binV / inBin, binY / inBin);
    inBin = 0;
    binV = 0;
    binY = 0;
    while (waiting > lag) {
      enter(waitingV[first], waitingY[first]);
      first = first + 1 == waitingV.length ? 0 : first + 1;
      waiting--;
    }
    if (waiting == BINS) {
      halve();
    }
  }

  private void push(double v, double y) {
    int at = first + waiting;
    at = at >= waitingV.length ? at - waitingV.length : at;
    waitingV[at] = v;
    waitingY[at] = y;
    waiting++;
  }

  /** Two bins become one. */
  private void halve() {
    double[] v = new double[BINS / 2];
    double[] y = new double[BINS / 2];
    for (int i = 0; i < BINS; i++) {
      int at = (first + i) % waitingV.length;
      v[i / 2] += waitingV[at] / 2;
      y[i / 2] += waitingY[at] / 2;
    }
    first = 0;
    waiting = 0;
    for (int i = 0; i < v.length; i++) {
      push(v[i], y[i]);
    }
    binSize *= 2;
  }

  private void enter(double v, double y) {
    double kept = binSize == 1 ? keep : Math.pow(2, -binSize / halfLife);
    double before = kept * weight;
    weight = before + binSize;
    double part = binSize / weight;
    double dv = v - meanV;
    double dy = y - meanY;
    if (before == 0) {
      meanV = v;
      meanY = y;
      spread = 0;
      joint = 0;
      return;
    }
    meanV += part * dv;
    meanY += part * dy;
    spread = kept * spread + before * part * dv * dv;
    joint = kept * joint + before * part * dv * dy;
  }

  /** Whether the line has anything to go by. */
  boolean ready() {
    return spread > 0;
  }

  double slope() {
    return spread > 0 ? joint / spread : 0;
  }

  /** The tangent at some v. */
  double at(double v) {
    return meanY + slope() * (v - meanV);
  }

  /** The tangent as it is now, taken at some v. */
  Tangent taken(double v) {
    return new Tangent(v, at(v), slope());
  }

  double halfLife() {
    return halfLife;
  }
}
