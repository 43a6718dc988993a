package refrain.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.draw.Block;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Event;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Argument;
import refrain.study.Compare;
import refrain.study.Verdict;

/** In which order the parts of the circuit form. */
final class FormationOrderBlocks {
  private final StudyView view;
  private final String variant;

  FormationOrderBlocks(StudyView view, String variant) {
    this.view = view;
    this.variant = variant;
  }

  /** A curve of the parts, with the positions that it is drawn over. */
  private record Part(String label, String x, String y) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("match memory", "mech.memory.aligned", "mech.memory.match"),
          new Part("copy memory, all heads", "mech.memory.aligned", "mech.memory.copy.set"),
          new Part("copy memory, best head", "mech.memory.aligned", "mech.memory.copy"),
          new Part("previous-token memory", "mech.memory.aligned", "mech.memory.previous"),
          new Part("previous-token score", "mech.aligned", "mech.prev"),
          new Part("prefix matching", "mech.aligned", "mech.pm"));

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    parts(blocks);
    composition(blocks);
    dates(blocks);
    ratios(blocks);
    return blocks;
  }

  private void parts(List<Block> blocks) {
    List<LineChart> panels = new ArrayList<>();
    for (Part part : PARTS) {
      List<Line> lines = view.lines(variant, part.x(), part.y());
      if (!lines.isEmpty()) {
        panels.add(
            LineChart.of(
                    part.label(),
                    part.label() + " around the formation step, a line a seed",
                    Axis.linear("steps after the formation step", ""),
                    Axis.linear("share, attention", "").from(0, 1),
                    List.of(Series.seeds(part.label(), panels.size(), lines)))
                .withEvents(List.of(Event.at(0, ""))));
      }
    }
    if (!panels.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineGrid.of(
                  "The parts of the circuit over training",
                  "Memories in the weights and scores of attention, aligned to formation.",
                  panels,
                  3),
              "A line is a seed, moved so that its formation step is 0. Memories are shares of"
                  + " tokens or positions that products of weights get right.",
              MechanismSection.command(view)));
    }
  }

  private void composition(List<Block> blocks) {
    List<Series> series = new ArrayList<>();
    List<Line> best = view.lines(variant, "mech.z.aligned", "mech.z");
    List<Line> pair = view.lines(variant, "mech.z.aligned", "mech.z.pair");
    if (!best.isEmpty()) {
      series.add(Series.seeds("best of all pairs", 3, best));
    }
    if (!pair.isEmpty()) {
      series.add(Series.seeds("the final pair", 0, pair));
    }
    if (!series.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineChart.of(
                      "K-composition over training",
                      "K-composition z of the best pair at each step, and of the final pair.",
                      Axis.linear("steps after the formation step", ""),
                      Axis.linear("z against random matrices", ""),
                      series)
                  .withEvents(List.of(Event.at(0, "heads form"))),
              "The best of all pairs rises early in pairs that do not become the circuit: a maximum"
                  + " over pairs leads for reasons of its own.",
              MechanismSection.command(view)));
    }
  }

  private void dates(List<Block> blocks) {
    SeedRows rows = new SeedRows(view, variant);
    for (String[] part :
        new String[][] {
          {"K-composition, best of all pairs", "z"},
          {"K-composition, final pair", "z.pair"},
          {"match memory", "match"},
          {"previous-token score", "prev"},
          {"prefix matching", "pm"},
          {"ICL score", "icl"},
          {"copy memory, all heads", "copy.set"},
          {"copy memory, best head", "copy"},
          {"previous-token memory", "position"}
        }) {
      String key = "lead." + part[1];
      rows.addDifference(part[0] + ": a tenth", 3, key + ".start", "formation.step");
      rows.addDifference(part[0] + ": half", 0, key, "formation.step");
    }
    rows.addDifference("previous-token score .10", 1, "lead.prev.cross", "formation.step");
    rows.addDifference("K-composition z = 3", 1, "lead.z.cross", "formation.step");
    if (!rows.isEmpty()) {
      blocks.add(
          new Block.Figured(
              DotPlot.of(
                      "When each part forms",
                      "Steps from the formation step at which each part has gone a tenth and half"
                          + " of its way.",
                      Axis.linear("steps after the formation step", ""),
                      rows.rows())
                  .withLevels(List.of(new Level(0, "formation"))),
              "Means over seeds, a small tick a seed. Which part leads depends on the mark: a tenth"
                  + " and half of one curve lie far apart, and fixed bars (.10, z = 3) cut each"
                  + " curve elsewhere.",
              MechanismSection.command(view)));
    }
  }

  /** The claims about order as they were judged. */
  private void ratios(List<Block> blocks) {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (Verdict v : view.verdicts(Argument.MECHANISM)) {
      boolean own = v.claim().test().variants().equals(List.of(variant));
      if (own && v.claim().test().compare() == Compare.LOG_RATIO && v.estimate().n() > 0) {
        rows.add(
            DotPlot.Row.of(
                    name(v.claim().test().quantity()) + " before " + name(v.claim().test().other()),
                    v.ruling() == Verdict.Ruling.HOLDS ? 0 : 3,
                    v.estimate().value(),
                    v.estimate().low(),
                    v.estimate().high())
                .withPoints(v.estimate().values().stream().filter(Double::isFinite).toList()));
      }
    }
    if (!rows.isEmpty()) {
      blocks.add(
          new Block.Figured(
              DotPlot.of(
                      "Which comes first",
                      "Log ratios of dates with intervals over seeds; below 0 the first comes first.",
                      Axis.linear("ln (date / other date)", ""),
                      rows)
                  .withLevels(List.of(new Level(0, "together"))),
              "Half-way steps (the previous-token score also at .10), mean over seeds with 95 % BCa"
                  + " interval. Left of 0 the sentence holds.",
              MechanismSection.command(view)));
    }
  }

  private static String name(@Nullable String quantity) {
    return switch (quantity == null ? "" : quantity) {
      case "lead.copy" -> "copy memory";
      case "lead.match" -> "match memory";
      case "lead.position" -> "previous-token memory";
      case "lead.prev" -> "previous-token score";
      case "lead.prev.cross" -> "previous-token score .10";
      case "lead.z" -> "K-composition";
      case "lead.icl" -> "ICL score";
      case "formation.step" -> "formation step";
      default -> "" + quantity;
    };
  }
}
