package refrain.serve;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import refrain.base.RefrainException;
import refrain.store.Checkpoint;

/**
 * Refuses what leads out of a run's folder: whoever may ask for a run is not to get other files of
 * this machine by a link in it, nor to make the server wait for a pipe. The run's folder itself may
 * be a link, as {@code runs} follows it.
 */
final class Inside {
  private Inside() {}

  /**
   * Looks at a run: its files, and those one folder below.
   *
   * @throws RefrainException of kind BAD_FILE that names the first that leads out
   */
  static void check(Path run) {
    check(run, 2);
  }

  /** The same of one checkpoint, of which {@link #check(Path)} saw no more than the folder. */
  static void check(Checkpoint checkpoint) {
    check(checkpoint.folder(), 1);
  }

  private static void check(Path folder, int depth) {
    try {
      Path real = folder.toRealPath();
      Files.walkFileTree(
          real,
          Set.of(),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (attributes.isSymbolicLink() ? leadsOut(real, file) : attributes.isOther()) {
                throw RefrainException.badFile(
                    "%s: %s, which is not followed; put the file itself in its place",
                    folder.resolve(real.relativize(file)),
                    attributes.isOther()
                        ? "is a pipe or a device"
                        : "is a link out of the run's folder");
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
              return FileVisitResult.CONTINUE; // a run under way renames what it wrote
            }
          });
    } catch (IOException e) {
      throw RefrainException.badFile(folder + ": is gone or cannot be listed", e);
    }
  }

  private static boolean leadsOut(Path run, Path link) throws IOException {
    if (!Files.exists(link)) {
      return true; // to where nothing is yet
    }
    Path target = link.toRealPath();
    return !target.startsWith(run)
        || !(Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(target));
  }
}
