package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.RunSummary;
import refrain.draw.chart.Line;
import refrain.study.Argument;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.Variant;
import refrain.study.Verdict;

/** A study's folder as the sections of its report read it; each file is read once. */
final class StudyView {
  private final StudyFolder folder;
  private final Study study;
  private final String command;
  private final List<Cell> cells;
  private final List<RunSummary> runs;
  private final List<Verdict> verdicts;
  private final Map<String, Optional<Findings>> findings = new HashMap<>();

  /**
   * @param command what the reader would type to make it again
   */
  StudyView(StudyFolder folder, String command) {
    this.folder = folder;
    this.study = folder.study();
    this.command = command;
    this.cells = study.cells();
    this.runs = folder.summaries(study);
    this.verdicts = folder.judge(study);
  }

  StudyFolder folder() {
    return folder;
  }

  Study study() {
    return study;
  }

  String command() {
    return command;
  }

  /** The command that makes the runs and figures of one argument again. */
  String command(Argument argument) {
    return "./refrain study run "
        + study.name()
        + (study.full() ? " --full" : "")
        + " --only "
        + argument.number();
  }

  /** Runs that have ended, in the order of the study. */
  List<RunSummary> runs() {
    return runs;
  }

  List<Verdict> verdicts() {
    return verdicts;
  }

  List<Verdict> verdicts(Argument argument) {
    return verdicts.stream().filter(v -> v.claim().argument() == argument).toList();
  }

  /** Whether the study has a variant of that name with at least one run that has ended. */
  boolean has(String variant) {
    return !cells(variant).isEmpty();
  }

  /** The cells of a variant whose runs have ended; none where the study has no such variant. */
  List<Cell> cells(String variant) {
    return cells.stream()
        .filter(c -> c.variant().name().equals(variant))
        .filter(c -> found(c).isPresent())
        .toList();
  }

  /** Everything found of a run that has ended. */
  Findings findings(Cell cell) {
    return found(cell)
        .orElseThrow(() -> new IllegalArgumentException(cell.label() + " has not ended"));
  }

  private Optional<Findings> found(Cell cell) {
    return findings.computeIfAbsent(
        cell.label(), label -> Optional.ofNullable(folder.findings(cell)));
  }

  /** A quantity of every run of a variant that has ended, in the order of seeds; NaN where none. */
  double[] values(String variant, String quantity) {
    return cells(variant).stream().mapToDouble(c -> findings(c).value(quantity)).toArray();
  }

  /** The mean of the finite values; NaN where there is none. */
  double mean(String variant, String quantity) {
    return Arrays.stream(values(variant, quantity))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
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
    return folder.curves(cell);
  }

  /** The variant of that name, null where the study has none. */
  @Nullable Variant variant(String name) {
    return study.variants().stream().filter(v -> v.name().equals(name)).findFirst().orElse(null);
  }
}
