package refrain.pretrained.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import refrain.base.RefrainException;

/**
 * A file that is read at any place, by several threads. It is not mapped into memory: pages of a
 * mapping count as the process's own until they are given back, and a mapped file that another
 * process cuts short kills the one that reads it.
 */
public final class FileBytes implements AutoCloseable {
  private final FileChannel channel;
  private final String name;
  private final long size;

  private FileBytes(FileChannel channel, String name, long size) {
    this.channel = channel;
    this.name = name;
    this.size = size;
  }

  /**
   * Opens a file.
   *
   * @throws RefrainException of kind BAD_INPUT when there is none
   */
  public static FileBytes open(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw RefrainException.badInput(file + ": is no file");
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      return new FileBytes(channel, file.getFileName().toString(), channel.size());
    } catch (NoSuchFileException e) {
      throw RefrainException.badInput(file + ": no such file", e);
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The file's own name, for errors. */
  public String name() {
    return name;
  }

  /** Bytes in the file when it was opened. */
  public long size() {
    return size;
  }

  /**
   * Fills the first bytes of an array.
   *
   * @throws RefrainException of kind BAD_FILE where the file ends before
   */
  public void read(long from, byte[] to, int count) {
    ByteBuffer buffer = ByteBuffer.wrap(to, 0, count);
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, from + buffer.position()) < 0) {
          throw RefrainException.badFile(
              "%s: ends before byte %s, which belongs to it: it was cut short", name, from + count);
        }
      }
    } catch (IOException e) {
      throw RefrainException.disk(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Some bytes of the file, which has to hold so many. */
  public byte[] bytes(long from, int count) {
    if (from < 0 || count > size - from) {
      throw RefrainException.badFile(
          "%s: ends after %s bytes, expected %s more from byte %s on: it was cut short",
          name, size, count, from);
    }
    byte[] bytes = new byte[count];
    read(from, bytes, count);
    return bytes;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Only read from: nothing can be lost.
    }
  }
}
