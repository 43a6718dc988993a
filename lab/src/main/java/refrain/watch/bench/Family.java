package refrain.watch.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import refrain.watch.Direction;
import refrain.watch.Transform;
import refrain.watch.bench.MadeLog.Change;
import refrain.watch.bench.MadeLog.Row;

/**
 * Kinds of curves. Twelve in which nothing changes but what was planned, seven with a change.
 * Losses are a power law with noise of .02 nats. Thresholds of other methods are calibrated on the
 * four kinds that are no test; the others are frozen.
 */
public enum Family {
  POWER_LAW(false),
  HEAVY_TAILS(false),
  CORRELATED(false),
  FLAT_SCORE(false),
  SPIKES(true),
  NAN_GAPS(true),
  DUPLICATES(true),
  IRREGULAR(true),
  RATE_STEP(true),
  COSINE(true),
  WARM_UP(true),
  WARM_RESTARTS(true),
  DROP_OF_10_OVER_100(true),
  DROP_OF_2_OVER_8(true),
  SLOPE_BREAK(true),
  SCORE_RISE(true),
  SLOW_DROP(true),
  DOUBLE_DESCENT(true),
  TWO_NEAR(true);

  /**
   * Seeds from here on were kept until the watch and the methods of others were done: a test that
   * none of them was made on. Whoever changes either counts on from a later one.
   */
  public static final long HELD_OUT = 1000;

  /** Rows of each log. */
  public static final int ROWS = 3000;

  private static final double NOISE = 0.02;
  private static final double LN9 = Math.log(9);

  private final boolean test;

  Family(boolean test) {
    this.test = test;
  }

  /** Whether it is kept for the test. */
  public boolean test() {
    return test;
  }

  /** Whether its logs have a change. */
  public boolean changes() {
    return compareTo(DROP_OF_10_OVER_100) >= 0;
  }

  /** A log of this kind; the same for the same seed. */
  public MadeLog make(long seed) {
    Random random = new Random(31 * seed + ordinal());
    double at = 900 + random.nextInt(1200);
    boolean score = this == FLAT_SCORE || this == SCORE_RISE;
    List<Row> rows = new ArrayList<>();
    double step = 0;
    double carried = 0;
    double spike = 0;
    for (int i = 1; i <= ROWS; i++) {
      step += this == IRREGULAR ? (i < ROWS / 2 ? 1 : 10) + random.nextInt(8) : 1;
      double noise = random.nextGaussian();
      if (this == CORRELATED) {
        carried = 0.7 * carried + Math.sqrt(1 - 0.49) * noise;
        noise = carried;
      } else if (this == HEAVY_TAILS) {
        noise /= Math.sqrt((sq(random) + sq(random) + sq(random)) / 3) * Math.sqrt(3); // Student, 3
      } else if (this == SPIKES) {
        spike = 0.7 * spike + (random.nextInt(150) == 0 ? 2 * random.nextDouble() : 0);
      }
      double rate = rate(i, at);
      double value =
          score
              ? 0.02 + 0.55 * part(SCORE_RISE, i, at, 150) + 0.004 * noise
              : 1.5 + 3 * Math.pow(step + 50, -0.3) + shift(i, at, rate) + spike + NOISE * noise;
      rows.add(new Row(step, this == NAN_GAPS && i % 97 < 2 ? Double.NaN : value, rate));
      if (this == DUPLICATES && i % 50 == 0) {
        rows.add(new Row(step, value + NOISE * random.nextGaussian(), rate));
        rows.add(new Row(step - 3, value, rate));
      }
    }
    return new MadeLog(
        name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + seed,
        score ? Direction.UP : Direction.DOWN,
        score ? Transform.IDENTITY : Transform.LOG,
        rows,
        changes(at));
  }

  private static double sq(Random random) {
    double x = random.nextGaussian();
    return x * x;
  }

  private double rate(int i, double at) {
    return switch (this) {
      case RATE_STEP -> i < at ? 1e-3 : 1e-4;
      case COSINE -> 1e-3 * (0.55 + 0.45 * Math.cos(Math.PI * i / ROWS));
      case WARM_UP -> 1e-3 * Math.min(1, i / 600.0);
      case WARM_RESTARTS -> 1e-3 * (0.55 + 0.45 * Math.cos(Math.PI * (i % 600) / 600));
      default -> Double.NaN;
    };
  }

  /** What is added to the power law, nats. */
  private double shift(int i, double at, double rate) {
    return switch (this) {
      case RATE_STEP -> -0.2 * (i < at ? 0 : 1 - Math.exp((at - i) / 15));
      case COSINE, WARM_RESTARTS -> -0.15 * (1 - rate / 1e-3);
      case WARM_UP -> 0.3 * (1 - rate / 1e-3);
      case DROP_OF_10_OVER_100 -> -10 * NOISE * part(this, i, at, 100);
      case DROP_OF_2_OVER_8 -> -2 * NOISE * part(this, i, at, 8);
      case SLOPE_BREAK -> i < at ? 0 : -0.5 * Math.log(i / at);
      case SLOW_DROP -> -0.2 * part(this, i, at, 400);
      case DOUBLE_DESCENT -> 0.3 * part(this, i, at - 450, 200) - 0.6 * part(this, i, at, 300);
      case TWO_NEAR -> -8 * NOISE * (part(this, i, at, 20) + part(this, i, at + 250, 20));
      default -> 0;
    };
  }

  /** Of a change, by a logistic curve that goes from a tenth to nine tenths in so many rows. */
  private double part(Family only, int i, double at, double rows) {
    return this == only ? 1 / (1 + Math.exp(2 * LN9 * (at - i) / rows)) : 0;
  }

  private List<Change> changes(double at) {
    return switch (this) {
      case DROP_OF_10_OVER_100 -> List.of(change(at, 100));
      case DROP_OF_2_OVER_8 -> List.of(change(at, 8));
      case SLOPE_BREAK -> List.of(new Change(at, at, at + 500));
      case SCORE_RISE -> List.of(change(at, 150));
      case SLOW_DROP -> List.of(change(at, 400));
      case DOUBLE_DESCENT -> List.of(change(at, 300));
      case TWO_NEAR -> List.of(change(at, 20), change(at + 250, 20));
      default -> List.of();
    };
  }

  private static Change change(double at, double rows) {
    return new Change(at - rows / 2, at, at + rows / 2);
  }
}
