package refrain.train.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import refrain.train.bench.ProfiledKernels.Cost;
import refrain.train.bench.ProfiledKernels.Measured;
import refrain.train.bench.ProfiledKernels.Tally;

/**
 * A step's time by what it was spent on. Medians over the steps with clocks, less what the clocks
 * cost; scaled so that they sum to the median of the steps without clocks, between which the others
 * were taken.
 *
 * @param parts in the order of {@link Work}; their times sum to the step
 * @param clockedMs a step with the clocks
 * @param calls that were timed in a step
 * @param clockNanos what timing one of them costs
 * @param unscaled what the parts summed to before they were scaled, as a share of the step
 */
public record Profile(
    List<Part> parts, double clockedMs, double calls, double clockNanos, double unscaled) {

  /**
   * One kind of work.
   *
   * @param shape of a product, m x n x k for [m, n] += [m, k] [k, n]; where blocks differ, the
   *     smallest and the largest of each
   * @param calls in a step
   * @param ms in a step
   * @param share of the step
   * @param gflops of what is computed, the upper triangle of a pattern's diagonal blocks included
   * @param fmaShare gflops / the register-only peak
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Part(
      Work work,
      @Nullable String shape,
      double calls,
      double ms,
      double share,
      @Nullable Double gflops,
      @Nullable Double fmaShare) {}

  /** Share of the step of everything that is no product. */
  public double outsideProducts() {
    return parts.stream().filter(p -> !p.work.product()).mapToDouble(Part::share).sum();
  }

  /**
   * @param clocked nanoseconds of the steps with clocks
   * @param step nanoseconds of a step without clocks
   * @param fmaGflops the register-only peak
   */
  static Profile of(
      List<Tally> tallies, Samples clocked, Cost cost, double step, double fmaGflops) {
    double[] nanos = new double[tallies.size()];
    double calls = 0;
    double sum = 0;
    for (int i = 0; i < nanos.length; i++) {
      Tally t = tallies.get(i);
      double n = median(t, Measured::calls);
      nanos[i] = median(t, Measured::nanos) - n * cost.inside();
      nanos[i] = Math.max(0, nanos[i]);
      calls += n;
      sum += nanos[i];
    }
    double[] rests = new double[clocked.size()];
    for (int s = 0; s < rests.length; s++) {
      rests[s] = clocked.busy(s);
      for (Tally t : tallies) {
        rests[s] -= t.steps.get(s).nanos();
      }
    }
    double rest = Samples.median(rests);
    rest = Math.max(0, rest - calls * cost.outside());
    sum += rest;
    double scale = step / sum;
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      parts.add(part(tallies.get(i), nanos[i] * scale, step, fmaGflops));
    }
    parts.add(plain(Work.REST, 0, rest * scale, step));
    return new Profile(
        parts, clocked.medianTime() * 1e-6, calls, cost.inside() + cost.outside(), sum / step);
  }

  private static Part part(Tally t, double nanos, double step, double fmaGflops) {
    double calls = median(t, Measured::calls);
    if (!t.work.product()) {
      return plain(t.work, calls, nanos, step);
    }
    double gflops = median(t, Measured::flops) / nanos;
    String shape = size(t, 0) + " x " + size(t, 1) + " x " + size(t, 2);
    return new Part(t.work, shape, calls, nanos * 1e-6, nanos / step, gflops, gflops / fmaGflops);
  }

  private static Part plain(Work work, double calls, double nanos, double step) {
    return new Part(work, null, calls, nanos * 1e-6, nanos / step, null, null);
  }

  private static String size(Tally t, int i) {
    return t.least[i] == t.most[i] ? "" + t.most[i] : t.least[i] + ".." + t.most[i];
  }

  private static double median(Tally t, ToDoubleFunction<Measured> of) {
    return Samples.median(t.steps.stream().mapToDouble(of).toArray());
  }
}
