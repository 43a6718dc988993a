package refrain.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import refrain.base.RefrainException;

/**
 * The writer of {@code metrics.jsonl}: one {@link MetricsRow} a line, appended, the steps strictly
 * increasing. A row is on its way to the disk as soon as {@link #append} returns, so that kill -9
 * leaves at most one partial last line, which readers ignore and the next writer cuts.
 */
public final class MetricsLog implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private long lastStep;

  private MetricsLog(Path file, FileChannel channel, long lastStep) {
    this.file = file;
    this.channel = channel;
    this.lastStep = lastStep;
  }

  /**
   * Opens a log to append to, created when missing. Rows after a step are cut first, in one
   * truncation, so that a run resumed from its checkpoint at that step doubles none.
   *
   * @param keepThrough the last step to keep; -1 for an empty log
   */
  public static MetricsLog open(Path file, long keepThrough) {
    try {
      AtomicFiles.createFolders(AtomicFiles.folderOf(file));
      boolean created = !Files.exists(file);
      Cut cut = created ? new Cut(0, -1) : cutAfter(file, keepThrough);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(cut.bytes);
      channel.position(cut.bytes);
      channel.force(true);
      if (created) {
        AtomicFiles.syncFolder(AtomicFiles.folderOf(file));
      }
      return new MetricsLog(file, channel, cut.lastStep);
    } catch (IOException e) {
      throw AtomicFiles.failed("open", file, "rows already written are kept", e);
    }
  }

  /** Puts a whole log in place at once. */
  static void write(Path file, List<MetricsRow> rows) {
    String lines = rows.stream().map(row -> row.line() + "\n").collect(Collectors.joining());
    AtomicFiles.writeString(file, lines);
  }

  private record Cut(long bytes, long lastStep) {}

  /**
   * Where the row of the last step to keep ends. What follows is cut unread, whatever it is: after
   * a power cut the tail may be garbage, and nothing there is needed.
   */
  private static Cut cutAfter(Path file, long keepThrough) {
    long end = 0;
    long last = -1;
    RefrainException garbage = null;
    for (Line line : lines(file)) {
      MetricsRow row;
      try {
        row = MetricsRow.parse(line.text, line.where);
      } catch (RefrainException e) {
        garbage = garbage == null ? e : garbage;
        continue;
      }
      if (row.step() <= keepThrough) {
        if (garbage != null) {
          throw garbage;
        }
        end = line.end;
        last = row.step();
      }
    }
    return new Cut(end, last);
  }

  /** The last step up to which a row a step is there, from the first on; else the one before. */
  static long wholeThrough(Path file, long first) {
    long last = first - 1;
    for (MetricsRow row : readable(file)) {
      if (row.step() != last + 1) {
        break;
      }
      last++;
    }
    return last;
  }

  /**
   * Appends a row.
   *
   * @throws RefrainException of kind DISK when it cannot be written; no part of it is left then
   */
  public void append(MetricsRow row) {
    if (row.step() <= lastStep) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: row of step %d after the row of step %d",
              file,
              row.step(),
              lastStep));
    }
    ByteBuffer bytes = ByteBuffer.wrap((row.line() + "\n").getBytes(StandardCharsets.UTF_8));
    long before = -1;
    try {
      before = channel.position();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      lastStep = row.step();
    } catch (IOException e) {
      try {
        if (before >= 0) {
          channel.truncate(before);
        }
      } catch (IOException again) {
        e.addSuppressed(again); // the partial line is cut by the next writer
      }
      throw AtomicFiles.failed(
          "append the row of step " + row.step(), file, "rows already written are kept", e);
    }
  }

  /** Waits until all rows are on the disk. */
  public void sync() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw AtomicFiles.failed("sync", file, "rows already synced are kept", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw AtomicFiles.failed("close", file, "rows already synced are kept", e);
    }
  }

  /**
   * All rows of a log that may still be written to; a partial last line is left out.
   *
   * @throws RefrainException of kind BAD_FILE naming the line for anything else that is not a row,
   *     and for a step that does not follow the one before
   */
  public static List<MetricsRow> read(Path file) {
    List<MetricsRow> rows = new ArrayList<>();
    for (Line line : lines(file)) {
      MetricsRow row = MetricsRow.parse(line.text, line.where);
      if (!rows.isEmpty() && row.step() <= rows.getLast().step()) {
        throw backwards(line.where, row, rows.getLast());
      }
      rows.add(row);
    }
    return rows;
  }

  static RefrainException backwards(String where, MetricsRow row, MetricsRow before) {
    return RefrainException.badFile(
        "%s: step %d after step %d, expected a later one", where, row.step(), before.step());
  }

  /** The rows from the first one on to where the log ends or is damaged. */
  static List<MetricsRow> readable(Path file) {
    List<MetricsRow> rows = new ArrayList<>();
    for (Line line : lines(file)) {
      try {
        rows.add(MetricsRow.parse(line.text, line.where));
      } catch (RefrainException e) {
        break;
      }
    }
    return rows;
  }

  /** A complete line: its text, where the next one begins, and its place for errors. */
  private record Line(String text, long end, String where) {}

  private static List<Line> lines(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFiles.failed("read", file, "nothing was changed", e);
    }
    List<Line> lines = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        String text = new String(bytes, begin, i - begin, StandardCharsets.UTF_8);
        lines.add(
            new Line(
                text,
                i + 1,
                String.format(Locale.ROOT, "%s: line %d", file.getFileName(), lines.size() + 1)));
        begin = i + 1;
      }
    }
    return lines;
  }
}
