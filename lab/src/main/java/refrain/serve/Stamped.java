package refrain.serve;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What was read of files, read again only where a file changed. */
final class Stamped<T> {
  private record Kept<T>(String stamp, T value) {}

  private final Function<Path, T> read;
  private final Map<Path, Kept<T>> kept = new ConcurrentHashMap<>();

  Stamped(Function<Path, T> read) {
    this.read = read;
  }

  T of(Path file) {
    String stamp = Place.stamp(file);
    Kept<T> known = kept.get(file);
    if (known == null || !known.stamp.equals(stamp)) {
      known = new Kept<>(stamp, read.apply(file));
      kept.put(file, known);
    }
    return known.value;
  }
}
