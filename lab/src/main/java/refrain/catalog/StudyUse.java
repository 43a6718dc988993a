package refrain.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.RunFolder;
import refrain.store.RunInfo;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.train.Trainer;

/** Which runs the study uses in whose folder they lie. */
public final class StudyUse {
  private static final int ID_DIGITS = 12;

  private final Path folder;
  private final @Nullable Study study;
  private final Map<String, List<String>> variants = new HashMap<>();
  private final Map<String, List<String>> labels = new HashMap<>();

  private StudyUse(Path folder, @Nullable Study study) {
    this.folder = folder;
    this.study = study;
    List<Study.Cell> cells = study == null ? List.of() : study.cells();
    List<String> ids = cells.parallelStream().map(Study.Cell::id).toList();
    for (int i = 0; i < ids.size(); i++) {
      Study.Cell cell = cells.get(i);
      List<String> named = variants.computeIfAbsent(ids.get(i), any -> new ArrayList<>());
      if (!named.contains(cell.variant().name())) {
        named.add(cell.variant().name());
      }
      labels.computeIfAbsent(ids.get(i), any -> new ArrayList<>()).add(cell.label());
    }
  }

  /**
   * The study that runs in this folder belong to; empty when there is none. One that is recorded
   * and cannot be read uses all of them, for nobody knows better.
   */
  public static Optional<StudyUse> of(Path runs) {
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

  /** The folder of the study. */
  public Path folder() {
    return folder;
  }

  /** Whether it is a run of the study; where nobody knows, it is. */
  public boolean uses(RunFolder run) {
    return study == null || !labels(id(run, run.info()), run).isEmpty();
  }

  /** The variants whose run it is; "?" where the study cannot be read; none: it is left over. */
  List<String> variants(String id, RunFolder run) {
    return study == null ? List.of("?") : of(variants, id, run);
  }

  /** The variants and seeds whose run it is, such as "2L seed 0". */
  List<String> labels(String id, RunFolder run) {
    return of(labels, id, run);
  }

  /**
   * Programs before identities hashed more: such runs are looked up by what identifies them now.
   */
  private static List<String> of(Map<String, List<String>> byId, String id, RunFolder run) {
    List<String> found = byId.get(id);
    if (found == null && !byId.isEmpty()) {
      found = byId.get(Trainer.spec(run).id());
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

  /** The study in whose folder a run lies; empty: in none. */
  public static Optional<StudyUse> ofRun(Path run) {
    Path parent = run.toAbsolutePath().normalize().getParent();
    return parent == null || !Files.isDirectory(parent) ? Optional.empty() : of(parent);
  }
}
