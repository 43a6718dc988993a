package refrain.watch;

/**
 * Evidence for a change at an unknown moment (Shiryaev-Roberts): bets of several sizes lambda,
 * begun anew at each observation, M &lt;- (1 + M)(1 + lambda (x - .25)). Where E[x | past] &lt;=
 * .25 their mean over any number of dependent streams reaches A only after A observations in the
 * mean (Shin, Ramdas, Rinaldo, 2203.03532). Beside each M its first two moments over the age of
 * what is bet on, so that the evidence also says since when.
 */
final class Bets {
  static final double[] SIZES = {0.03, 0.08, 0.18, 0.42};

  /** What an observation says for a change, in the mean, before it counts. */
  static final double TOLERATED = 0.25;

  /** What it may say against one at most, standard deviations. */
  static final double LOWER_CLIP = -2;

  private final double[] m = new double[SIZES.length];
  private final double[] age = new double[SIZES.length];
  private final double[] age2 = new double[SIZES.length];

  /** Adds an observation: how many standard deviations better than expected. */
  void add(double x) {
    for (int i = 0; i < SIZES.length; i++) {
      double factor = 1 + SIZES[i] * (x - TOLERATED);
      age2[i] = (age2[i] + 2 * age[i] + m[i]) * factor;
      age[i] = (age[i] + m[i]) * factor;
      m[i] = (1 + m[i]) * factor;
    }
  }

  double sum() {
    return m[0] + m[1] + m[2] + m[3];
  }

  /** The loudest bet. */
  double loudest() {
    return m[loudestAt()];
  }

  private int loudestAt() {
    int best = 0;
    for (int i = 1; i < m.length; i++) {
      best = m[i] > m[best] ? i : best;
    }
    return best;
  }

  /** Since how many observations the loudest bet has it that the series changed, in the mean. */
  double age() {
    int i = loudestAt();
    return age[i] / m[i];
  }

  /** The standard deviation of that. */
  double spread() {
    int i = loudestAt();
    return Math.sqrt(Math.max(0, age2[i] / m[i] - age() * age()));
  }

  void clear() {
    for (int i = 0; i < SIZES.length; i++) {
      m[i] = 0;
      age[i] = 0;
      age2[i] = 0;
    }
  }

  /**
   * How many observations that say x lead the evidence, the mean over bets and streams, to a
   * threshold, where all streams say the same; infinite where x is no more than what is tolerated.
   */
  static double delay(double x, double threshold) {
    double growth = Math.log1p(SIZES[SIZES.length - 1] * (x - TOLERATED));
    return growth <= 0
        ? Double.POSITIVE_INFINITY
        : Math.ceil(Math.log(threshold * SIZES.length) / growth);
  }
}
