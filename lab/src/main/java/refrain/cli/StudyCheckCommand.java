package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.RunFolder;
import refrain.store.Written;
import refrain.study.Claim;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.Variant;
import refrain.train.RunSpec;
import refrain.train.sweep.Forecast;

/** {@code study check NAME}: all faults of a study's file, or what it would run. */
@Command(
    name = "check",
    description = {
      "Look through a study's file and its figures, and say all faults at once; without any: what it"
          + " would run, and about how long and in how much memory. Nothing is trained."
    })
final class StudyCheckCommand extends Subcommand {
  @Parameters(
      paramLabel = "NAME",
      description = "A study, such as olsson, or a file laid out like one.")
  private @Nullable String name;

  @Option(names = "--seeds", paramLabel = "N", description = "Replicates of each variant.")
  private @Nullable Integer seeds;

  @Option(names = "--full", description = "All variants over all seeds.")
  private boolean full;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where its runs lie, or would lie; by default runs/ and the study's name.")
  private @Nullable Path out;

  @Option(names = "--threads", description = "Cores that it would use.")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** A variant's runs. */
  private static final class Runs {
    private final List<RunSpec> all = new ArrayList<>();
    private final List<RunSpec> left = new ArrayList<>();
  }

  @Override
  public void run() {
    positive("--threads", threads);
    Study whole = readable(requireNonNull(name));
    Study sized = full ? whole.atFullSize() : whole;
    Study study = seeds == null ? sized : sized.withSeeds(seeds);
    Path path = out == null ? Path.of("runs").resolve(study.name()) : out;
    StudyFolder folder = new StudyFolder(path);
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
          Forecasts.count(Forecast.parameters(spec)),
          Forecasts.millions(Forecast.tokens(spec)),
          of.left.isEmpty() ? "" : Forecasts.time(about),
          Forecasts.memory(spec),
          variant.control() == null ? "" : variant.control());
    }
    print("%s: no faults. %s", name, study.title());
    print("");
    table.lines().forEach(line -> out().println(line));
    print("");
    print("%s", Forecasts.sum(cells.size(), left, seconds, threads));
    print(
        "Variants: %d; claims: %d, of them primary: %d. Then the runs are analysed, which is not counted here.",
        runs.size(), study.claims().size(), study.claims().stream().filter(Claim::primary).count());
  }

  /** Whether nothing is left to train; one that diverged is trained again. */
  private static boolean ended(StudyFolder folder, Cell cell) {
    return folder.find(cell).filter(RunFolder::hasResult).isPresent();
  }

  /**
   * The study, if nothing is wrong with it.
   *
   * @throws RefrainException of kind BAD_INPUT with all faults, a line each
   */
  private static Study readable(String name) {
    if (!StudyCommand.own(name)) {
      return Study.named(name);
    }
    Path file = Path.of(name);
    Study study = Study.check(Written.file(file));
    Figures figures = FiguresFile.beside(file, study);
    figures.check(study);
    return study;
  }
}
