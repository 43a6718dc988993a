package refrain.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import refrain.base.RefrainException;

/**
 * A safetensors file, open for reading; {@link SafeTensorsWriter} makes such files. The format:
 * header length (u64, little-endian), JSON header, data. Everything that the header says is checked
 * when the file is opened; values are read when asked for. Reads through the channel, not a memory
 * mapping: a mapped file that another process cuts short kills the reading one.
 */
public final class SafeTensors implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 16;

  private final FileChannel channel;
  private final String file;
  private final long dataStart;
  private final Map<String, SafeTensorsHeader.Entry> entries;

  private SafeTensors(
      FileChannel channel,
      String file,
      long dataStart,
      Map<String, SafeTensorsHeader.Entry> entries) {
    this.channel = channel;
    this.file = file;
    this.dataStart = dataStart;
    this.entries = entries;
  }

  /**
   * Opens and checks a file.
   *
   * @throws RefrainException of kind BAD_FILE that names the file, the tensor, what was expected
   *     and what was found
   */
  public static SafeTensors open(Path path) {
    String file = path.getFileName().toString();
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      long size = channel.size();
      if (size < 8) {
        throw RefrainException.badFile(
            "%s: holds %d bytes, a safetensors file has at least 8", file, size);
      }
      long length = read(channel, 0, 8, file).getLong();
      if (length < 0 || length > SafeTensorsHeader.MAX_HEADER_BYTES) {
        throw RefrainException.badFile(
            "%s: the header length is %s, expected at most %d: not a safetensors file",
            file, Long.toUnsignedString(length), SafeTensorsHeader.MAX_HEADER_BYTES);
      }
      if (length > size - 8) {
        throw RefrainException.badFile(
            "%s: the header length is %d, but only %d bytes follow: it was cut short",
            file, length, size - 8);
      }
      String json;
      try {
        ByteBuffer bytes = read(channel, 8, (int) length, file);
        json = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      } catch (CharacterCodingException e) {
        throw RefrainException.badFile(file + ": the header is not UTF-8 text", e);
      }
      SafeTensors result =
          new SafeTensors(
              channel, file, 8 + length, SafeTensorsHeader.parse(json, size - 8 - length, file));
      opened = true;
      return result;
    } catch (NoSuchFileException e) {
      throw RefrainException.badInput(path + ": no such file", e);
    } catch (IOException e) {
      throw AtomicFiles.failed("read", path, "nothing was changed", e);
    } finally {
      if (channel != null && !opened) {
        closeQuietly(channel);
      }
    }
  }

  /** All tensors of a file as float32, in the order of the data. */
  public static List<NamedTensor> readAll(Path path) {
    try (SafeTensors tensors = open(path)) {
      return tensors.names().stream().map(tensors::tensor).toList();
    }
  }

  /** The tensors' names in the order of the data. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The sizes of a tensor's axes. */
  public int[] shape(String name) {
    return entry(name).shape().clone();
  }

  /** A tensor as float32; from F64 and integers rounded to the nearest. */
  public NamedTensor tensor(String name) {
    return new NamedTensor(name, shape(name), floats(name));
  }

  /** A tensor that must have this shape. */
  public NamedTensor tensor(String name, int... shape) {
    if (!Arrays.equals(entry(name).shape(), shape)) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has shape %s, expected %s",
          file, name, Arrays.toString(entry(name).shape()), Arrays.toString(shape));
    }
    return tensor(name);
  }

  /** A tensor's values as float32, row-major. */
  public float[] floats(String name) {
    SafeTensorsHeader.Entry entry = entry(name);
    float[] values = new float[count(entry)];
    int[] at = {0};
    chunks(
        entry,
        chunk -> {
          if (entry.dtype() == DType.F32) {
            int n = chunk.remaining() / 4;
            chunk.asFloatBuffer().get(values, at[0], n);
            at[0] += n;
          } else {
            while (chunk.hasRemaining()) {
              values[at[0]++] = (float) entry.dtype().read(chunk);
            }
          }
        });
    return values;
  }

  /** How a tensor's elements are kept. */
  public DType type(String name) {
    return entry(name).dtype();
  }

  /**
   * A part of a tensor's values as float32, row-major.
   *
   * @param from the first element of the part
   * @param to where it goes, from {@code at} on
   */
  public void floats(String name, long from, int count, float[] to, int at) {
    SafeTensorsHeader.Entry entry = entry(name);
    if (from < 0 || count < 0 || from + count > entry.elements()) {
      throw new IndexOutOfBoundsException(
          "%s from %s on of %s in '%s'".formatted(count, from, entry.elements(), name));
    }
    int width = entry.dtype().bytes();
    int most = CHUNK_BYTES / width;
    try {
      for (int done = 0; done < count; done += most) {
        int n = Math.min(most, count - done);
        long begin = dataStart + entry.begin() + (from + done) * width;
        ByteBuffer bytes = read(channel, begin, n * width, file);
        if (entry.dtype() == DType.F32) {
          bytes.asFloatBuffer().get(to, at + done, n);
        } else {
          for (int i = 0; i < n; i++) {
            to[at + done + i] = (float) entry.dtype().read(bytes);
          }
        }
      }
    } catch (IOException e) {
      throw RefrainException.disk(
          "%s: cannot read tensor '%s': %s".formatted(file, name, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private SafeTensorsHeader.Entry entry(String name) {
    SafeTensorsHeader.Entry entry = entries.get(name);
    if (entry == null) {
      List<String> names = names();
      String listed = String.join(", ", names.subList(0, Math.min(20, names.size())));
      throw RefrainException.badFile(
          "%s: has no tensor '%s'; it has %s%s",
          file, name, listed, names.size() > 20 ? " and " + (names.size() - 20) + " more" : "");
    }
    return entry;
  }

  private int count(SafeTensorsHeader.Entry entry) {
    if (entry.elements() > Integer.MAX_VALUE - 8) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has %d elements, expected at most %d",
          file, entry.name(), entry.elements(), Integer.MAX_VALUE - 8);
    }
    return (int) entry.elements();
  }

  private void chunks(SafeTensorsHeader.Entry entry, Consumer<ByteBuffer> reader) {
    try {
      for (long at = entry.begin(); at < entry.end(); at += CHUNK_BYTES) {
        int bytes = (int) Math.min(CHUNK_BYTES, entry.end() - at);
        reader.accept(read(channel, dataStart + at, bytes, file));
      }
    } catch (IOException e) {
      throw RefrainException.disk(
          "%s: cannot read tensor '%s': %s".formatted(file, entry.name(), e.getMessage()), e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int bytes, String file)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw RefrainException.badFile(
            "%s: ends at byte %d while it is read", file, channel.size());
      }
    }
    return buffer.flip();
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Only read from: nothing can be lost.
    }
  }
}
