package refrain.watch.log;

import org.jspecify.annotations.Nullable;

/**
 * Reads one file, whose bytes come in pieces of any size: the same rows however they are cut. What
 * is no row is dropped and counted; nothing of a file's contents throws.
 */
abstract class RowReader {
  /** More columns than this in a row are dropped: no program logs so many scalars. */
  static final int MOST_COLUMNS = 4096;

  final RowSink sink;
  final LogRow row = new LogRow();
  long bytes;
  long rows;
  long dropped;
  long damaged;
  @Nullable String firstDropped;

  RowReader(RowSink sink) {
    this.sink = sink;
  }

  /** Takes the next bytes of the file. */
  abstract void feed(byte[] data, int from, int to);

  /** No more bytes come; what was left partial is read where it makes sense alone. */
  abstract void end();

  /** Bytes at the end that are no whole row yet. */
  abstract long partial();

  /** Hands the row over where it has anything. */
  void emit() {
    if (row.size() > 0) {
      rows++;
      sink.row(row);
    }
    row.clear();
  }

  void drop(String where) {
    dropped++;
    if (firstDropped == null) {
      firstDropped = where;
    }
    row.clear();
  }

  LogCounts counts() {
    return new LogCounts(bytes, rows, dropped, firstDropped, damaged, partial());
  }
}
