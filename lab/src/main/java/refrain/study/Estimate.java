package refrain.study;

import java.util.List;

/**
 * What a test measured.
 *
 * @param value the estimate; NaN where there is none
 * @param low lower end of its interval, NaN where there is none
 * @param high upper end
 * @param n runs that have a value
 * @param missing runs that ended without one, such as the formation step of a run that formed none
 * @param values of each run, in the order of variants and seeds, where the statistic has one number
 *     a run
 * @param ruling the bar's answer, whatever the number of runs
 */
public record Estimate(
    double value,
    double low,
    double high,
    int n,
    int missing,
    List<Double> values,
    Verdict.Ruling ruling) {
  public Estimate {
    values = List.copyOf(values);
  }

  static Estimate none(int missing) {
    return new Estimate(
        Double.NaN,
        Double.NaN,
        Double.NaN,
        0,
        missing,
        List.of(),
        missing == 0 ? Verdict.Ruling.UNDECIDED : Verdict.Ruling.FAILS);
  }
}
