package refrain.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.store.RunFolder;
import refrain.store.RunInfo;
import refrain.study.Opening;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.train.RunSpec;
import refrain.train.Trainer;

/** Which runs the study uses in whose folder they lie. */
public final class StudyUse {
  private static final int ID_DIGITS = 12;

  private final Path folder;
  private final @Nullable Study study;
  private final Map<String, List<Study.Cell>> cells = new HashMap<>();

  private StudyUse(Path folder, @Nullable Study study) {
    this.folder = folder;
    this.study = study;
    List<Study.Cell> all = study == null ? List.of() : study.cells();
    List<String> ids = all.parallelStream().map(Study.Cell::id).toList();
    for (int i = 0; i < ids.size(); i++) {
      cells.computeIfAbsent(ids.get(i), any -> new ArrayList<>()).add(all.get(i));
    }
  }

  /** The study in whose folder a run lies; empty: in none. */
  public static Optional<StudyUse> ofRun(Path run) {
    return Optional.ofNullable(ofRuns(List.of(run)).get(run));
  }

  /** The same of many runs, by their paths; each study is read once. */
  public static Map<Path, StudyUse> ofRuns(Collection<Path> runs) {
    Map<Path, Optional<StudyUse>> byFolder = new HashMap<>();
    Map<Path, StudyUse> byRun = new HashMap<>();
    for (Path run : runs) {
      Path parent = run.toAbsolutePath().normalize().getParent();
      if (parent != null && Files.isDirectory(parent)) {
        byFolder.computeIfAbsent(parent, StudyUse::of).ifPresent(use -> byRun.put(run, use));
      }
    }
    return byRun;
  }

  /**
   * The study that runs in this folder belong to; empty when there is none. One that is recorded
   * and cannot be read uses all of them, for nobody knows better.
   */
  private static Optional<StudyUse> of(Path runs) {
    try {
      Path real = runs.toRealPath();
      Path parent = real.getParent();
      if (parent == null || !real.endsWith("runs") || !StudyFolder.isStudy(parent)) {
        return Optional.empty();
      }
      return Optional.of(new StudyUse(parent, read(parent)));
    } catch (IOException e) {
      return Optional.empty(); // it was removed meanwhile
    }
  }

  private static @Nullable Study read(Path folder) {
    try {
      return new StudyFolder(folder).withoutClaims();
    } catch (RefrainException e) {
      return null;
    }
  }

  /** The study's name; that of its folder where it cannot be read. */
  public String study() {
    return study == null ? String.valueOf(folder.getFileName()) : study.name();
  }

  /** Whether its file is damaged: it then counts as using every run. */
  public boolean isUnreadable() {
    return study == null;
  }

  /** What it shows, as its file says; "" where that cannot be read. */
  public String title() {
    return study == null ? "" : study.title();
  }

  /** How it opens on a page; null: it does not say, or cannot be read. */
  public @Nullable Opening opening() {
    return study == null ? null : study.page();
  }

  /** Which cells of the study a run is; none where the study cannot be read. */
  public List<Study.Cell> cells(RunFolder run) {
    return study == null ? List.of() : cells(id(run, run.info()), run);
  }

  /** The folder of the study. */
  public Path folder() {
    return folder;
  }

  /** Whether it is a run of the study; where nobody knows, it is. */
  public boolean uses(RunFolder run) {
    return study == null || !labels(id(run, run.info()), run).isEmpty();
  }

  /**
   * Refuses to make a run longer that a study uses.
   *
   * @param spec of the run
   * @throws RefrainException of kind BAD_INPUT that says how to go about it
   */
  public static void refuseExtension(RunFolder run, RunSpec spec, int steps) {
    Path folder = run.path();
    Optional<StudyUse> study = ofRun(folder).filter(use -> use.uses(run));
    if (study.isPresent() && steps != spec.steps()) {
      throw RefrainException.badInput(
          "%s: is used by the study '%s' in %s, which would no longer find it; copy the folder and"
              + " extend the copy: cp -r %s runs/longer",
          folder, study.get().study(), study.get().folder(), Shell.word(folder.toString()));
    }
  }

  /** The variants whose run it is; "?" where the study cannot be read; none: it is left over. */
  List<String> variants(String id, RunFolder run) {
    return study == null
        ? List.of("?")
        : cells(id, run).stream().map(cell -> cell.variant().name()).distinct().toList();
  }

  /** The variants and seeds whose run it is, such as "2L seed 0". */
  List<String> labels(String id, RunFolder run) {
    return cells(id, run).stream().map(Study.Cell::label).toList();
  }

  /**
   * Programs before identities hashed more: such runs are looked up by what identifies them now.
   */
  private List<Study.Cell> cells(String id, RunFolder run) {
    List<Study.Cell> found = cells.get(id);
    if (found == null && !cells.isEmpty()) {
      found = cells.get(Trainer.spec(run).id());
    }
    return found == null ? List.of() : found;
  }

  /** The identifier that a run records of itself. */
  static String id(RunFolder run, RunInfo info) {
    String hash = info.specHash();
    return hash.length() < ID_DIGITS
        ? String.valueOf(run.path().getFileName())
        : hash.substring(0, ID_DIGITS);
  }
}
