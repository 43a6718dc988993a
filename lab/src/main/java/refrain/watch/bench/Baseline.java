package refrain.watch.bench;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A method that others use, at a threshold. It is told one number after the other, better upwards,
 * and says when it raises an alarm; after one it begins again.
 */
public enum Baseline {
  /** Page (1954), Hinkley (1971): the sum of what exceeds the mean by .005. */
  PAGE_HINKLEY(50, 1.5),
  /** Page (1954): the sum of what exceeds .5 sd; mean and sd of the first 60. */
  CUSUM(5, 1.3),
  /**
   * Adams and MacKay (2007), hazard 1/250, Gaussian: the run that is followed is younger than it
   * was by more than half. The threshold is the odds that it is at most 60 old.
   */
  BOCPD(1, 3),
  /** Two of three are six sd better than the 100 before them. */
  SIX_SD(6, 1.3),
  /** A loss that is more than twice its mean over 100: the usual rule against divergence. */
  TWICE_THE_MEAN(2, 1.3),
  /** The mean of the last 10 against that of the 50 before: a relative change of a tenth. */
  LAST_10_AGAINST_50(0.1, 1.3);

  private static final int WARM = 60;

  private final double usual;
  private final double step;

  Baseline(double usual, double step) {
    this.usual = usual;
    this.step = step;
  }

  /** The threshold that is used where none is calibrated. */
  public double usual() {
    return usual;
  }

  /** The next larger one that is tried. */
  double larger(double threshold) {
    return threshold * step;
  }

  /** For people. */
  public String text() {
    return switch (this) {
      case PAGE_HINKLEY -> "Page-Hinkley";
      case CUSUM, BOCPD -> name();
      case SIX_SD -> "6 sd in 2 of 3";
      case TWICE_THE_MEAN -> "2 x mean over 100";
      case LAST_10_AGAINST_50 -> "last 10 against 50";
    };
  }

  /** Follows a series. */
  interface Follower {
    /**
     * Adds a number.
     *
     * @param y better upwards
     * @param raw as the log has it
     * @return whether there is an alarm
     */
    boolean add(double y, double raw);
  }

  Follower follow(double threshold) {
    return switch (this) {
      case PAGE_HINKLEY -> new PageHinkley(threshold);
      case CUSUM -> new Cusum(threshold);
      case BOCPD -> new Bocpd(threshold);
      case SIX_SD -> new Windowed(103, false, window -> sixSd(window, threshold));
      case TWICE_THE_MEAN -> new Windowed(101, true, window -> twiceTheMean(window, threshold));
      case LAST_10_AGAINST_50 ->
          new Windowed(60, true, window -> lastAgainstBefore(window, threshold));
    };
  }

  private static final class PageHinkley implements Follower {
    private final double threshold;
    private long n;
    private double mean;
    private double sum;
    private double least;

    PageHinkley(double threshold) {
      this.threshold = threshold;
    }

    @Override
    public boolean add(double y, double raw) {
      mean += (y - mean) / ++n;
      sum += y - mean - 0.005;
      least = Math.min(least, sum);
      if (n <= WARM || sum - least <= threshold) {
        return false;
      }
      n = 0;
      mean = 0;
      sum = 0;
      least = 0;
      return true;
    }
  }

  private static final class Cusum implements Follower {
    private final double threshold;
    private final double[] first = new double[WARM];
    private int n;
    private double mean;
    private double sd;
    private double sum;

    Cusum(double threshold) {
      this.threshold = threshold;
    }

    @Override
    public boolean add(double y, double raw) {
      if (n < WARM) {
        first[n++] = y;
        if (n == WARM) {
          mean = mean(first);
          sd = sd(first, mean);
          sum = 0;
        }
        return false;
      }
      sum = Math.max(0, sum + (y - mean) / sd - 0.5);
      if (sum <= threshold) {
        return false;
      }
      n = 0;
      return true;
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  private static double sd(double[] values, double mean) {
    double squares = Arrays.stream(values).map(y -> (y - mean) * (y - mean)).sum();
    return Math.max(1e-9, Math.sqrt(squares / (values.length - 1)));
  }

  /** Run lengths up to 400; longer ones count as that. */
  private static final class Bocpd implements Follower {
    private static final int MOST = 400;
    private static final double HAZARD = 1 / 250.0;

    private final double odds;
    private final double[] p = new double[MOST + 1];
    private final double[] mu = new double[MOST + 1];
    private final double[] kappa = new double[MOST + 1];
    private final double[] alpha = new double[MOST + 1];
    private final double[] beta = new double[MOST + 1];
    private double @Nullable [] first = new double[WARM];
    private int n;
    private double priorMean;
    private double priorBeta;

    Bocpd(double odds) {
      this.odds = odds;
    }

    private void prior() {
      mu[0] = priorMean;
      kappa[0] = 0.1;
      alpha[0] = 2;
      beta[0] = priorBeta;
    }

    @Override
    public boolean add(double y, double raw) {
      if (first != null) {
        first[n++] = y;
        if (n == WARM) {
          priorMean = mean(first);
          double sd = sd(first, priorMean);
          priorBeta = 2 * sd * sd;
          first = null;
          n = 0;
          Arrays.fill(p, 0);
          p[0] = 1;
          prior();
        }
        return false;
      }
      n++;
      double[] next = new double[MOST + 1];
      double change = 0;
      for (int r = 0; r <= MOST; r++) {
        if (p[r] > 1e-12) {
          double like = p[r] * predictive(r, y);
          change += like * HAZARD;
          next[Math.min(MOST, r + 1)] += like * (1 - HAZARD);
        }
      }
      next[0] = change;
      for (int r = MOST; r > 0; r--) {
        // The longest run forgets as it goes on, as a run of that length.
        int from = r - 1;
        double d = y - mu[from];
        alpha[r] = Math.min(alpha[from] + 0.5, MOST);
        beta[r] =
            beta[from] * (alpha[from] + 0.5 > MOST ? 1 - 0.5 / MOST : 1)
                + kappa[from] * d * d / (2 * (kappa[from] + 1));
        mu[r] = (kappa[from] * mu[from] + y) / (kappa[from] + 1);
        kappa[r] = Math.min(kappa[from] + 1, MOST);
      }
      prior();
      double sum = Arrays.stream(next).sum();
      double young = 0;
      for (int r = 0; r <= MOST; r++) {
        p[r] = sum > 0 ? next[r] / sum : (r == 0 ? 1 : 0);
        young += r <= WARM ? p[r] : 0;
      }
      if (n <= 2 * WARM || young <= odds * (1 - young)) {
        return false;
      }
      boolean better = y > priorMean;
      first = new double[WARM];
      n = 0;
      return better;
    }

    /** Student's density of the next value after a run. */
    private double predictive(int r, double y) {
      double scale = Math.sqrt(beta[r] * (kappa[r] + 1) / (alpha[r] * kappa[r]));
      double t = (y - mu[r]) / scale;
      double nu = 2 * alpha[r];
      // The ratio of gammas by Stirling's series: nu is 4 or more.
      double gammas = Math.sqrt(nu / 2) * (1 - 1 / (4 * nu) + 1 / (32 * nu * nu));
      return gammas / Math.sqrt(nu * Math.PI) / scale * Math.pow(1 + t * t / nu, -(nu + 1) / 2);
    }
  }

  /** The last ones, as they came. */
  private static final class Window {
    private final double[] values;
    private int n;

    Window(int size) {
      values = new double[size];
    }

    void add(double y) {
      values[n++ % values.length] = y;
    }

    boolean full() {
      return n >= values.length;
    }

    /** The k-th before the last. */
    double before(int k) {
      return values[(n - 1 - k) % values.length];
    }
  }

  /** Says what it finds in the last ones, once there are so many. */
  private static final class Windowed implements Follower {
    private final int size;
    private final boolean ofRaw;
    private final Predicate<Window> alarm;
    private Window window;

    Windowed(int size, boolean ofRaw, Predicate<Window> alarm) {
      this.size = size;
      this.ofRaw = ofRaw;
      this.alarm = alarm;
      window = new Window(size);
    }

    @Override
    public boolean add(double y, double raw) {
      window.add(ofRaw ? raw : y);
      if (!window.full() || !alarm.test(window)) {
        return false;
      }
      window = new Window(size);
      return true;
    }
  }

  private static boolean sixSd(Window window, double threshold) {
    double[] before = new double[100];
    for (int i = 0; i < before.length; i++) {
      before[i] = window.before(3 + i);
    }
    double mean = mean(before);
    double bar = mean + threshold * sd(before, mean);
    int over = 0;
    for (int i = 0; i < 3; i++) {
      over += window.before(i) > bar ? 1 : 0;
    }
    return over >= 2;
  }

  private static boolean twiceTheMean(Window window, double threshold) {
    double sum = 0;
    for (int i = 1; i <= 100; i++) {
      sum += window.before(i);
    }
    return window.before(0) > threshold * sum / 100;
  }

  private static boolean lastAgainstBefore(Window window, double threshold) {
    double last = 0;
    double before = 0;
    for (int i = 0; i < 60; i++) {
      if (i < 10) {
        last += window.before(i) / 10;
      } else {
        before += window.before(i) / 50;
      }
    }
    return Math.abs(last - before) > threshold * Math.abs(before);
  }
}
