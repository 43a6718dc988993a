package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.DotPlot.Row;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;
import refrain.study.Study.Cell;

/** When heads formed under each perturbation, and dose curves of it. */
final class FormationTimes {
  private static final String STEP = "formation.step";

  private final StudyView view;

  FormationTimes(StudyView view) {
    this.view = view;
  }

  /** A row a variant; empty where none of them has run. */
  Optional<DotPlot> dots(String title, List<PerturbationArms> arms) {
    List<Row> rows = new ArrayList<>();
    for (PerturbationArms arm : arms) {
      for (String variant : arm.variants()) {
        if (view.has(variant)) {
          rows.add(row(variant, arm.slot()));
        }
      }
    }
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    DotPlot plot =
        DotPlot.of(
            title,
            "Formation step of each variant: mean, range and single seeds.",
            Axis.linear("formation step", "steps").from(0, Double.NaN),
            rows);
    return Optional.of(plot.withLevels(List.of(new Level(view.mean("2L", STEP), "2L"))));
  }

  private Row row(String variant, int slot) {
    double[] all = view.values(variant, STEP);
    double[] formed = Arrays.stream(all).filter(Double::isFinite).toArray();
    if (formed.length == 0) {
      String none =
          all.length == 0 ? "not analysed yet" : "none formed on " + all.length + " seeds";
      return Row.none(variant, slot, none);
    }
    String label =
        formed.length == all.length
            ? variant
            : String.format(Locale.ROOT, "%s (%d of %d)", variant, formed.length, all.length);
    return Row.of(
            label,
            slot,
            Arrays.stream(formed).average().orElseThrow(),
            Arrays.stream(formed).min().orElseThrow(),
            Arrays.stream(formed).max().orElseThrow())
        .withPoints(Arrays.stream(formed).boxed().toList());
  }

  /**
   * Formation step over a dose: the mean of each dose, and a thin line for each seed that has two
   * doses or more. Empty with fewer than two doses.
   *
   * @param elsewhere variants that had the dose where it should not act, with their labels
   */
  Optional<LineChart> dose(
      String title,
      String quantity,
      Axis axis,
      List<String> variants,
      Map<String, String> elsewhere) {
    Map<Integer, TreeMap<Double, Double>> seeds = new HashMap<>();
    TreeMap<Double, List<Double>> doses = new TreeMap<>();
    for (String variant : variants) {
      for (Cell cell : view.cells(variant)) {
        double dose = view.findings(cell).value(quantity);
        double step = view.findings(cell).value(STEP);
        if (Double.isFinite(dose) && Double.isFinite(step)) {
          seeds.computeIfAbsent(cell.seed(), s -> new TreeMap<>()).put(dose, step);
          doses.computeIfAbsent(dose, d -> new ArrayList<>()).add(step);
        }
      }
    }
    if (doses.size() < 2) {
      return Optional.empty();
    }
    List<Line> thin =
        seeds.values().stream().filter(s -> s.size() > 1).map(FormationTimes::line).toList();
    TreeMap<Double, Double> means = new TreeMap<>();
    doses.forEach((dose, steps) ->
        means.put(dose, steps.stream().mapToDouble(s -> s).average().orElseThrow()));
    List<Series> series = new ArrayList<>();
    series.add(Series.seeds("seeds", 5, thin));
    int slot = 2;
    for (Map.Entry<String, String> other : elsewhere.entrySet()) {
      double x = view.mean(other.getKey(), quantity);
      double y = view.mean(other.getKey(), STEP);
      if (Double.isFinite(x) && Double.isFinite(y) && x > doses.firstKey()) {
        double[] at = {doses.firstKey(), x};
        double[] steps = {means.firstEntry().getValue(), y};
        series.add(Series.line(other.getValue(), slot++, at, steps));
      }
    }
    Line mean = line(means);
    series.add(new Series("mean", 0, List.of(mean), Optional.empty(), false));
    return Optional.of(
        LineChart.of(
            title,
            "Formation step over the dose, a thin line a seed, and its mean.",
            axis,
            Axis.linear("formation step", "steps").from(0, Double.NaN),
            series));
  }

  private static Line line(TreeMap<Double, Double> points) {
    return Line.of(
        points.keySet().stream().mapToDouble(x -> x).toArray(),
        points.values().stream().mapToDouble(y -> y).toArray());
  }

  /** T of tokens = T sqrt(batch x context), by variant; empty with fewer than two to compare. */
  Optional<Table> constants(List<String> variants) {
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String variant : variants) {
      double[] formed =
          Arrays.stream(view.values(variant, "formation.constant"))
              .filter(Double::isFinite)
              .toArray();
      if (formed.length > 0) {
        double[] powers = Arrays.stream(formed).map(Math::log10).toArray();
        rows.add(
            List.of(
                new Table.Text(variant),
                new Table.Number(view.mean(variant, "dose.step"), 0),
                new Table.Number(view.mean(variant, STEP), 0),
                new Table.Number(view.mean(variant, "formation.tokens") / 1e6, 2),
                new Table.Interval(
                    Arrays.stream(powers).average().orElseThrow(),
                    Arrays.stream(powers).min().orElseThrow(),
                    Arrays.stream(powers).max().orElseThrow(),
                    2),
                new Table.Number(formed.length, 0)));
      }
    }
    return rows.size() < 2
        ? Optional.empty()
        : Optional.of(
            new Table(
                List.of(
                    Table.Column.text("variant"),
                    Table.Column.number("batch x context", "tokens"),
                    Table.Column.number("formation step", "steps"),
                    Table.Column.number("formation", "M tokens"),
                    Table.Column.number("log10 T", ""),
                    Table.Column.number("n", "")),
                rows));
  }
}
