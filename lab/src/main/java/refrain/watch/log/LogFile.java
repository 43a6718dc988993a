package refrain.watch.log;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.watch.log.JsonDocumentReader.End;

/**
 * A log that is one file. Where the file was replaced, cut or written anew, it is read again from
 * the beginning: rows that are the same as before are gone over; where they are not, the sink is
 * told that the log begins again.
 */
public final class LogFile implements LogSource {
  private static final int CHUNK = 1 << 16;
  private static final int TAIL = 64;
  private static final int LONGEST_WORD = 32;

  private final Path file;
  private final @Nullable Pattern pattern;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
  private final Seen seen = new Seen();
  private @Nullable LogFormat format;
  private @Nullable RowReader reader;
  private long position;
  private byte[] tail = new byte[0];
  private @Nullable Object key;
  private long documentSize = -1;
  private long documentTime;
  private LogCounts documentCounts = LogCounts.NONE;

  /**
   * Prepares to read a file, which need not be there yet.
   *
   * @param pattern of its lines; null to find the format
   */
  public LogFile(Path file, @Nullable Pattern pattern) {
    this.file = file;
    this.pattern = pattern;
    this.format = pattern == null ? null : LogFormat.PATTERN;
  }

  /** A pattern with named groups, from the command line. */
  public static Pattern pattern(String text) {
    return PatternReader.parse(text);
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public String found() {
    return format == null ? "nothing yet" : format.title();
  }

  /** The rows that were handed over, and those that are gone over because they were before. */
  private static final class Seen implements RowSink {
    private @Nullable RowSink to;
    private long rows;
    private long hash;
    private long again;
    private long againHash;
    private boolean verifying;
    private boolean differs;

    @Override
    public void row(LogRow row) {
      if (verifying) {
        again++;
        againHash = chained(againHash, row);
        if (again == rows) {
          verifying = false;
          differs = againHash != hash;
        }
        return;
      }
      if (!differs) {
        rows++;
        hash = chained(hash, row);
        Objects.requireNonNull(to).row(row);
      }
    }

    private static long chained(long hash, LogRow row) {
      return hash * 31 + row.hash();
    }

    void verify() {
      verifying = rows > 0;
      again = 0;
      againHash = 0;
      differs = false;
    }

    void forget(String why) {
      rows = 0;
      hash = 0;
      verifying = false;
      differs = false;
      Objects.requireNonNull(to).begunAgain(why);
    }
  }

  @Override
  public boolean poll(RowSink sink) {
    return read(sink, false);
  }

  private boolean read(RowSink sink, boolean whole) {
    seen.to = sink;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw RefrainException.badInput(file + ": is a folder, expected a file");
      }
      if (format == null && !detect(channel, whole)) {
        return false;
      }
      return format == LogFormat.JSON_DOCUMENT
          ? document(channel, attributes, whole)
          : stream(channel, attributes);
    } catch (NoSuchFileException e) {
      return false; // not yet, or in the middle of being replaced
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private boolean detect(FileChannel channel, boolean whole) throws IOException {
    byte[] head = bytes(channel, 0, LogFormat.HEAD);
    Optional<LogFormat> found =
        LogFormat.of(head, file.getFileName().toString(), whole, file.toString());
    format = found.orElse(null);
    return found.isPresent();
  }

  private boolean stream(FileChannel channel, BasicFileAttributes attributes) throws IOException {
    if (reader == null) {
      begin();
    }
    if (position > 0 && !unchanged(channel, attributes)) {
      boolean shorter = channel.size() < position;
      begin();
      if (shorter) {
        seen.forget("the file was cut");
      } else {
        seen.verify();
      }
    }
    key = attributes.fileKey();
    boolean news = drain(channel);
    if (seen.differs || seen.verifying && news) {
      seen.forget("the file was written anew");
      begin();
      drain(channel);
    }
    return news;
  }

  private boolean drain(FileChannel channel) throws IOException {
    RowReader to = Objects.requireNonNull(reader);
    boolean news = false;
    while (true) {
      chunk.clear();
      int count = channel.read(chunk, position);
      if (count <= 0) {
        return news;
      }
      news = true;
      position += count;
      keepTail(chunk.array(), count);
      to.feed(chunk.array(), 0, count);
      if (seen.differs) {
        return true;
      }
    }
  }

  private void begin() {
    reader = Objects.requireNonNull(format).reader(seen, pattern);
    position = 0;
    tail = new byte[0];
  }

  private void keepTail(byte[] data, int count) {
    byte[] last = Arrays.copyOfRange(data, Math.max(0, count - TAIL), count);
    if (last.length < TAIL) {
      byte[] joined = Arrays.copyOf(tail, tail.length + last.length);
      System.arraycopy(last, 0, joined, tail.length, last.length);
      last = Arrays.copyOfRange(joined, Math.max(0, joined.length - TAIL), joined.length);
    }
    tail = last;
  }

  /** The same file, no shorter, with the same bytes before the place that was reached. */
  private boolean unchanged(FileChannel channel, BasicFileAttributes attributes)
      throws IOException {
    boolean same = channel.size() >= position && Objects.equals(key, attributes.fileKey());
    return same && Arrays.equals(tail, bytes(channel, position - tail.length, tail.length));
  }

  private static byte[] bytes(FileChannel channel, long from, int most) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(most);
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {}
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private boolean document(FileChannel channel, BasicFileAttributes attributes, boolean whole)
      throws IOException {
    long time = attributes.lastModifiedTime().toMillis();
    if (!whole && channel.size() == documentSize && time == documentTime) {
      return false;
    }
    documentSize = channel.size();
    documentTime = time;
    long before = seen.rows;
    seen.verify();
    JsonDocumentReader.Read read = document();
    boolean fewer = seen.verifying && read.end() == End.WHOLE;
    if (seen.differs || fewer) {
      seen.forget("the file was written anew");
      read = document();
      before = 0;
    }
    // A number or a word that is cut is no JSON either.
    boolean cut = read.end() == End.CUT || read.offset() > documentSize - LONGEST_WORD;
    if (read.end() == End.BROKEN && !cut) {
      throw RefrainException.badFile(
          "%s: is no JSON at %s; say --pattern where its lines are text", file, read.where());
    }
    documentCounts =
        new LogCounts(
            documentSize, read.rows(), 0, null, 0, read.end() != End.WHOLE ? documentSize : 0);
    return seen.rows > before;
  }

  private JsonDocumentReader.Read document() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return new JsonDocumentReader(seen).read(in);
    }
  }

  @Override
  public void end(RowSink sink) {
    if (format == null) {
      read(sink, true);
    }
    if (reader != null) {
      seen.to = sink;
      reader.end();
    }
  }

  @Override
  public LogCounts counts() {
    return reader == null ? documentCounts : reader.counts();
  }
}
