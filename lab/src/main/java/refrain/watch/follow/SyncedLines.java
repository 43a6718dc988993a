package refrain.watch.follow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * Lines of JSON that are only added to, each on the disk before the next thing happens. A partial
 * last line, which a kill left, is cut when it is opened again.
 */
public final class SyncedLines implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final FileLock lock;

  private SyncedLines(Path file, FileChannel channel, FileLock lock) {
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Opens a file, which is made when missing, with its folder.
   *
   * @param lines told of each line that is there, and of where it stands
   * @throws RefrainException of kind BAD_INPUT where another watch has it open, of kind BAD_FILE
   *     where a line is none of JSON
   */
  public static SyncedLines open(Path file, BiConsumer<JsonNode, String> lines) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      boolean isNew = !Files.exists(file);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      SyncedLines opened = null;
      try {
        FileLock lock = lock(channel);
        if (lock == null) {
          throw RefrainException.badInput(
              file + ": another watch has it open; give each its own --state folder");
        }
        SyncedLines all = new SyncedLines(file, channel, lock);
        long end = read(file, lines);
        channel.truncate(end);
        channel.position(end);
        if (isNew && folder != null) {
          syncUpwards(folder);
        }
        opened = all;
        return all;
      } finally {
        if (opened == null) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** A file, and folders that may be new with it, have to be found again after a power cut. */
  private static void syncUpwards(Path folder) throws IOException {
    AtomicFiles.syncFolder(folder);
    Path above = folder.getParent();
    if (above != null && Files.isReadable(above)) {
      AtomicFiles.syncFolder(above);
    }
  }

  /**
   * The whole lines of a file that may still be written, or whose writer was killed; none where
   * there is no file.
   *
   * @throws RefrainException of kind BAD_FILE where a whole line is none of JSON
   */
  public static List<JsonNode> read(Path file) {
    List<JsonNode> lines = new ArrayList<>();
    try {
      read(file, (line, where) -> lines.add(line));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
    return lines;
  }

  /** Where the last whole line ends. */
  private static int read(Path file, BiConsumer<JsonNode, String> lines) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int end = all.length;
    while (end > 0 && all[end - 1] != '\n') {
      end--; // cut bytes may be no text
    }
    String whole = new String(all, 0, end, StandardCharsets.UTF_8);
    int number = 0;
    for (String line : whole.split("\n")) {
      number++;
      if (!line.isEmpty()) {
        String where = file + ":" + number;
        lines.accept(Json.parse(line, where), where);
      }
    }
    return end;
  }

  /**
   * Writes a line and waits until the disk has it.
   *
   * @throws RefrainException of kind DISK when it cannot be written; no part of it is left then
   */
  public synchronized void add(String line) {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    long before = -1;
    try {
      before = channel.position();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      takeBack(before, e);
      throw failed(file, e);
    }
  }

  /** Or the next line would be written behind a part of this one. */
  private void takeBack(long before, IOException why) {
    try {
      if (before >= 0) {
        channel.truncate(before); // the position too
      }
    } catch (IOException again) {
      why.addSuppressed(again); // the part is cut when the file is opened again
    }
  }

  private static RefrainException failed(Path file, IOException e) {
    return RefrainException.disk(file + ": cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }
}
