package refrain.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.NamedPattern;
import refrain.analysis.RunSummary;
import refrain.analysis.Subject;
import refrain.base.GitClone;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Formation;
import refrain.train.RunSpec;
import refrain.train.Runs;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A study on disk: {@code study.json} (what was to be run) and {@code runs/}, a run folder each.
 * Everything that reports say about a study is read from here.
 */
public final class StudyFolder {
  private static final String STUDY = "study.json";
  private static final String RUNS = "runs";

  private final Path folder;
  private final Runs runs;
  private final boolean part;

  /** Of what is recorded; null until somebody asks. */
  private @Nullable List<Study.Cell> cells;

  public StudyFolder(Path folder) {
    this(folder, false);
  }

  /**
   * @param part whether only a part of a study is run: where more of the same study is recorded, it
   *     stays recorded, and reports are of all of it
   */
  public StudyFolder(Path folder, boolean part) {
    this.folder = folder;
    this.part = part;
    this.runs = new Runs(folder.resolve(RUNS));
  }

  /** Whether a folder holds a study, readable or not. */
  public static boolean isStudy(Path folder) {
    return Files.isRegularFile(folder.resolve(STUDY));
  }

  /** Writes down what is to be run. */
  void write(Study study) {
    if (part && recordsMore(study)) {
      return;
    }
    AtomicFiles.writeString(folder.resolve(STUDY), Json.pretty(study));
    forgetCells();
  }

  private synchronized void forgetCells() {
    cells = null;
  }

  private synchronized List<Study.Cell> cells() {
    if (cells == null) {
      cells = withoutClaims().cells();
    }
    return cells;
  }

  private boolean recordsMore(Study study) {
    try {
      Study recorded = study();
      return recorded.name().equals(study.name())
          && recorded.seeds() >= study.seeds()
          && recorded.varies() == study.varies()
          && recorded.cells().stream()
              .map(Study.Cell::label)
              .toList()
              .containsAll(study.cells().stream().map(Study.Cell::label).toList())
          && recorded.variants().containsAll(study.variants())
          && recorded.claims().containsAll(study.claims());
    } catch (RefrainException e) {
      return false; // nothing is recorded, or nothing that can be read
    }
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
    return RefrainException.reading(
        () -> Study.of(asReadable(withArguments(Json.readFile(file))), file.toString()),
        "'study run' with the study's name or file writes it again");
  }

  /** Whether a program wrote it that knew no blocks of seeds: what its figures name may be gone. */
  public boolean isOfEarlierProgram() {
    return Json.readFile(folder.resolve(STUDY)).has("fullSeeds");
  }

  /**
   * What was to be run, without what it was to show: read in a fraction of the time.
   *
   * @throws RefrainException when the folder holds no study, or none that can be read
   */
  public Study withoutClaims() {
    Path file = folder.resolve(STUDY);
    JsonNode tree = Json.readFile(file);
    if (tree instanceof ObjectNode study) {
      study.remove(List.of("arguments", "claims", "explanations"));
      withOpening(study);
    }
    return Study.of(tree, file.toString());
  }

  /**
   * Studies written before they had blocks may claim what no longer exists; such claims, and why
   * they failed, are left out.
   */
  private static JsonNode asReadable(JsonNode tree) {
    if (!(tree instanceof ObjectNode written) || !written.has("fullSeeds")) {
      return tree;
    }
    ObjectNode study = written.deepCopy();
    ArrayNode claims = study.putArray("claims");
    Set<String> kept = new HashSet<>();
    for (JsonNode claim : written.path("claims")) {
      try {
        Json.read(claim, Claim.class, "");
        claims.add(claim);
        kept.add(claim.path("id").asString(""));
      } catch (RefrainException e) {
        continue; // counted where the study is read
      }
    }
    if (study.get("explanations") instanceof ObjectNode why) {
      why.retain(kept);
    }
    return study;
  }

  /** Studies written before they named their arguments have those of the program's own studies. */
  private static JsonNode withArguments(JsonNode tree) {
    String name = tree.path("name").asString("");
    if (!(tree instanceof ObjectNode written)
        || written.has("arguments")
        || !Study.names().contains(name)) {
      return tree;
    }
    ObjectNode full = written.deepCopy();
    full.set("arguments", Json.tree(Study.named(name).arguments()));
    return full;
  }

  /** Studies written before they said how they open do so as the program's own ones. */
  private static void withOpening(ObjectNode study) {
    if (!study.has(Study.PAGE) && Study.names().contains(study.path("name").asString(""))) {
      Set<String> variants = new HashSet<>();
      study.path("variants").forEach(each -> variants.add(each.path("name").asString("")));
      Opening whole = Opening.named(study.path("name").asString(""));
      Opening opening = whole == null ? null : whole.of(variants);
      study.set(Study.PAGE, opening == null ? null : Json.tree(opening));
    }
  }

  /** Where a run lies, or would lie. */
  public Path run(RunSpec spec) {
    return runs.place(spec);
  }

  Runs runs() {
    return runs;
  }

  /** A sentence for each run that cannot be read. */
  List<String> unreadable() {
    return runs.unreadable();
  }

  /** The run of a cell, by its identity; empty when it was not begun. */
  public Optional<RunFolder> find(Study.Cell cell) {
    return runs.find(cell.spec());
  }

  /** The run of a cell's control; empty when it has none, it was not begun or it diverged. */
  Optional<RunFolder> control(Study.Cell cell) {
    return Optional.ofNullable(cell.control())
        .flatMap(runs::find)
        .filter(run -> run.outcome().isEmpty() || run.hasResult());
  }

  /**
   * What findings of a cell are recorded to be made against: the identifier of its control's run,
   * with the reading where that was measured later. Null: there is no control, or not its run.
   */
  @Nullable String controlId(Study.Cell cell) {
    RunFolder control = control(cell).orElse(null);
    return control == null
        ? null
        : cell.controlId() + control.reading().map(name -> "-" + name).orElse("");
  }

  /** The same of one analysis, with the other runs that it reads. */
  @Nullable String against(Study.Cell cell, AnalysisKind kind) {
    String control = controlId(cell);
    if (!kind.analysis().ofSeed()) {
      return control;
    }
    return Stream.concat(
            Stream.ofNullable(control),
            companions(cell).stream().map(run -> run.path().getFileName().toString()))
        .collect(Collectors.joining("+"));
  }

  /** The other runs of the study at a cell's seed that have ended, without its control's. */
  List<RunFolder> companions(Study.Cell cell) {
    Set<String> named = new HashSet<>(Arrays.asList(cell.id(), cell.controlId()));
    return cells().stream()
        .filter(other -> other.seed() == cell.seed() && named.add(other.id()))
        .flatMap(other -> find(other).stream())
        .filter(RunFolder::hasResult)
        .toList();
  }

  /**
   * What one analysis found of a cell's run; empty while it is not known. An older program knew the
   * control under the identifier that it had then, and what was found against a run that is gone
   * since still holds.
   */
  Optional<Findings> findings(Study.Cell cell, RunFolder run, AnalysisKind kind) {
    Optional<Findings> found = AnalysisStore.find(run, kind, against(cell, kind));
    if (found.isEmpty() && control(cell).isEmpty() && cell.controlId() != null) {
      return AnalysisStore.find(run, kind, cell.controlId());
    }
    RunFolder control = control(cell).filter(c -> c.reading().isEmpty()).orElse(null);
    return found.isPresent() || control == null
        ? found
        : control.knownAs().stream()
            .flatMap(id -> AnalysisStore.find(run, kind, id).stream())
            .findFirst();
  }

  /** A run that has ended in a few numbers; null when it has not, or diverged. */
  @Nullable RunSummary summary(Study.Cell cell) {
    return find(cell).map(run -> summary(cell, run, Curves.of(run.metrics()))).orElse(null);
  }

  private static @Nullable RunSummary summary(Study.Cell cell, RunFolder run, Curves curves) {
    return !run.hasResult() || curves.isEmpty()
        ? null
        : RunSummary.of(
            cell.variant().name(),
            cell.seed(),
            run.path().getFileName().toString(),
            curves,
            Formation.DEFAULT,
            cell.spec().steps(),
            cell.spec().probing().sequences(),
            Trainer.seconds(run));
  }

  /**
   * Reads the study, its runs and what was found of them, and judges its claims.
   *
   * @param listener hears of damaged files, whose runs or findings are left out, and that claims
   *     are judged, which takes a while where there are many
   * @throws RefrainException when the folder holds no study, or none that can be read
   */
  public StudyResults read(StudyListener listener) {
    Study study = study();
    int gone = Json.readFile(folder.resolve(STUDY)).path("claims").size() - study.claims().size();
    if (gone > 0) {
      listener.missing(
          "%s: %s of its claims ask for what this program no longer measures, and are left out"
              .formatted(folder, gone));
    }
    List<Study.Cell> cells = study.cells();
    List<StudyResults.Run> runs = new ArrayList<>();
    unreadable().forEach(listener::damaged);
    for (Study.Cell cell : cells) {
      try {
        find(cell).ifPresent(run -> runs.add(read(cell, run, listener)));
      } catch (RefrainException e) {
        listener.damaged(cell.label() + " is left out: " + e.getMessage());
      }
    }
    listener.judging(study);
    return new StudyResults(study, cells, runs, GitClone.ofProgram());
  }

  private StudyResults.Run read(Study.Cell cell, RunFolder run, StudyListener listener) {
    run.outcome(); // damaged: the run is left out, and not taken for one under way
    Trainer.missing(run).forEach(listener::missing);
    Curves curves = Curves.of(run.metrics());
    RunSummary summary = summary(cell, run, curves);
    Map<AnalysisKind, Findings> findings = new EnumMap<>(AnalysisKind.class);
    if (summary != null) {
      for (AnalysisKind kind : cell.analyses()) {
        try {
          findings(cell, run, kind).ifPresent(found -> findings.put(kind, found));
        } catch (RefrainException e) {
          listener.damaged(cell.label() + ": " + e.getMessage());
        }
      }
    }
    Findings own = findings.get(AnalysisKind.SUMMARY);
    if (summary != null && own != null) {
      summary = summary.with(own);
    }
    return new StudyResults.Run(
        cell, run.info().sessions(), curves, summary, findings, pattern(cell, run, listener));
  }

  private static Optional<NamedPattern> pattern(
      Study.Cell cell, RunFolder run, StudyListener listener) {
    try (Subject subject = new Subject(run, null, 1)) {
      return Optional.ofNullable(NamedPattern.of(subject));
    } catch (RefrainException e) {
      listener.damaged(cell.label() + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
