package refrain.stats;

import java.util.Arrays;
import java.util.List;

/**
 * The direction of a line in degrees, from -90 (not included) to 90: of slope 1 it is 45, and a
 * vertical line is as near to one that rises as to one that falls, which no slope says. An interval
 * that reaches the vertical holds every direction.
 *
 * @param of the direction with its error, degrees
 */
public record Angle(StudentT of) implements Inference {
  private static final double RIGHT = 90;

  /**
   * The direction of the line through pairs that both carry error ({@link Deming}), with a standard
   * error from resampled clusters and as many degrees of freedom as there are clusters less one.
   *
   * @param cluster what is independent: the configuration that each pair belongs to, any numbers
   * @throws refrain.base.RefrainException as {@link Deming#fit}, or for fewer than two clusters
   */
  public static Angle of(double[] x, double[] y, int[] cluster, int draws, long seed) {
    double estimate = direction(x, y);
    List<List<Integer>> members = Samples.groups(cluster);
    int n = members.size();
    double error =
        Bootstrap.error(
            n,
            drawn -> {
              int[] pairs =
                  Arrays.stream(drawn)
                      .flatMap(unit -> members.get(unit).stream().mapToInt(i -> i))
                      .toArray();
              return pairs.length < 3
                  ? Double.NaN
                  : turn(direction(Samples.at(x, pairs), Samples.at(y, pairs)) - estimate);
            },
            draws,
            seed);
    return new Angle(new StudentT(estimate, error, n - 1.0));
  }

  private static double direction(double[] x, double[] y) {
    return Math.toDegrees(Math.atan(Deming.fit(x, y, 1).slope()));
  }

  /** The smaller turn between two lines. */
  private static double turn(double degrees) {
    return degrees - 2 * RIGHT * Math.rint(degrees / (2 * RIGHT));
  }

  /** What the line rises by for each unit that it goes on. */
  public static double slope(double degrees) {
    return Math.tan(Math.toRadians(degrees));
  }

  @Override
  public double estimate() {
    return of.estimate();
  }

  @Override
  public Interval interval(double level) {
    Interval plain = of.interval(level);
    return plain.low() <= -RIGHT || plain.high() >= RIGHT
        ? new Interval(estimate(), -RIGHT, RIGHT, level)
        : plain;
  }

  @Override
  public double p(double value) {
    return of.away(Math.min(Math.abs(value - estimate()), RIGHT - Math.abs(estimate())));
  }
}
