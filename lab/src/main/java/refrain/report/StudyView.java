package refrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.RunSummary;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;
import refrain.study.Variant;
import refrain.study.Verdict;

/** A study's folder as the sections of its report read it; each file is read once. */
final class StudyView {
  private final StudyResults results;
  private final String command;

  StudyView(StudyResults results, String command) {
    this.results = results;
    this.command = command;
  }

  StudyResults results() {
    return results;
  }

  Study study() {
    return results.study();
  }

  String command() {
    return command;
  }

  /** The command that makes the runs and figures of one argument again. */
  String command(String argument) {
    return "./refrain study run "
        + study().name()
        + (study().full() ? " --full" : "")
        + " --only "
        + study().argument(argument).label();
  }

  List<RunSummary> runs() {
    return results.runs();
  }

  List<Verdict> verdicts() {
    return results.verdicts();
  }

  List<Verdict> verdicts(String argument) {
    return results.verdicts(argument);
  }

  boolean has(String variant) {
    return results.has(variant);
  }

  List<Cell> cells(String variant) {
    return results.cells(variant);
  }

  Findings findings(Cell cell) {
    return results.findings(cell);
  }

  double[] values(String variant, String quantity) {
    return results.values(variant, quantity);
  }

  double mean(String variant, String quantity) {
    return results.mean(variant, quantity);
  }

  /**
   * A series of every run of a variant that has it, drawn over another of its series.
   *
   * @param x the name of the series of horizontal positions
   * @param y the name of the series of values
   */
  List<Line> lines(String variant, String x, String y) {
    List<Line> lines = new ArrayList<>();
    for (Cell cell : cells(variant)) {
      Findings f = findings(cell);
      if (f.hasSeries(x) && f.hasSeries(y)) {
        lines.add(Line.of(f.series(x), f.series(y)));
      }
    }
    return lines;
  }

  Optional<Curves> curves(Cell cell) {
    return results.curves(cell);
  }

  /** The variant of that name, null where the study has none. */
  @Nullable Variant variant(String name) {
    return study().variants().stream().filter(v -> v.name().equals(name)).findFirst().orElse(null);
  }
}
