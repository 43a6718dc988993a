package refrain.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.RunSummary;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Formation;
import refrain.train.RunSpec;
import refrain.train.Runs;
import refrain.train.Trainer;

/**
 * A study on disk: {@code study.json} (what was to be run) and {@code runs/}, a run folder each.
 * Everything that reports say about a study is read from here.
 */
public final class StudyFolder {
  private static final String STUDY = "study.json";
  private static final String RUNS = "runs";

  private final Path folder;
  private final Runs runs;

  public StudyFolder(Path folder) {
    this.folder = folder;
    this.runs = new Runs(folder.resolve(RUNS));
  }

  public Path path() {
    return folder;
  }

  /** Writes down what is to be run. */
  void write(Study study) {
    AtomicFiles.writeString(folder.resolve(STUDY), Json.pretty(study));
  }

  /**
   * What was to be run.
   *
   * @throws RefrainException when the folder holds no study
   */
  public Study study() {
    Path file = folder.resolve(STUDY);
    if (!Files.exists(file)) {
      throw RefrainException.badInput(folder + ": holds no study: there is no " + STUDY);
    }
    return Study.of(Json.readFile(file), file.toString());
  }

  /** Where a run lies, or would lie. */
  public Path run(RunSpec spec) {
    return runs.place(spec);
  }

  /** A sentence for each run that cannot be read. */
  List<String> unreadable() {
    return runs.unreadable();
  }

  /** The run of a cell, by its identity; empty when it was not begun. */
  public Optional<RunFolder> find(Study.Cell cell) {
    return runs.find(cell.spec());
  }

  /** The run of a cell's control; empty when it has none or it was not begun. */
  Optional<RunFolder> control(Study.Cell cell) {
    return Optional.ofNullable(cell.control()).flatMap(runs::find);
  }

  /**
   * What findings of a cell are recorded to be made against: the identifier of its control's run,
   * with the reading where that was measured later. Null: no control.
   */
  @Nullable String controlId(Study.Cell cell) {
    String id = cell.controlId();
    String reading = control(cell).flatMap(RunFolder::reading).map(name -> "-" + name).orElse("");
    return id == null ? null : id + reading;
  }

  /** The curves of a cell's run so far; empty when nothing was measured yet. */
  public Optional<Curves> curves(Study.Cell cell) {
    return find(cell).map(run -> Curves.of(run.metrics())).filter(c -> !c.isEmpty());
  }

  /** A cell's loss by token index before its heads formed and at its end, nats: [2, T]. */
  public Optional<double[][]> lossByIndex(Study.Cell cell) {
    return curves(cell)
        .map(c ->
            new double[][] {
              c.lossByIndex()[c.before(Formation.DEFAULT, cell.spec().steps())],
              c.lossByIndex()[c.last()]
            });
  }

  /** The attention of a cell's best head at its end. */
  public Optional<HeadPattern> pattern(Study.Cell cell) {
    return find(cell).flatMap(HeadPattern::of);
  }

  /** A run that has ended in a few numbers; null when it has not. */
  public @Nullable RunSummary summary(Study.Cell cell) {
    RunFolder run = find(cell).orElse(null);
    if (run == null || run.outcome().isEmpty()) {
      return null;
    }
    Curves curves = Curves.of(run.metrics());
    if (curves.isEmpty()) {
      return null;
    }
    return RunSummary.of(
        cell.variant().name(),
        cell.seed(),
        run.path().getFileName().toString(),
        curves,
        Formation.DEFAULT,
        cell.spec().steps(),
        Trainer.seconds(run));
  }

  /** All runs that have ended, in the order of the study. */
  public List<RunSummary> summaries(Study study) {
    List<RunSummary> summaries = new ArrayList<>();
    for (Study.Cell cell : study.cells()) {
      RunSummary summary = summary(cell);
      if (summary != null) {
        summaries.add(summary);
      }
    }
    return summaries;
  }

  /** What one analysis found of a cell's run; empty while it is not known. */
  public Optional<Findings> findings(Study.Cell cell, AnalysisKind kind) {
    return find(cell)
        .filter(run -> run.outcome().isPresent())
        .flatMap(run -> findings(run, kind, cell));
  }

  private Optional<Findings> findings(RunFolder run, AnalysisKind kind, Study.Cell cell) {
    Optional<Findings> found = AnalysisStore.find(run, kind, controlId(cell));
    RunFolder control = control(cell).filter(c -> c.reading().isEmpty()).orElse(null);
    // Those that an older program made know the control under the name that it had then.
    return found.isPresent() || control == null
        ? found
        : control.knownAs().stream()
            .flatMap(id -> AnalysisStore.find(run, kind, id).stream())
            .findFirst();
  }

  /** Everything found of a cell's run, or null where it has not ended. */
  public @Nullable Findings findings(Study.Cell cell) {
    RunFolder run = find(cell).orElse(null);
    if (run == null || run.outcome().isEmpty()) {
      return null;
    }
    Findings all = new Findings();
    for (AnalysisKind kind : cell.analyses()) {
      findings(cell, kind).ifPresent(all::putAll);
    }
    return all;
  }

  /** The study's claims held against what is known of its runs. */
  public List<Verdict> judge(Study study) {
    Map<String, Map<AnalysisKind, Findings>> known = new HashMap<>();
    for (Study.Cell cell : study.cells()) {
      Map<AnalysisKind, Findings> own = new EnumMap<>(AnalysisKind.class);
      for (AnalysisKind kind : cell.analyses()) {
        findings(cell, kind).ifPresent(found -> own.put(kind, found));
      }
      known.put(cell.label(), own);
    }
    Map<String, AnalysisKind> kinds = new HashMap<>();
    return new Judge(
            study,
            (variant, seed, quantity) -> {
              AnalysisKind kind = kinds.computeIfAbsent(quantity, AnalysisKind::giving);
              Findings found = known.getOrDefault(Study.label(variant, seed), Map.of()).get(kind);
              return found == null ? null : (Double) found.value(quantity);
            })
        .verdicts();
  }
}
