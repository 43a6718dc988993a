package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Event;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Argument;
import refrain.study.Study.Cell;
import refrain.study.Verdict;

/** Argument 1: dates of change over seeds, the paper's curves and trajectories. */
final class CoOccurrenceSection implements ArgumentSection {
  private static final List<String> R0 = List.of("2L", "1L", "2L-iid", "2L-low-entropy");
  private static final List<String> CODE = List.of("code-2L", "code-1L-long", "code-1L-smeared");

  @Override
  public List<Block> blocks(StudyView view) {
    List<Block> blocks = new ArrayList<>();
    String command = view.command(Argument.CO_OCCURRENCE);
    if (R0.stream().anyMatch(view::has) || CODE.stream().anyMatch(view::has)) {
      blocks.add(method());
    }
    iclOverTraining(view, R0, command, blocks);
    firstSeed(view, "2L", command, blocks);
    differences(view, command, blocks);
    dates(view, "2L", command, blocks);
    changes(view, command, blocks);
    TrajectoryFigures.blocks(view, command, blocks);
    iclOverTraining(view, CODE, command, blocks);
    firstSeed(view, "code-2L", command, blocks);
    dates(view, "code-2L", command, blocks);
    return blocks;
  }

  private static Block method() {
    return new Block.Paragraph(
        "*Method.* Each curve of a run is dated after the run has ended: y = b0 + b1 ln(step +"
            + " warm-up) + D sigma((step - tau)/w) with AR(1) noise, by generalised least squares."
            + " Ordinary learning is about a line in the logarithm of the step; D is what the line"
            + " does not explain, tau its midpoint with a 95 % profile interval, and a bootstrap"
            + " under \"no change\" says whether there is one at all. Differences of dates are taken"
            + " within a run, as log ratios, and averaged over seeds. The paper draws its window by"
            + " eye, a factor of two in tokens wide; here it is the factor of two around tau.");
  }

  private static void iclOverTraining(
      StudyView view, List<String> variants, String command, List<Block> blocks) {
    List<LineChart> panels = new ArrayList<>();
    for (String variant : variants) {
      List<Line> lines = view.lines(variant, "curve.icl.steps", "curve.icl");
      if (!lines.isEmpty()) {
        List<Event> marks = new ArrayList<>();
        for (double tau : view.values(variant, "date.icl.tau")) {
          if (Double.isFinite(tau) && view.mean(variant, "date.icl.change") < 0) {
            marks.add(Event.at(tau, ""));
          }
        }
        panels.add(
            LineChart.of(
                    variant,
                    "ICL score of " + variant + " over training, a line a seed",
                    Axis.linear("steps", ""),
                    Axis.linear("ICL score", "nats"),
                    List.of(Series.seeds(variant, variants.indexOf(variant), lines)))
                .withEvents(marks));
      }
    }
    if (!panels.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineGrid.of(
                  "In-context learning over training",
                  "ICL score over training, a panel a variant, a line a seed.",
                  panels,
                  Math.min(2, panels.size())),
              "The ICL score falls abruptly where induction heads form. A vertical mark is a seed's"
                  + " date of change, where the test found a fall.",
              command));
    }
  }

  private record Drawn(String key, String label) {}

  private static void firstSeed(
      StudyView view, String variant, String command, List<Block> blocks) {
    if (!view.has(variant)) {
      return;
    }
    Findings f = view.findings(view.cells(variant).getFirst());
    List<Series> series = new ArrayList<>();
    List<Event> marks = new ArrayList<>();
    List<Drawn> all =
        List.of(
            new Drawn("icl", "ICL score"),
            new Drawn("bump", "loss - control's"),
            new Drawn("pm", "prefix matching"),
            new Drawn("prev", "previous token"));
    for (int i = 0; i < all.size(); i++) {
      Drawn drawn = all.get(i);
      String key = "curve." + drawn.key();
      if (f.hasSeries(key)) {
        series.add(Series.line(drawn.label(), i, f.series(key + ".steps"), f.series(key)));
        double tau = f.value("date." + drawn.key() + ".tau");
        if (Double.isFinite(tau)) {
          marks.add(
              new Event(
                  tau,
                  f.value("date." + drawn.key() + ".low"),
                  f.value("date." + drawn.key() + ".high"),
                  drawn.label()));
        }
      }
    }
    if (!series.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineChart.of(
                      "One run, " + variant,
                      "Four curves of the first seed of " + variant + " with their dates",
                      Axis.linear("steps", ""),
                      Axis.linear("nats, or probability", ""),
                      series)
                  .withEvents(marks),
              "The first seed of "
                  + variant
                  + ": four curves, each with its date and the date's 95 % interval (shaded).",
              command));
    }
  }

  private static void differences(StudyView view, String command, List<Block> blocks) {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (Verdict v : view.verdicts(Argument.CO_OCCURRENCE)) {
      boolean ratio = v.claim().test().compare().name().equals("LOG_RATIO");
      if (ratio && Double.isFinite(v.estimate().value())) {
        rows.add(
            DotPlot.Row.of(
                    v.claim().id(),
                    rows.size(),
                    v.estimate().value(),
                    v.estimate().low(),
                    v.estimate().high())
                .withPoints(
                    v.estimate().values().stream().filter(x -> Double.isFinite(x)).toList()));
      }
    }
    if (!rows.isEmpty()) {
      blocks.add(
          new Block.Figured(
              DotPlot.of(
                      "Differences of change dates",
                      "Log ratios of two dates of a run with their intervals, a tick a seed",
                      Axis.linear("ln of the ratio of two dates", ""),
                      rows)
                  .withLevels(
                      List.of(
                          new Level(-Math.log(1.1), "-10 %"),
                          new Level(0, ""),
                          new Level(Math.log(1.1), "+10 %"))),
              "Log ratios of two dates of the same run, named by their claims: mean over seeds with"
                  + " the interval of the claim's test, single seeds below. A ratio within the dotted"
                  + " lines is a difference of less than 10 %.",
              command));
    }
  }

  private static void dates(StudyView view, String variant, String command, List<Block> blocks) {
    if (!view.has(variant)) {
      return;
    }
    List<Table.Column> columns =
        List.of(
            Table.Column.number("seed", ""),
            Table.Column.number("ICL", ""),
            Table.Column.number("prefix", ""),
            Table.Column.number("previous", ""),
            Table.Column.number("bump", ""),
            Table.Column.number("leap", ""),
            Table.Column.number("pivot", ""),
            Table.Column.number("share", ""));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Cell cell : view.cells(variant)) {
      Findings f = view.findings(cell);
      rows.add(
          List.of(
              new Table.Number(cell.seed(), 0),
              date(f, "icl"),
              date(f, "pm"),
              date(f, "prev"),
              date(f, "bump"),
              date(f, "leap"),
              number(f.value("pca.pivot.step"), 0),
              number(f.value("icl.window.share"), 2)));
    }
    blocks.add(
        new Block.Tabled(
            new Table(columns, rows),
            "Dates of "
                + variant
                + " in steps, with 95 % intervals (\"none\": no change at 5 %): ICL score, prefix"
                + " matching, previous-token score of layer 0, the loss against the control's, and"
                + " the first component of per-token losses; then the pivot in their plane, and the"
                + " share of the final ICL score that forms in a factor of two around its date.",
            command));
  }

  private static Table.Cell date(Findings f, String key) {
    double tau = f.value("date." + key + ".tau");
    return Double.isNaN(tau)
        ? new Table.Text("none")
        : new Table.Interval(
            tau, f.value("date." + key + ".low"), f.value("date." + key + ".high"), 0);
  }

  private static Table.Cell number(double value, int decimals) {
    return Double.isNaN(value) ? new Table.Text("none") : new Table.Number(value, decimals);
  }

  private static void changes(StudyView view, String command, List<Block> blocks) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("variant"),
            Table.Column.number("n", ""),
            Table.Column.text("ICL change (nats)"),
            Table.Column.text("prefix-matching change"),
            Table.Column.text("ICL changes exist"),
            Table.Column.text("bend of the loss (nats)"),
            Table.Column.text("slope by log token index (nats)"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    List<String> all = new ArrayList<>(R0);
    all.addAll(CODE);
    for (String variant : all) {
      double[] exists = view.values(variant, "date.icl.exists");
      if (exists.length > 0) {
        rows.add(
            List.of(
                new Table.Text(variant),
                new Table.Number(exists.length, 0),
                range(view.values(variant, "date.icl.change")),
                range(view.values(variant, "date.pm.change")),
                new Table.Text((int) Arrays.stream(exists).sum() + " of " + exists.length),
                range(view.values(variant, "bend.fall")),
                range(view.values(variant, "index.slope.after"))));
      }
    }
    if (!rows.isEmpty()) {
      blocks.add(
          new Block.Tabled(
              new Table(columns, rows),
              "Changes of arms and controls, least to largest over seeds; 0 where the test finds"
                  + " none. On enough observations small bends count as changes (the null is a"
                  + " straight line in log-steps), so claims put their bars on the size.",
              command));
    }
  }

  private static Table.Cell range(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    return new Table.Text(
        finite.length == 0
            ? "none"
            : String.format(Locale.ROOT, "%.2f to %.2f", finite[0], finite[finite.length - 1])
                .replace('-', '−'));
  }
}
