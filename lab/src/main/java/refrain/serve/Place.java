package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import refrain.base.Digests;
import refrain.catalog.RunRow;
import refrain.catalog.StudyUse;
import refrain.store.RunFolder;
import refrain.study.Study;
import refrain.train.RunSpec;

/**
 * A run that is listed.
 *
 * @param id by which requests name it: the first digits of the SHA-256 of its path
 * @param path from the folder that is served, with slashes; "." where it is that folder
 * @param folder where it lies
 * @param row as {@code runs} lists it
 * @param use the study in whose folder it lies; null: in none
 * @param params numbers that are trained
 * @param example whether it is of the {@link RecordedExample}
 */
record Place(
    String id,
    String path,
    RunFolder folder,
    RunRow row,
    RunSpec spec,
    @Nullable StudyUse use,
    long params,
    boolean example) {
  private static final int DIGITS = 12;

  /** How a path is written in answers, whatever the system's separator. */
  static String path(Path served, Path run) {
    Path relative = served.relativize(run);
    String path =
        StreamSupport.stream(relative.spliterator(), false)
            .map(Path::toString)
            .collect(Collectors.joining("/"));
    return path.isEmpty() ? "." : path;
  }

  static String id(String path) {
    return hash(path).substring(0, DIGITS);
  }

  /** SHA-256 of a text, in hexadecimal digits. */
  static String hash(String text) {
    return Digests.hex(text.getBytes(UTF_8));
  }

  /** Whether it is a run of one of its study's variants. */
  boolean isOf(String variant) {
    return cells().stream().anyMatch(cell -> cell.variant().name().equals(variant));
  }

  /** The cells of its study that it is. */
  List<Study.Cell> cells() {
    return use == null ? List.of() : use.cells(folder);
  }

  /** Changes whenever a file does from which the row is made. */
  static String signature(Path run, @Nullable StudyUse use) {
    return state(run)
        + " "
        + stamp(run.resolve("metrics.jsonl"))
        + stamp(run.resolve("analyses").resolve("summary.json"))
        + System.identityHashCode(use);
  }

  /** The same for what is said of its state: that it began, ended, or lost its writer. */
  static String state(Path run) {
    String end = stamp(run.resolve("outcome.json"));
    boolean written =
        end.isEmpty()
            && Files.isRegularFile(run.resolve("run.lock"), LinkOption.NOFOLLOW_LINKS)
            && RunFolder.isRun(run)
            && RunFolder.at(run).writer().isPresent();
    return stamp(run.resolve("run.json")) + end + written;
  }

  /** Size and time of a file; "" where there is none. */
  static String stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size() + "@" + attributes.lastModifiedTime().toMillis() + " ";
    } catch (IOException e) {
      return "";
    }
  }
}
