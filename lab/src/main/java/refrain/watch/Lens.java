package refrain.watch;

/**
 * A series against its tangent at one half-life: residuals r, freed of the correlation with the one
 * before (e = r - phi r'), in units of their own scale s = 1.4826 MAD over the last {@value
 * #WINDOW}, and the bets on them.
 */
final class Lens {
  private static final int WINDOW = 400;
  private static final double HUBER = 4;
  private static final int KNOWN = 20;

  /** Half-life of the correlation, observations. */
  private static final double CORRELATION_MEMORY = 200;

  private static final double FORGET = 1 - Math.pow(2, -1 / CORRELATION_MEMORY);

  private final double mostCorrelation;
  private final TangentFit fit;
  private final SlidingMedian sizes = new SlidingMedian(WINDOW);
  private final Bets bets = new Bets();
  private double residual;
  private boolean hasResidual;
  private double square;
  private long correlated;
  private double product;
  private double x;

  Lens(DetectorSettings.HalfLife halfLife, double mostCorrelation) {
    this.mostCorrelation = mostCorrelation;
    fit = new TangentFit(halfLife.share(), halfLife.least());
  }

  void clear() {
    fit.clear();
    sizes.clear();
    bets.clear();
    hasResidual = false;
    correlated = 0;
    square = 0;
    product = 0;
  }

  /**
   * Takes the next observation, better upwards.
   *
   * @param floor of the scale, in the unit of y: less than this is immaterial
   * @param clip what it may say for a change at most
   * @return whether x says anything: false while there is no tangent and no scale
   */
  boolean add(double v, double y, double floor, double clip) {
    if (!fit.ready()) {
      fit.add(v, y);
      return false;
    }
    double r = y - fit.at(v);
    double phi = phi();
    double scale = scale(floor);
    boolean known = known();
    boolean says = false;
    if (hasResidual) {
      double e = r - phi * residual;
      if (known) {
        x = Math.clamp(e / scale, Bets.LOWER_CLIP, clip);
        says = true;
      }
      sizes.add(Math.abs(e));
    }
    double bound = HUBER * marginal(floor);
    double kept = known ? Math.clamp(r, -bound, bound) : r;
    if (known) {
      // A plain mean at first: what came before a scale was known may be of any size.
      double weight = Math.max(FORGET, 1.0 / ++correlated);
      product += weight * (kept * residual - product);
      square += weight * (kept * kept - square);
    }
    residual = kept;
    hasResidual = true;
    fit.add(v, y - r + kept);
    return says;
  }

  /** What the last observation said; after {@link #add} gave true. */
  double x() {
    return x;
  }

  Bets bets() {
    return bets;
  }

  TangentFit fit() {
    return fit;
  }

  private double phi() {
    return square > 0 ? Math.clamp(product / square, 0, mostCorrelation) : 0;
  }

  /** Of e, the part of a residual that the one before does not tell. */
  private double scale(double floor) {
    return sizes.size() == 0 ? floor : Math.max(floor, sizes.sd());
  }

  /** Of the residuals themselves. */
  double marginal(double floor) {
    double phi = phi();
    return scale(floor) / Math.sqrt(1 - phi * phi);
  }

  boolean known() {
    return sizes.size() >= KNOWN;
  }
}
