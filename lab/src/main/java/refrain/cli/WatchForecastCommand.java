package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.catalog.Catalog;
import refrain.draw.chart.Axis;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;
import refrain.store.AtomicFiles;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.train.Formation;
import refrain.train.Metrics;
import refrain.train.RunSpec;
import refrain.train.Seeds;
import refrain.train.Trainer;
import refrain.watch.forecast.Course;
import refrain.watch.forecast.ForecastBench;
import refrain.watch.forecast.ForecastBench.Arm;
import refrain.watch.forecast.ForecastBench.Lead;
import refrain.watch.forecast.ForecastBench.Skill;
import refrain.watch.forecast.ForecastBench.Warned;
import refrain.watch.forecast.Forecaster;

/** {@code refrain watch forecast}: how far ahead the formation of heads can be foretold. */
@Command(
    name = "forecast",
    description = {
      "Foretell at which step induction heads form in runs of refrain that have ended, from what"
          + " they measured before, and say how good that is: errors where it says 200, 100 and"
          + " 50 steps more, skill beside the median of an arm's other seeds and of other arms, coverage"
          + " of the intervals, and how many runs in which none form were forecast to.",
      "No run is judged by what was learned from it. Runs that differ in their seeds alone are an"
          + " arm; it takes two arms that form heads, of four seeds or more."
    })
final class WatchForecastCommand extends Subcommand {
  private static final String COMPOSITION = "comp.k.best.z";

  @Parameters(arity = "1..*", paramLabel = "RUNS", description = "Runs, or folders of them.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Draw how early heads are forecast at each share of false forecasts.")
  private @Nullable Path svg;

  @Override
  public void run() {
    ForecastBench.Report report = ForecastBench.of(courses());
    errors(report).lines().forEach(out()::println);
    print(
        "Lead: judged where it is first foretold that so many steps are left; runs: those of which"
            + " it is, before it is so. Error: mean distance of the forecast from the step of"
            + " formation. Skill: 1 less its ratio to that of the median step of the others that"
            + " had not formed heads by then, with its 95 %% interval over runs; 'none' where that"
            + " is not above 0. Arm new: learned from other arms alone.");
    out().println();
    warnings(report).lines().forEach(out()::println);
    print(
        "Covered: share of the probes of the last %.0f steps before formation whose %.0f %%"
            + " interval has it. Forecast: at odds that no run without heads reached among those"
            + " learned from; lead: steps before formation, median [first, ninth decile].",
        Forecaster.SOON, 100 * Forecaster.LEVEL);
    Path to = svg;
    if (to != null) {
      AtomicFiles.writeString(to, chart(report).draw("forecast").standalone());
      print("Picture: %s", to);
    }
  }

  private static TextTable errors(ForecastBench.Report report) {
    TextTable table =
        new TextTable(
            "arm",
            ">lead",
            ">runs",
            ">error",
            "skill beside its other seeds",
            ">runs, arm new",
            ">error",
            "skill beside other arms");
    for (Arm arm : report.arms()) {
      for (Lead lead : arm.leads()) {
        if (lead.seeds().runs() + lead.arms().runs() > 0) {
          table.row(
              arm.name(),
              number(lead.lead()),
              String.valueOf(lead.seeds().runs()),
              number(lead.seeds().error()),
              text(lead.seeds()),
              String.valueOf(lead.arms().runs()),
              number(lead.arms().error()),
              text(lead.arms()));
        }
      }
    }
    return table;
  }

  private static TextTable warnings(ForecastBench.Report report) {
    TextTable table =
        new TextTable(
            "arm",
            ">formed",
            "at step",
            ">covered",
            ">arm new",
            ">forecast",
            "lead",
            ">arm new",
            "lead");
    for (Arm arm : report.arms()) {
      table.row(
          arm.name(),
          arm.formed() + " of " + arm.runs(),
          arm.formed() == 0
              ? ""
              : "%s [%s, %s]"
                  .formatted(number(arm.middle()), number(arm.early()), number(arm.late())),
          share(arm.seeds()),
          share(arm.arms()),
          arm.warned().forecast() + " of " + arm.runs(),
          lead(arm.warned()),
          arm.warnedByArms().forecast() + " of " + arm.runs(),
          lead(arm.warnedByArms()));
    }
    return table;
  }

  private static String text(Skill skill) {
    String text = skill.runs() == 0 ? "" : String.format(Locale.ROOT, "%.2f", skill.skill());
    if (Double.isNaN(skill.low())) {
      return text;
    }
    String of = String.format(Locale.ROOT, "%s [%.2f, %.2f]", text, skill.low(), skill.high());
    return skill.is() ? of : of + " none";
  }

  private static String lead(Warned warned) {
    return Double.isNaN(warned.median())
        ? ""
        : "%s [%s, %s]"
            .formatted(number(warned.median()), number(warned.low()), number(warned.high()));
  }

  private static String share(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * value);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.0f", value);
  }

  private static LineChart chart(ForecastBench.Report report) {
    List<Series> series = new ArrayList<>();
    for (ForecastBench.Curve curve : report.curves()) {
      series.add(Series.line(curve.arm(), series.size(), curve.falsely(), curve.lead()));
    }
    RefrainException.require(
        !series.isEmpty(), "--svg: expected runs in which no heads form too; there are none");
    return new LineChart(
        "How early heads are forecast",
        "The median lead of forecasts that induction heads form within 200 steps, over the share of"
            + " runs without heads of which that is forecast too, for each arm.",
        Axis.linear("share of the runs without heads that are forecast to form them", ""),
        Axis.linear("steps before formation", ""),
        series,
        List.of(),
        List.of());
  }

  private List<Course> courses() {
    Set<Path> folders = new TreeSet<>();
    for (Path path : paths) {
      folders.addAll(Catalog.places(path).runs());
    }
    Map<String, List<RunFolder>> arms = new LinkedHashMap<>();
    for (Path folder : folders) {
      RunFolder run = RunFolder.at(folder);
      arms.computeIfAbsent(withoutSeed(Trainer.spec(run)), any -> new ArrayList<>()).add(run);
    }
    Map<String, String> names = names(arms);
    List<Course> courses = new ArrayList<>();
    arms.forEach(
        (id, runs) -> runs.forEach(run -> courses.add(course(run, requireNonNull(names.get(id))))));
    return courses;
  }

  /** What it is but for its seeds, and for how long it was trained: the same in all of its arm. */
  private static String withoutSeed(RunSpec spec) {
    // In a study the language and the probes go with the seed; the evaluation set then does too.
    return spec.replicate((int) -spec.seeds().evaluation())
        .with(s -> s.seeds = Seeds.replicate(0), s -> s.steps = 1000, s -> s.name = "arm")
        .id();
  }

  /** The folder that an arm has to itself, else the name of its runs. */
  private static Map<String, String> names(Map<String, List<RunFolder>> arms) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Integer> taken = new HashMap<>();
    arms.forEach((id, runs) -> {
      Set<String> above = new TreeSet<>();
      runs.forEach(run -> above.add(String.valueOf(run.path().toAbsolutePath().getParent())));
      boolean alone =
          above.size() == 1
              && arms.values().stream()
                      .flatMap(List::stream)
                      .filter(run ->
                          above.contains(String.valueOf(run.path().toAbsolutePath().getParent())))
                      .count()
                  == runs.size();
      String name =
          alone
              ? String.valueOf(Path.of(above.iterator().next()).getFileName())
              : Trainer.spec(runs.getFirst()).name();
      int before = taken.merge(name, 1, Integer::sum);
      names.put(id, before == 1 ? name : name + " (" + before + ")");
    });
    return names;
  }

  private static Course course(RunFolder run, String arm) {
    RunSpec spec = Trainer.spec(run);
    List<MetricsRow> probes = run.metrics().having(Metrics.PREVIOUS_TOKEN);
    RefrainException.require(
        probes.size() > Course.FIRST,
        "%s: has %s probes of the previous-token score, expected more than %s",
        run.path(),
        probes.size(),
        Course.FIRST);
    MetricsRow formed = Formation.DEFAULT.at(run.metrics().having(Metrics.PREFIX_MATCHING));
    double entropy = spec.data().entropy();
    return new Course(
        arm,
        spec.seeds().init(),
        Double.isNaN(entropy) ? 0 : entropy,
        formed == null ? Double.NaN : formed.step(),
        probes.stream().mapToDouble(MetricsRow::step).toArray(),
        probes.stream().mapToDouble(row -> row.value(Metrics.PREVIOUS_TOKEN)).toArray(),
        // Composition is measured at some probes: what was known last.
        known(probes));
  }

  private static double[] known(List<MetricsRow> probes) {
    double[] z = new double[probes.size()];
    double last = Double.NaN;
    for (int i = 0; i < z.length; i++) {
      last =
          probes.get(i).values().containsKey(COMPOSITION) ? probes.get(i).value(COMPOSITION) : last;
      z[i] = last;
    }
    return z;
  }
}
