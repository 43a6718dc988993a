package refrain.watch.follow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * The events of a watch on the disk, a line each, written and synced before anything is done about
 * them. A watch that was killed reads its log again from the beginning and finds the same events;
 * those that are in the book are neither written nor acted on twice. A partial last line, which a
 * kill left, is cut.
 */
public final class EventBook implements AutoCloseable {
  private static final String NAME = "events.jsonl";

  private final Path file;
  private final FileChannel channel;
  private final FileLock lock;
  private final Set<String> known = new HashSet<>();

  private EventBook(Path file, FileChannel channel, FileLock lock) {
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Opens the book of a folder, which is made when missing.
   *
   * @throws RefrainException of kind BAD_INPUT where another watch has it open
   */
  public static EventBook open(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      EventBook book = null;
      try {
        FileLock lock = lock(channel);
        if (lock == null) {
          throw RefrainException.badInput(
              file + ": another watch has it open; give each its own --state folder");
        }
        book = new EventBook(file, channel, lock);
        book.read();
        return book;
      } finally {
        if (book == null) {
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

  private void read() throws IOException {
    byte[] all = Files.readAllBytes(file);
    int end = all.length;
    while (end > 0 && all[end - 1] != '\n') {
      end--; // cut bytes may be no text
    }
    String whole = new String(all, 0, end, StandardCharsets.UTF_8);
    int number = 0;
    for (String line : whole.split("\n")) {
      number++;
      if (line.isEmpty()) {
        continue;
      }
      JsonNode id = Json.parse(line, file + ":" + number).get("id");
      if (id == null || !id.isString()) {
        throw RefrainException.badFile(
            "%s:%s: expected an event with an id; move the file away to begin anew", file, number);
      }
      known.add(id.asString());
    }
    channel.truncate(end);
    channel.position(end);
  }

  /** Writes an event and waits until the disk has it; false where the book had it before. */
  public boolean add(WatchEvent event, String action) {
    if (!known.add(event.id())) {
      return false;
    }
    ByteBuffer line = ByteBuffer.wrap((event.json(action) + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(false);
    } catch (IOException e) {
      throw failed(file, e);
    }
    return true;
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
