package refrain.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Follows a metrics log that another process writes: each {@link #poll} gives the rows that became
 * complete since the last one. When the run was resumed, rows seen before may have been cut and
 * written anew; the tail notices it, and begins again from the first row.
 */
public final class MetricsTail {
  private final Path file;
  private long position;
  private long line;
  private byte[] lastLine = new byte[0];

  public MetricsTail(Path file) {
    this.file = file;
  }

  /**
   * New rows.
   *
   * @param restarted whether the log was cut: forget all earlier rows, these begin at the first
   */
  public record Update(boolean restarted, List<MetricsRow> rows) {}

  /** What is new; empty while the log does not exist. */
  public Update poll() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      boolean restarted = position > 0 && !unchangedSoFar(channel);
      if (restarted) {
        reset();
      }
      byte[] news = read(channel, position, channel.size() - position);
      List<MetricsRow> rows = new ArrayList<>();
      int begin = 0;
      for (int i = 0; i < news.length; i++) {
        if (news[i] == '\n') {
          line++;
          String text = new String(news, begin, i - begin, StandardCharsets.UTF_8);
          rows.add(
              MetricsRow.parse(
                  text, String.format(Locale.ROOT, "%s: line %d", file.getFileName(), line)));
          lastLine = Arrays.copyOfRange(news, begin, i + 1);
          begin = i + 1;
        }
      }
      position += begin;
      return new Update(restarted, rows);
    } catch (NoSuchFileException e) {
      boolean restarted = position > 0;
      reset();
      return new Update(restarted, List.of());
    } catch (IOException e) {
      throw AtomicFiles.failed("read", file, "nothing was changed", e);
    }
  }

  private void reset() {
    position = 0;
    line = 0;
    lastLine = new byte[0];
  }

  /** Steps are distinct, so the same last line at the same place means the same log before it. */
  private boolean unchangedSoFar(FileChannel channel) throws IOException {
    return channel.size() >= position
        && Arrays.equals(lastLine, read(channel, position - lastLine.length, lastLine.length));
  }

  private static byte[] read(FileChannel channel, long from, long bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, 1 << 24));
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {}
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
