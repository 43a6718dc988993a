package refrain.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * Takes a run away: its folder is renamed first, so that it is a run or is none at every moment,
 * and then deleted. Where a kill comes between, the next removal in that folder deletes the rest.
 */
public final class RunRemoval {
  private static final Pattern RENAMED = Pattern.compile("\\..+\\.removed\\.\\d+-\\d+\\.tmp");

  private RunRemoval() {}

  /**
   * Removes a run; of a link to one, the link only. Links inside the run are removed and never
   * followed.
   *
   * @throws RefrainException of kind BAD_INPUT when a process writes the run, DISK when it cannot
   *     be removed
   */
  public static void remove(Path run) {
    Path parent = AtomicFiles.folderOf(run);
    try {
      if (Files.isSymbolicLink(run)) {
        Files.delete(run);
        return;
      }
      Path renamed =
          AtomicFiles.unfinishedBeside(run.resolveSibling(run.getFileName() + ".removed"));
      try (RunLock lock = RunLock.acquire(run)) {
        Files.move(run, renamed, StandardCopyOption.ATOMIC_MOVE);
        AtomicFiles.syncFolder(parent);
      }
      sweep(parent);
    } catch (IOException e) {
      throw AtomicFiles.failed("remove", run, "what is left of it is no run any more", e);
    }
  }

  private static void sweep(Path parent) throws IOException {
    List<Path> left;
    try (Stream<Path> entries = Files.list(parent)) {
      left = entries.filter(e -> RENAMED.matcher(e.getFileName().toString()).matches()).toList();
    }
    for (Path folder : left) {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) { // another process removes it too
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path inside, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(inside);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
