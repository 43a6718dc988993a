package refrain.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.store.RunFolder;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.Variant;
import refrain.train.RunSpec;
import refrain.train.sweep.Forecast;

/** What a study would train, and about how long and in how much memory. */
final class StudyPlan {
  /** A variant's runs. */
  private static final class Runs {
    private final List<RunSpec> all = new ArrayList<>();
    private final List<RunSpec> left = new ArrayList<>();
  }

  private StudyPlan() {}

  /**
   * A table of variants and a sentence on all of them; takes a second to measure the speed here.
   */
  static List<String> lines(Study study, StudyFolder folder, int threads) {
    List<Cell> cells = study.cells();
    Map<Variant, Runs> runs = new LinkedHashMap<>();
    for (Cell cell : cells) {
      Runs of = runs.computeIfAbsent(cell.variant(), any -> new Runs());
      of.all.add(cell.spec());
      if (!ended(folder, cell)) {
        of.left.add(cell.spec());
      }
    }
    List<RunSpec> left = runs.values().stream().flatMap(of -> of.left.stream()).toList();
    Forecast forecast = new Forecast(left);
    double seconds = 0;
    TextTable table =
        new TextTable(
            "variant",
            "preset",
            ">runs",
            ">there",
            ">steps each",
            ">parameters",
            ">tokens each",
            ">about",
            ">memory at least",
            "control");
    for (Map.Entry<Variant, Runs> each : runs.entrySet()) {
      Variant variant = each.getKey();
      Runs of = each.getValue();
      RunSpec spec = of.all.getFirst();
      double about = of.left.stream().mapToDouble(run -> forecast.seconds(run, 0)).sum();
      seconds += about;
      table.row(
          variant.name(),
          variant.preset(),
          Integer.toString(of.all.size()),
          Integer.toString(of.all.size() - of.left.size()),
          Forecasts.count(spec.steps()),
          Forecasts.count(Forecast.parameters(spec)),
          Forecasts.millions(Forecast.tokens(spec)),
          of.left.isEmpty() ? "" : Forecasts.time(about),
          Forecasts.memory(spec),
          variant.control() == null ? "" : variant.control());
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add(Forecasts.sum(cells.size(), left, seconds, threads));
    long primary = study.claims().stream().filter(claim -> claim.primary()).count();
    lines.add(
        "Variants: %s; claims: %s, of them primary: %s. Then the runs are analysed, which is not"
                .formatted(runs.size(), study.claims().size(), primary)
            + " counted here.");
    return lines;
  }

  /** Whether nothing is left to train; one that diverged is trained again. */
  private static boolean ended(StudyFolder folder, Cell cell) {
    return folder.find(cell).filter(RunFolder::hasResult).isPresent();
  }
}
