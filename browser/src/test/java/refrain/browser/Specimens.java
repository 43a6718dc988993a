package refrain.browser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.draw.Page;
import refrain.draw.Table;
import refrain.draw.Table.Column;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Event;
import refrain.draw.chart.Heatmap;
import refrain.draw.chart.Level;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.PathPlot;
import refrain.draw.chart.ScatterPlot;
import refrain.draw.chart.Series;

/** Figures of every kind with contents that leave little room: long names, crowded marks. */
final class Specimens {
  private static final String LONG =
      "A title that says in one sentence what is shown, over which runs it was averaged and which"
          + " of them were left out";
  private static final Axis STEPS = Axis.linear("steps", "of 4096 tokens");
  private static final Axis SCORE = Axis.linear("in-context-learning score", "nats");

  private Specimens() {}

  static Page page() {
    List<Block> blocks = new ArrayList<>();
    figures().forEach(figure -> blocks.add(new Block.Figured(figure, LONG, "./refrain reproduce")));
    blocks.add(
        new Block.Tabled(wide(), LONG, "./refrain study run olsson --full --only 1,2,3,4,5"));
    blocks.add(new Block.Tabled(wordy(), LONG, "./refrain reproduce"));
    blocks.add(new Block.Code("a line of code that is longer than the page ".repeat(6)));
    blocks.add(new Block.Paragraph("A `" + "name.of.a.quantity.".repeat(9) + "` in a sentence."));
    String path = "/a/folder" + "/inside/another".repeat(12);
    return new Page(
        LONG,
        LONG,
        LONG + ".",
        new Page.Provenance(
            "./refrain reproduce --out " + path,
            "2026-11-26",
            path,
            List.of("refrain 0.1.0", "Java 25.0.3"),
            Collections.nCopies(40, "0553fce4f305")),
        List.of(new Page.Section(LONG, blocks), new Page.Section("Short", List.of())));
  }

  static List<Figure> figures() {
    return List.of(
        lines("Many lines", 14, "series "),
        lines("Long names", 5, "a variant whose name says all that is different about it, "),
        lines("A single line", 1, "2L"),
        crowdedMarks(),
        grid(4),
        grid(3),
        grid(1),
        logarithms(),
        dots(),
        noDots(),
        scatter(),
        paths(),
        pattern(2, "token"),
        pattern(9, "an unusually long token "),
        pattern(40, "t"),
        pattern(130, "t"));
  }

  private static double[] values(int n, DoubleUnaryOperator of) {
    return IntStream.range(0, n).mapToDouble(i -> of.applyAsDouble(i / (n - 1.0))).toArray();
  }

  private static Series curve(String name, int slot, double at, double depth) {
    double[] x = values(200, t -> 1000 * t);
    double[] y = values(200, t -> -depth / (1 + Math.exp(-(t - at) * 40)));
    return Series.line(name, slot, x, y);
  }

  private static Figure lines(String title, int n, String name) {
    List<Series> series =
        IntStream.range(0, n)
            .mapToObj(i -> curve(name + i, i, 0.3 + 0.02 * i, i % 3 == 0 ? 0.1 : 3 + 0.01 * i))
            .toList();
    return new LineChart(title, LONG, STEPS, SCORE, series, List.of(), List.of());
  }

  /** Dates that nearly coincide, at both ends too, and bars that nearly do. */
  private static Figure crowdedMarks() {
    List<Event> events =
        List.of(
            new Event(437, 430, 444, "prefix matching"),
            new Event(455, 450, 460, "loss minus the control's"),
            new Event(457, 452, 462, "ICL score"),
            new Event(468, 463, 475, "previous token"),
            Event.at(0, "the very beginning"),
            Event.at(1000, "the end"),
            Event.at(991, "nearly the end"),
            Event.at(700, ""));
    List<Level> levels = List.of(new Level(-0.05, ">= -0.05"), new Level(-0.12, "the bar, -0.12"));
    return new LineChart(
        LONG,
        LONG,
        STEPS,
        SCORE,
        List.of(curve("2L", 0, 0.45, 3), curve("1L", 1, 0.5, 0.1)),
        events,
        levels);
  }

  private static Figure grid(int columns) {
    List<LineChart> panels = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      panels.add(
          new LineChart(
              i == 1 ? "2L with previous-token heads clamped from step 200" : "2L-" + i,
              LONG,
              Axis.linear("offset from the earlier occurrence of the token", "positions"),
              Axis.linear("attention to j + d, of the layer-1 head that attends most", ""),
              List.of(curve("before", 1, 0.5, i), curve("after the change of weights", 0, 0.4, 2)),
              List.of(Event.at(420, "heads form"), Event.at(30 * i, "")),
              List.of(new Level(-1, ">= 1"))));
    }
    return new LineGrid("In " + columns + " columns", LONG, panels, columns);
  }

  private static Figure logarithms() {
    double[] x = values(300, t -> Math.pow(10, 1 + 6.3 * t));
    double[] y = values(300, t -> Math.pow(10, -3 * t));
    List<LineChart> panels = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      panels.add(
          new LineChart(
              "panel " + i,
              LONG,
              Axis.log("tokens", ""),
              Axis.log("gradient norm", ""),
              List.of(Series.line("norm", i, x, y)),
              List.of(),
              List.of()));
    }
    return new LineGrid("Logarithmic axes", LONG, panels, 4);
  }

  private static Figure dots() {
    SplittableRandom random = new SplittableRandom(1);
    List<DotPlot.Row> rows = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      double at = random.nextDouble(-1, 1);
      String name = i % 2 == 0 ? "K from previous-token heads" : LONG;
      rows.add(new DotPlot.Row(name, i, at, at - 0.3, at + 0.2, List.of(at - 0.1, at), ""));
    }
    rows.add(DotPlot.Row.none("1L-smeared-from-2", 1, "no value in any of 3 runs: " + LONG));
    return new DotPlot(
        LONG,
        LONG,
        Axis.linear("ln (date / other date)", ""),
        rows,
        List.of(
            new Level(-0.1, ">= -0.10"),
            new Level(0.1, "<= 0.10"),
            new Level(0.12, "the paper's own number")));
  }

  private static Figure noDots() {
    return new DotPlot(
        "Without a value",
        LONG,
        Axis.linear("share", ""),
        List.of(DotPlot.Row.none("2L", 0, "not analysed")),
        List.of());
  }

  private static Figure scatter() {
    SplittableRandom random = new SplittableRandom(2);
    List<ScatterPlot.Group> groups = new ArrayList<>();
    for (int g = 0; g < 9; g++) {
      List<ScatterPlot.Point> points = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        double x = Math.exp(random.nextDouble(5, 7));
        points.add(new ScatterPlot.Point(x, x * random.nextDouble(0.9, 1.1)));
      }
      groups.add(new ScatterPlot.Group(g == 4 ? LONG : "group of arms " + g, g, points));
    }
    ScatterPlot.Point middle = new ScatterPlot.Point(400, 400);
    return new ScatterPlot(
        "One date against another",
        LONG,
        Axis.log("change of prefix matching", "steps"),
        Axis.log("change of the ICL score", "steps"),
        groups,
        List.of(
            new ScatterPlot.Guide(middle, 1, "equal", true),
            new ScatterPlot.Guide(middle, 0.98, "slope 0.98 [0.95, 1.02], over 12 seeds", false),
            new ScatterPlot.Guide(middle, 1.6, "slope 1.6", true)));
  }

  private static Figure paths() {
    List<PathPlot.Path> paths = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int slot = i;
      List<Double> x =
          Arrays.stream(values(60, t -> 10 * t * Math.cos(5 * t + slot))).boxed().toList();
      List<Double> y =
          Arrays.stream(values(60, t -> 10 * t * Math.sin(5 * t + slot))).boxed().toList();
      paths.add(
          new PathPlot.Path(
              i == 0 ? "two layers with smeared keys" : "layer " + i,
              i,
              x,
              y,
              List.of(
                  new PathPlot.Stop(10, "onset"),
                  new PathPlot.Stop(12, "tau"),
                  new PathPlot.Stop(14, "end"),
                  new PathPlot.Stop(58, "the last checkpoint"))));
    }
    return new PathPlot(
        "Per-token losses in their plane",
        LONG,
        Axis.linear("first component, 84 % of the variance", "nats"),
        Axis.linear("second component, 4 % of the variance", "nats"),
        paths);
  }

  private static Figure pattern(int n, String token) {
    double[] values = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        values[i * n + j] = 1.0 / (i + 1);
      }
    }
    return new Heatmap(
        "L1H3 of 2L, seed 0, on repeated random tokens, " + n,
        LONG,
        IntStream.range(0, n).mapToObj(i -> token + i).toList(),
        Heatmap.Pattern.of(values, n),
        List.of(new Heatmap.Cell(n - 1, 0)));
  }

  private static Table wide() {
    List<Column> columns = new ArrayList<>(List.of(Column.text("variant")));
    List<Table.Cell> row = new ArrayList<>(List.of(new Table.Text("2L-smeared-from-2")));
    for (int i = 0; i < 18; i++) {
      columns.add(Column.number("prefix matching " + i, "nats"));
      row.add(new Table.Interval(-1234.5 + i, -1300, -1200, 1));
    }
    return new Table(columns, Collections.nCopies(3, row));
  }

  private static Table wordy() {
    List<Column> columns =
        List.of(Column.text("claim"), Column.text("bar"), Column.number("n", ""));
    List<Table.Cell> row =
        List.of(
            new Table.Text(LONG + " `" + "1-code-smeared-half-of-all-".repeat(4) + "`"),
            new Table.Text(LONG),
            new Table.Number(12, 0));
    return new Table(columns, List.of(row, row));
  }
}
