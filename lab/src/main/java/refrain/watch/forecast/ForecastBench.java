package refrain.watch.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Predicate;
import refrain.base.RefrainException;

/**
 * How good a {@link Forecaster} is on runs whose end is known. No run is judged by what was learned
 * from it: its seed is left out of all arms, since runs of a seed share their language; once more
 * with its whole arm left out, as for an arm that nobody has trained yet. Beside it stands what one
 * would say who has seen no run but knows when others formed, and that this one has not by now: the
 * median of those that formed later.
 *
 * <p>A forecast is judged where it first says that so many steps are left, and not where so many
 * were: there, who always says "a hundred more" would be right about a lead of a hundred.
 */
public final class ForecastBench {
  /** Steps that are left, as it is foretold, where a forecast is judged. */
  public static final List<Double> LEADS = List.of(50.0, 100.0, 200.0);

  private static final int DRAWS = 2000;
  private static final long SEED = 16;
  private static final double LEVEL = 0.95;

  /**
   * Errors of forecasts.
   *
   * @param runs of which it was foretold, before it was so; the others count for nothing here
   * @param error mean distance from the step of formation, steps
   * @param skill 1 less its ratio to that of the median of others; 0 or less: none
   * @param low lower end of its 95 % interval, by resampling runs; NaN where there are too few
   * @param high upper end
   */
  public record Skill(int runs, double error, double skill, double low, double high) {
    /** Whether the interval is above nothing. */
    public boolean is() {
      return low > 0;
    }
  }

  /**
   * Of an arm at a lead.
   *
   * @param lead steps that were foretold to be left, at most, for the first time
   * @param seeds learned from its other seeds too; held against their median
   * @param arms learned from other arms alone; held against their median
   */
  public record Lead(double lead, Skill seeds, Skill arms) {}

  /**
   * How many runs were forecast to form heads soon.
   *
   * @param forecast how many, before they did
   * @param median steps before formation, of all that formed; 0 for one that was not forecast
   * @param low the first decile
   * @param high the ninth
   */
  public record Warned(int forecast, double median, double low, double high) {}

  /**
   * Of an arm.
   *
   * @param formed runs that formed heads
   * @param early first step of formation; NaN where none formed
   * @param middle median
   * @param late last
   * @param seeds share of the probes of the last 200 steps before formation whose interval has it;
   *     each run counts alike; its other seeds were learned from
   * @param arms the same, learned from other arms alone
   * @param leads none where none formed
   * @param warned at odds that no run without heads reached in what was learned from
   * @param warnedByArms the same, learned from other arms alone
   */
  public record Arm(
      String name,
      int runs,
      int formed,
      double early,
      double middle,
      double late,
      double seeds,
      double arms,
      List<Lead> leads,
      Warned warned,
      Warned warnedByArms) {}

  /**
   * How early the runs of an arm are forecast, where so many of the runs without heads are too.
   *
   * @param falsely shares of the runs without heads, ascending
   * @param lead median over the arm's runs, steps
   */
  public record Curve(String arm, double[] falsely, double[] lead) {}

  /** All of it. */
  public record Report(List<Arm> arms, List<Curve> curves) {}

  private final List<Course> runs;
  private final Map<String, Forecaster> learned = new HashMap<>();

  private ForecastBench(List<Course> runs) {
    this.runs = runs;
  }

  /**
   * Measures.
   *
   * @param runs of four seeds or more, of two arms or more that form heads
   */
  public static Report of(List<Course> runs) {
    ForecastBench bench = new ForecastBench(List.copyOf(runs));
    Set<String> arms = new LinkedHashSet<>();
    runs.forEach(run -> arms.add(run.arm()));
    RefrainException.require(
        runs.stream().filter(Course::forms).map(Course::seed).distinct().count() >= 4
            && runs.stream().filter(Course::forms).map(Course::arm).distinct().count() >= 2,
        "forecast: expected runs of two arms or more that form heads, of four seeds or more each;"
            + " found %s runs of the arms %s",
        runs.size(),
        String.join(", ", arms));
    List<Arm> all = arms.stream().map(bench::arm).toList();
    return new Report(all, bench.curves(arms));
  }

  /** Learned from all but some seeds, and but an arm; "": from all arms. */
  private Forecaster without(Set<Long> seeds, String arm) {
    return learned.computeIfAbsent(
        seeds + " " + arm,
        any ->
            Forecaster.of(
                runs.stream()
                    .filter(run -> !seeds.contains(run.seed()) && !run.arm().equals(arm))
                    .toList()));
  }

  private Forecaster judge(Course of, boolean byArms) {
    return without(Set.of(of.seed()), byArms ? of.arm() : "");
  }

  private Arm arm(String name) {
    List<Course> own = runs.stream().filter(run -> run.arm().equals(name)).toList();
    List<Course> formed = own.stream().filter(Course::forms).toList();
    double[] steps = formed.stream().mapToDouble(Course::formed).sorted().toArray();
    return new Arm(
        name,
        own.size(),
        formed.size(),
        steps.length == 0 ? Double.NaN : steps[0],
        median(steps),
        steps.length == 0 ? Double.NaN : steps[steps.length - 1],
        coverage(formed, false),
        coverage(formed, true),
        formed.isEmpty() ? List.of() : LEADS.stream().map(lead -> lead(formed, lead)).toList(),
        warned(own, false),
        warned(own, true));
  }

  private Lead lead(List<Course> formed, double lead) {
    return new Lead(lead, skill(formed, lead, false), skill(formed, lead, true));
  }

  private Skill skill(List<Course> formed, double lead, boolean byArms) {
    List<Course> said =
        formed.stream().filter(run -> says(judge(run, byArms), run, lead) >= 0).toList();
    int n = said.size();
    double[] ours = new double[n];
    double[] theirs = new double[n];
    for (int i = 0; i < n; i++) {
      Course run = said.get(i);
      int probe = says(judge(run, byArms), run, lead);
      ours[i] = Math.abs(judge(run, byArms).at(run, probe).step() - run.formed());
      Predicate<Course> others =
          other -> other.seed() != run.seed() && other.arm().equals(run.arm()) != byArms;
      theirs[i] = Math.abs(median(run, probe, others) - run.formed());
    }
    double error = mean(ours);
    double[] drawn = new double[DRAWS];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int d = 0; d < DRAWS && n > 0; d++) {
      double a = 0;
      double b = 0;
      for (int i = 0; i < n; i++) {
        int k = random.nextInt(n);
        a += ours[k];
        b += theirs[k];
      }
      drawn[d] = 1 - a / Math.max(b, 1e-9);
    }
    Arrays.sort(drawn);
    boolean enough = n >= 3;
    return new Skill(
        n,
        error,
        1 - error / mean(theirs),
        enough ? drawn[(int) (DRAWS * (1 - LEVEL) / 2)] : Double.NaN,
        enough ? drawn[(int) (DRAWS * (1 + LEVEL) / 2)] : Double.NaN);
  }

  /** The first probe at which so many steps are foretold to be left; -1: there is none. */
  private static int says(Forecaster by, Course run, double lead) {
    for (int probe = Course.FIRST; probe < run.probes(); probe++) {
      if (by.at(run, probe).step() - run.steps()[probe] <= lead) {
        return probe;
      }
    }
    return -1;
  }

  /** Of those that had not formed heads by then; where all had, it is said to be about to. */
  private double median(Course run, int probe, Predicate<Course> others) {
    double now = run.steps()[probe];
    double[] later =
        runs.stream()
            .filter(others)
            .filter(Course::forms)
            .mapToDouble(Course::formed)
            .filter(formed -> formed > now)
            .sorted()
            .toArray();
    return later.length == 0 ? now + now - run.steps()[probe - 1] : median(later);
  }

  private double coverage(List<Course> formed, boolean byArms) {
    double sum = 0;
    int n = 0;
    for (Course run : formed) {
      int from = Math.max(Course.FIRST, run.probes());
      while (from > Course.FIRST && run.left(from - 1) <= Forecaster.SOON) {
        from--;
      }
      int inside = 0;
      for (int probe = from; probe < run.probes(); probe++) {
        Forecaster.Foretold foretold = judge(run, byArms).at(run, probe);
        inside += foretold.low() <= run.formed() && run.formed() <= foretold.high() ? 1 : 0;
      }
      if (run.probes() > from) {
        sum += inside / (double) (run.probes() - from);
        n++;
      }
    }
    return n == 0 ? Double.NaN : sum / n;
  }

  /** The odds that no run without heads reaches, whose seed is left out in its turn. */
  private double bar(Course judged, boolean byArms) {
    double bar = Double.NEGATIVE_INFINITY;
    String arm = byArms ? judged.arm() : "";
    for (Course run : runs) {
      if (!run.forms() && run.seed() != judged.seed() && !run.arm().equals(arm)) {
        bar =
            Math.max(
                bar, most(without(new TreeSet<>(Set.of(run.seed(), judged.seed())), arm), run));
      }
    }
    return Double.isInfinite(bar) ? 0 : bar; // as likely as not, where there is none
  }

  private static double most(Forecaster by, Course run) {
    double most = Double.NEGATIVE_INFINITY;
    for (int probe = Course.FIRST; probe < run.probes(); probe++) {
      most = Math.max(most, by.at(run, probe).soon());
    }
    return most;
  }

  /** Steps before formation at which the odds pass a bar; 0: they do not. */
  private static double warnedBefore(Forecaster by, Course run, double bar) {
    for (int probe = Course.FIRST; probe < run.probes(); probe++) {
      if (by.at(run, probe).soon() > bar) {
        return run.left(probe);
      }
    }
    return 0;
  }

  private Warned warned(List<Course> own, boolean byArms) {
    int forecast = 0;
    List<Double> leads = new ArrayList<>();
    for (Course run : own) {
      double bar = bar(run, byArms);
      Forecaster by = judge(run, byArms);
      if (run.forms()) {
        double before = warnedBefore(by, run, bar);
        leads.add(before);
        forecast += before > 0 ? 1 : 0;
      } else {
        forecast += most(by, run) > bar ? 1 : 0;
      }
    }
    double[] sorted = leads.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Warned(forecast, median(sorted), decile(sorted, 1), decile(sorted, 9));
  }

  private List<Curve> curves(Set<String> arms) {
    double[] bars =
        runs.stream()
            .filter(run -> !run.forms())
            .mapToDouble(run -> most(judge(run, false), run))
            .sorted()
            .toArray();
    List<Curve> curves = new ArrayList<>();
    for (String arm : arms) {
      List<Course> formed =
          runs.stream().filter(run -> run.arm().equals(arm) && run.forms()).toList();
      if (formed.isEmpty() || bars.length == 0) {
        continue;
      }
      double[] falsely = new double[bars.length + 1];
      double[] lead = new double[bars.length + 1];
      for (int k = 0; k <= bars.length; k++) {
        // Above all of them, above all but one, ...; below the least at the end.
        double bar = k < bars.length ? bars[bars.length - 1 - k] : bars[0] - 1e-9;
        falsely[k] = k / (double) bars.length;
        lead[k] =
            median(
                formed.stream()
                    .mapToDouble(run -> warnedBefore(judge(run, false), run, bar))
                    .sorted()
                    .toArray());
      }
      curves.add(new Curve(arm, falsely, lead));
    }
    return curves;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  private static double decile(double[] sorted, int tenth) {
    int n = sorted.length;
    return n == 0 ? Double.NaN : sorted[(int) Math.round(tenth / 10.0 * (n - 1))];
  }
}
