package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import refrain.analysis.Curves;
import refrain.draw.Block;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Study.Cell;

/** Curves by depth, where heads sit, and what goes through later heads. */
final class DepthFigures {
  private final StudyView view;
  private final String command;

  DepthFigures(StudyView view, String command) {
    this.view = view;
    this.command = command;
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    curves(
        blocks,
        List.of(
            new Group("attention only", ContinuitySection.ATTENTION_ONLY),
            new Group("with MLP", ContinuitySection.WITH_MLP),
            new Group("width", ContinuitySection.WIDE)),
        "In-context learning by depth, MLP and width",
        "ICL score",
        "nats",
        Curves::icl,
        "ICL score over training, a line a seed. All models of two layers and more fall by the"
            + " same amount in one step; one layer slides.");
    blocks.add(new Block.Heading("Where heads sit"));
    layers(blocks);
    blocks.add(new Block.Heading("Do later heads use earlier matches?"));
    paths(blocks);
    lowEntropy(blocks);
    return blocks;
  }

  private record Group(String title, List<String> variants) {}

  private void curves(
      List<Block> blocks,
      List<Group> groups,
      String title,
      String axis,
      String unit,
      Function<Curves, double[]> of,
      String caption) {
    List<LineChart> panels = new ArrayList<>();
    for (Group group : groups) {
      List<Series> series = new ArrayList<>();
      for (String variant : group.variants()) {
        List<Line> lines = lines(variant, of);
        if (!lines.isEmpty()) {
          series.add(Series.seeds(variant, series.size(), lines));
        }
      }
      if (!series.isEmpty()) {
        panels.add(
            LineChart.of(
                group.title(),
                title + ", " + group.title(),
                Axis.linear("steps", ""),
                Axis.linear(axis, unit),
                series));
      }
    }
    if (!panels.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineGrid.of(title, caption, panels, Math.min(3, panels.size())), caption, command));
    }
  }

  private List<Line> lines(String variant, Function<Curves, double[]> of) {
    List<Line> lines = new ArrayList<>();
    for (Cell cell : view.cells(variant)) {
      view.curves(cell)
          .ifPresent(c ->
              lines.add(
                  Line.of(
                      Arrays.stream(c.steps()).mapToDouble(step -> step).toArray(), of.apply(c))));
    }
    return lines;
  }

  private void layers(List<Block> blocks) {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (String variant : models()) {
      if (AblationSection.any(view, variant, "depth.induction.layer")) {
        rows.add(
            AblationSection.row(
                view, variant, variant + ", previous token", 3, "depth.previous.layer"));
        rows.add(
            AblationSection.row(
                view, variant, variant + ", induction", 0, "depth.induction.layer"));
      }
    }
    if (rows.isEmpty()) {
      blocks.add(new Block.Note("No run that was analysed has formed an induction head."));
      return;
    }
    blocks.add(
        new Block.Figured(
            DotPlot.of(
                "Layer of the best previous-token and induction head",
                "Layers, counted from 0, of the two heads in each model.",
                Axis.linear("layer", "from 0"),
                rows),
            "Mean layer over seeds, small marks are seeds. The paper finds induction heads in the"
                + " last layer of small attention-only models and before mid-depth of large ones;"
                + " here they stand right behind the previous-token head, however many layers"
                + " follow.",
            command));
  }

  private void paths(List<Block> blocks) {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (String variant : models()) {
      if (AblationSection.any(view, variant, "depth.path.mean")) {
        rows.add(AblationSection.row(view, variant, variant + ", ICL score", 0, "depth.path.mean"));
        rows.add(
            AblationSection.row(
                view, variant, variant + ", nothing to match", 3, "depth.path.unmatched"));
      }
    }
    if (rows.isEmpty()) {
      blocks.add(new Block.Note("No run has induction heads with layers behind them."));
      return;
    }
    blocks.add(
        new Block.Figured(
            DotPlot.of(
                    "Share of the ICL score that passes through later heads",
                    "Share of the ICL score lost when later heads no longer read what induction"
                        + " heads wrote, and what it costs where there is nothing to match.",
                    Axis.linear("share", ""),
                    rows)
                .withLevels(List.of(new Level(0.05, "0.05"))),
            "Path ablation with the mean over sequences. The control: how much the loss rises, over"
                + " the ICL score, at positions whose token has not stood before.",
            command));
    blocks.add(inputs());
  }

  private Block inputs() {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("model"),
            Table.Column.number("heads cut", ""),
            Table.Column.number("mean", ""),
            Table.Column.number("zero", ""),
            Table.Column.number("resample", ""),
            Table.Column.number("Q only", ""),
            Table.Column.number("K only", ""),
            Table.Column.number("V only", ""),
            Table.Column.number("late loss", "nats"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String variant : models()) {
      if (AblationSection.any(view, variant, "depth.path.mean")) {
        List<Table.Cell> row = new ArrayList<>(List.of(new Table.Text(variant)));
        row.add(new Table.Number(view.mean(variant, "depth.path.senders"), 1));
        for (String name : List.of("mean", "zero", "resample", "q", "k", "v", "late")) {
          row.add(new Table.Number(view.mean(variant, "depth.path." + name), 2));
        }
        rows.add(row);
      }
    }
    return new Block.Tabled(
        new Table(columns, rows),
        "The same by what the edges carry instead, and by the input of the later heads that is cut"
            + " (mean). Means over seeds.",
        command);
  }

  private List<String> models() {
    List<String> all = new ArrayList<>(ContinuitySection.ATTENTION_ONLY);
    all.addAll(ContinuitySection.WITH_MLP);
    return all;
  }

  /** R0 at c = 1, where MLPs hinder the change. */
  private void lowEntropy(List<Block> blocks) {
    List<Group> groups =
        List.of(
            new Group("attention only", List.of("2L-c1", "3L-c1")),
            new Group(
                "with MLP", List.of("2L-mlp-c0.75", "2L-mlp-c1", "2L-mlp-c1-long", "3L-mlp-c1")),
            new Group("with MLP and bias", List.of("2L-mlp-c1-bias-2")));
    if (groups.stream().flatMap(g -> g.variants().stream()).noneMatch(view::has)) {
      return;
    }
    blocks.add(new Block.Heading("Lower entropy, c = 1: what MLPs hinder"));
    curves(
        blocks,
        groups,
        "Prefix matching at c = 1",
        "score of the best head",
        "",
        Curves::prefixMatching,
        "Prefix matching of the best head, a line a seed.");
    curves(
        blocks,
        groups,
        "Previous token at c = 1",
        "best head of layer 0",
        "",
        Curves::previousToken,
        "Previous-token score of the best head of layer 0: what comes first where heads form.");
    curves(
        blocks,
        groups,
        "In-context learning at c = 1",
        "ICL score",
        "nats",
        Curves::icl,
        "ICL score of the same runs.");
    if (view.has("2L-mlp-c1") && view.has("2L-mlp-c1-bias-2")) {
      blocks.add(
          new Block.Paragraph(
              String.format(
                  Locale.ROOT,
                  "Share of runs that formed heads: %.2f with MLP, %.2f with MLP and a bias of 2"
                      + " towards the previous token on one head of layer 0; previous-token score"
                      + " at the end %.2f and %.2f, loss %.2f and %.2f.",
                  view.mean("2L-mlp-c1", "formed"),
                  view.mean("2L-mlp-c1-bias-2", "formed"),
                  view.mean("2L-mlp-c1", "prev.after"),
                  view.mean("2L-mlp-c1-bias-2", "prev.after"),
                  view.mean("2L-mlp-c1", "loss.after"),
                  view.mean("2L-mlp-c1-bias-2", "loss.after"))));
    }
  }
}
