package refrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Event;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Study.Cell;

/** Single heads ablated over training, of one variant. */
final class AblationCurves {
  private static final int COLUMNS = 4;
  private static final String MEMBER = "ablation.member.";

  private final StudyView view;
  private final String variant;
  private final String command;

  AblationCurves(StudyView view, String variant, String command) {
    this.view = view;
    this.variant = variant;
    this.command = command;
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    first().ifPresent(cell -> blocks.add(heads(cell)));
    blocks.add(
        roles(
            "change of the ICL score",
            "nats",
            "ablation.icl.preserving.zero",
            "Change of the ICL score when one head is zeroed, pattern-preserving; a line is a head"
                + " of a seed, step 0 its formation step. Above 0 in-context learning is lost. A"
                + " head of layer 0 far below 0 is the previous-token head: without it early"
                + " tokens are predicted worse, which makes the score larger and the model"
                + " worse."));
    blocks.add(
        roles(
            "attribution",
            "",
            "ablation.attribution",
            "Before-and-after attribution of the same ablations: induction heads become negative"
                + " in the window and stay so."));
    return blocks;
  }

  private Optional<Cell> first() {
    return view.cells(variant).stream()
        .filter(cell -> view.findings(cell).hasSeries("ablation.steps"))
        .findFirst();
  }

  private Block heads(Cell cell) {
    Findings found = view.findings(cell);
    double[] steps = found.series("ablation.steps");
    List<LineChart> panels = new ArrayList<>();
    for (String name : heads(found)) {
      List<Series> series = new ArrayList<>();
      for (String method : List.of("preserving.zero", "full.zero")) {
        if (found.hasSeries("ablation.icl." + method + "." + name)) {
          series.add(
              Series.line(
                  method.equals("full.zero") ? "full" : "pattern-preserving",
                  series.size(),
                  steps,
                  found.series("ablation.icl." + method + "." + name)));
        }
      }
      panels.add(
          LineChart.of(
                  name + (induces(found, name) ? ", induction" : ""),
                  "Change of the ICL score without head " + name,
                  Axis.linear("steps", ""),
                  Axis.linear("change", "nats"),
                  series)
              .withEvents(formation(found)));
    }
    return new Block.Figured(
        LineGrid.of(
            variant + ", seed " + cell.seed() + ": each head zeroed",
            "Change of the ICL score when one head is zeroed, a panel for each head.",
            panels,
            Math.min(COLUMNS, panels.size())),
        "Change of the ICL score over training when one head is zeroed. Pattern-preserving, the"
            + " induction heads carry it; in the full ablation the previous-token head does, too:"
            + " without it they do not know where to look. The vertical mark is the formation"
            + " step.",
        command);
  }

  /** All seeds, aligned at their formation steps: induction heads and others. */
  private Block roles(String what, String unit, String series, String caption) {
    List<Line> induction = new ArrayList<>();
    List<Line> others = new ArrayList<>();
    for (Cell cell : view.cells(variant)) {
      Findings found = view.findings(cell);
      double formed = found.value("formation.step");
      if (!found.hasSeries("ablation.steps") || Double.isNaN(formed)) {
        continue;
      }
      double[] steps = found.series("ablation.steps");
      for (int i = 0; i < steps.length; i++) {
        steps[i] -= formed;
      }
      for (String name : heads(found)) {
        if (found.hasSeries(series + "." + name)) {
          Line line = Line.of(steps, found.series(series + "." + name));
          (induces(found, name) ? induction : others).add(line);
        }
      }
    }
    List<LineChart> panels = new ArrayList<>();
    panel(panels, "induction heads", 0, induction, what, unit);
    panel(panels, "other heads", 3, others, what, unit);
    return panels.isEmpty()
        ? new Block.Note(variant + ": no run has formed a head, so there is no window to compare.")
        : new Block.Figured(
            LineGrid.of(
                variant + ": " + what + ", one head zeroed",
                "A line for each head of each seed, aligned at the formation step.",
                panels,
                panels.size()),
            caption,
            command);
  }

  private static void panel(
      List<LineChart> panels, String title, int slot, List<Line> lines, String what, String unit) {
    if (!lines.isEmpty()) {
      panels.add(
          LineChart.of(
              title,
              what + " of " + title,
              Axis.linear("steps after formation", ""),
              Axis.linear(what, unit),
              List.of(Series.seeds(title, slot, lines))));
    }
  }

  private static List<Event> formation(Findings found) {
    double step = found.value("formation.step");
    return Double.isNaN(step) ? List.of() : List.of(Event.at(step, ""));
  }

  /** The names of a run's heads, layer by layer. */
  static List<String> heads(Findings found) {
    return found.values().keySet().stream()
        .filter(name -> name.startsWith(MEMBER))
        .map(name -> name.substring(MEMBER.length()))
        .toList();
  }

  /** Whether a head belongs to the induction set. */
  static boolean induces(Findings found, String head) {
    return found.value(MEMBER + head) == 1;
  }
}
