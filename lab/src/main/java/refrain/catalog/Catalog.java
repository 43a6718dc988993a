package refrain.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.store.RunFolder;

/**
 * The runs in a folder and in the folders inside it, however deep; links to folders are followed,
 * each folder once.
 *
 * @param rows of the runs that can be read, by their paths
 * @param unreadable a sentence for each of the others
 */
public record Catalog(List<RunRow> rows, List<String> unreadable) {
  /**
   * Reads the runs in a folder, or the one run that it is.
   *
   * @throws RefrainException of kind BAD_INPUT when there is no such folder
   */
  public static Catalog of(Path folder) {
    Places found = places(folder);
    Map<Path, StudyUse> studies = StudyUse.ofRuns(found.runs);
    List<String> unreadable = new ArrayList<>();
    List<Object> read = found.runs.parallelStream().map(run -> row(run, studies.get(run))).toList();
    List<RunRow> rows = new ArrayList<>();
    for (Object each : read) {
      if (each instanceof RunRow row) {
        rows.add(row);
      } else {
        unreadable.add((String) each);
      }
    }
    found.remains.forEach(
        place -> unreadable.add(place + "  cannot be read: " + RunFolder.lost(place)));
    return new Catalog(List.copyOf(rows), List.copyOf(unreadable));
  }

  /**
   * The folder of a run that somebody names: its path, or in {@code runs/} the first characters of
   * its folder's name.
   *
   * @throws RefrainException of kind BAD_INPUT when there is none, or more than one
   */
  public static Path named(String word) {
    Path place = Path.of(word);
    if (RunFolder.isRun(place) || Files.isSymbolicLink(place)) {
      return place;
    }
    Path runs = Path.of("runs");
    if (word.isEmpty() || place.getNameCount() > 1 || Files.exists(place)) {
      throw none(word, List.of());
    }
    List<Path> all = Files.isDirectory(runs) ? places(runs).runs : List.of();
    List<Path> like =
        all.stream().filter(run -> run.getFileName().toString().startsWith(word)).toList();
    if (like.size() > 1) {
      throw RefrainException.badInput(
          "%s: is the beginning of %s runs: %s; give the path of one",
          word, like.size(), Names.list(like));
    }
    return like.stream().findFirst().orElseThrow(() -> none(word, all));
  }

  private static RefrainException none(String word, List<Path> all) {
    List<String> names = all.stream().map(run -> run.getFileName().toString()).toList();
    return RefrainException.badInput(
        "%s: holds no run: there is no run.json%s; './refrain runs' lists those in runs/",
        word,
        names.isEmpty()
            ? ""
            : ", and none of that name in runs/; near: " + Names.nearest(word, names));
  }

  private static Object row(Path run, @Nullable StudyUse use) {
    try {
      return RunRow.of(RunFolder.at(run), use);
    } catch (RefrainException e) {
      return run + "  cannot be read: " + e.getMessage();
    }
  }

  /**
   * Where runs lie, none of them read.
   *
   * @param runs their folders, in order
   * @param remains folders that lost the file which says of what run they are
   */
  public record Places(List<Path> runs, List<Path> remains) {}

  /**
   * The folders of the runs in a folder, or the one that it is.
   *
   * @throws RefrainException of kind BAD_INPUT when there is no such folder
   */
  public static Places places(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw RefrainException.badInput(folder + ": no such folder; expected one that holds runs");
    }
    Places found = new Places(new ArrayList<>(), new ArrayList<>());
    find(folder, found, new HashSet<>());
    return found;
  }

  private static void find(Path folder, Places found, Set<Path> seen) {
    if (RunFolder.isRun(folder)) {
      found.runs.add(folder);
      return;
    }
    if (RunFolder.isRemains(folder)) {
      found.remains.add(folder);
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (!seen.add(folder.toRealPath())) {
        return;
      }
      for (Path entry : entries.sorted().toList()) {
        if (Files.isDirectory(entry) && !RunFolder.isUnfinished(entry)) {
          find(entry, found, seen);
        }
      }
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }
}
