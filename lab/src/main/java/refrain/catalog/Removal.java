package refrain.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.RunFolder;
import refrain.store.RunRemoval;

/**
 * The removal of one run, for which nothing stands against it.
 *
 * @param run its folder, or a link to one
 * @param target what the link points to; null: it is no link
 * @param row what is known of the run; null: its files are damaged
 */
public record Removal(Path run, @Nullable Path target, @Nullable RunRow row) {
  /**
   * Looks whether runs may be removed.
   *
   * @throws RefrainException of kind BAD_INPUT when one is no run, a process writes it, or a study
   *     uses it
   */
  public static List<Removal> of(Collection<Path> runs) {
    Map<Path, StudyUse> studies = StudyUse.ofRuns(runs);
    return runs.stream().map(run -> of(run, studies.get(run))).toList();
  }

  private static Removal of(Path run, @Nullable StudyUse use) {
    Path target = target(run);
    if (!RunFolder.isRun(run)) {
      if (target != null && !Files.exists(run)) {
        return new Removal(run, target, null);
      }
      throw RefrainException.badInput(run + ": holds no run: there is no run.json");
    }
    RunFolder folder = RunFolder.at(run);
    if (target == null) {
      folder
          .writer()
          .ifPresent(process -> {
            throw RefrainException.badInput(
                "%s: is being written by process %s; stop it first (Ctrl-C), or wait for it",
                run, process);
          });
    }
    if (use != null) {
      refuseUsed(run, folder, use);
    }
    try {
      return new Removal(run, target, RunRow.of(folder, use));
    } catch (RefrainException e) {
      return new Removal(run, target, null);
    }
  }

  private static @Nullable Path target(Path run) {
    try {
      return Files.isSymbolicLink(run) ? Files.readSymbolicLink(run) : null;
    } catch (IOException e) {
      throw RefrainException.disk(run + ": the link cannot be read: " + e.getMessage(), e);
    }
  }

  private static void refuseUsed(Path run, RunFolder folder, StudyUse study) {
    List<String> labels;
    try {
      labels =
          study.isUnreadable()
              ? List.of("its study.json cannot be read, so nobody knows as what")
              : study.labels(StudyUse.id(folder, folder.info()), folder);
    } catch (RefrainException e) {
      labels = List.of("its run.json cannot be read, so nobody knows as what");
    }
    if (!labels.isEmpty()) {
      throw RefrainException.badInput(
          "%s: is used by the study '%s' in %s (%s), whose report would lack it; to remove it all"
              + " the same, move it out of that folder first, or remove the folder of the whole"
              + " study",
          run, study.study(), study.folder(), String.join(", ", labels));
    }
  }

  /** What is removed, for people. */
  public String words() {
    if (target != null) {
      return "%s, a link; the run that it points to (%s) stays".formatted(run, target);
    }
    return row == null
        ? run + ", of which not all can be read"
        : "%s (%s, seed %s, step %s, %s)"
            .formatted(
                run, row.name(), row.seeds(), row.step(), Quantity.size((double) row.bytes()));
  }

  /** Removes it; a process that began to write it meanwhile is refused. */
  public void carryOut() {
    RunRemoval.remove(run);
  }
}
