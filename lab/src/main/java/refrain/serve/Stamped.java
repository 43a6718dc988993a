package refrain.serve;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What was read of files, read again only where a file changed. */
final class Stamped<T> {
  private record Kept<T>(String stamp, T value) {}

  private final Function<Path, String> stamp;
  private final BiFunction<Path, String, T> read;
  private final Map<Path, Kept<T>> kept = new ConcurrentHashMap<>();

  Stamped(Function<Path, T> read) {
    this(Place::stamp, (file, _) -> read.apply(file));
  }

  /**
   * @param stamp changes whenever the file does, or any file of a folder
   * @param read is given it too
   */
  Stamped(Function<Path, String> stamp, BiFunction<Path, String, T> read) {
    this.stamp = stamp;
    this.read = read;
  }

  T of(Path file) {
    String now = stamp.apply(file);
    Kept<T> known = kept.get(file);
    if (known == null || !known.stamp.equals(now)) {
      known = new Kept<>(now, read.apply(file, now));
      kept.put(file, known);
    }
    return known.value;
  }
}
