package refrain.watch.log;

import org.jspecify.annotations.Nullable;

/**
 * What a reader met.
 *
 * @param bytes read
 * @param rows read
 * @param dropped lines or records that were meant to be rows and could not be read
 * @param firstDropped where and why the first was; null where none was
 * @param damaged records whose checksum is wrong
 * @param partial bytes at the end that are no whole row yet
 */
public record LogCounts(
    long bytes,
    long rows,
    long dropped,
    @Nullable String firstDropped,
    long damaged,
    long partial) {
  public static final LogCounts NONE = new LogCounts(0, 0, 0, null, 0, 0);

  LogCounts plus(LogCounts other) {
    return new LogCounts(
        bytes + other.bytes,
        rows + other.rows,
        dropped + other.dropped,
        firstDropped == null ? other.firstDropped : firstDropped,
        damaged + other.damaged,
        other.partial);
  }
}
