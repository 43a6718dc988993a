package refrain.pretrained.gguf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.pretrained.weights.FileBytes;
import refrain.pretrained.weights.StoredTensors;

/**
 * A GGUF file of version 2 or 3, little-endian: its metadata and its tensors.
 *
 * <pre>
 * "GGUF", u32 version, u64 tensors, u64 keys
 * keys     string name, u32 type, value; a string is u64 bytes and UTF-8
 * tensors  string name, u32 axes, u64 sizes (the fastest first), u32 type, u64 offset
 * data     from the next multiple of general.alignment (32) on
 * </pre>
 */
public final class GgufFile implements StoredTensors {
  private static final int MAGIC = 0x46554747;
  private static final int MOST_KEYS = 1 << 16;
  private static final int MOST_TENSORS = 1 << 18;
  private static final int MOST_AXES = 4;
  private static final long MOST_ALIGNMENT = 1 << 16;
  private static final String ALIGNMENT = "general.alignment";

  /** A tensor: its sizes with the slowest first, and where it begins in the file. */
  private record Entry(String name, GgufType type, int[] shape, long offset, long bytes) {}

  private final FileBytes file;
  private final int version;
  private final Map<String, GgufValue> metadata;
  private final Map<String, Entry> tensors;

  private GgufFile(
      FileBytes file, int version, Map<String, GgufValue> metadata, Map<String, Entry> tensors) {
    this.file = file;
    this.version = version;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /** Whether a file begins as a GGUF file does, whatever its name. */
  public static boolean begins(byte[] start) {
    return start.length >= 4
        && start[0] == 'G'
        && start[1] == 'G'
        && start[2] == 'U'
        && start[3] == 'F';
  }

  /**
   * Opens and checks a file: all that its head announces lies in it, once.
   *
   * @throws RefrainException of kind BAD_FILE that names what is wrong
   */
  public static GgufFile open(Path path) {
    FileBytes file = FileBytes.open(path);
    boolean opened = false;
    try {
      GgufFile result = read(file);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private static GgufFile read(FileBytes file) {
    String where = file.name();
    GgufCursor in = new GgufCursor(file);
    if (in.int32() != MAGIC) {
      throw RefrainException.badFile("%s: does not begin with GGUF", where);
    }
    int version = in.int32();
    if (version != 2 && version != 3) {
      throw RefrainException.badFile(
          "%s: is of GGUF version %s, expected 2 or 3%s",
          where,
          Integer.toUnsignedString(version),
          Integer.reverseBytes(version) == 3
              ? ", little-endian: this one is big-endian"
              : version == 1 ? "; convert the model anew" : "");
    }
    int tensors = in.count("tensors", 24, MOST_TENSORS);
    int keys = in.count("keys", 13, MOST_KEYS);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (int i = 0; i < keys; i++) {
      String key = in.text("a key");
      if (key.isBlank()) {
        throw RefrainException.badFile("%s: key %s is empty", where, i);
      }
      if (metadata.put(key, in.value(key, in.int32())) != null) {
        throw RefrainException.badFile("%s: has the key '%s' twice", where, key);
      }
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < tensors; i++) {
      entries.add(entry(where, in));
    }
    long alignment = alignment(where, metadata);
    long data = (in.position() + alignment - 1) / alignment * alignment;
    return new GgufFile(file, version, metadata, placed(file, entries, data, alignment));
  }

  private static long alignment(String where, Map<String, GgufValue> metadata) {
    GgufValue value = metadata.get(ALIGNMENT);
    long alignment =
        switch (value) {
          case null -> 32;
          case GgufValue.Whole whole -> whole.value();
          default -> -1;
        };
    if (alignment < 1 || alignment > MOST_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw RefrainException.badFile(
          "%s: %s is %s, expected a power of two up to %s",
          where, ALIGNMENT, value == null ? "" : value.kind(), MOST_ALIGNMENT);
    }
    return alignment;
  }

  /** A tensor with its place counted from the beginning of the data. */
  private static Entry entry(String where, GgufCursor in) {
    String name = in.text("a tensor's name");
    int axes = in.int32();
    if (name.isBlank() || axes < 1 || axes > MOST_AXES) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has %s axes, expected a name and 1 to %s axes",
          where, name, Integer.toUnsignedString(axes), MOST_AXES);
    }
    int[] shape = new int[axes];
    long elements = 1;
    for (int i = axes - 1; i >= 0; i--) {
      long size = in.int64();
      if (size < 1 || size > Integer.MAX_VALUE || Math.multiplyHigh(elements, size) != 0) {
        throw RefrainException.badFile(
            "%s: tensor '%s' has an axis of %s, expected 1 to %s",
            where, name, Long.toUnsignedString(size), Integer.MAX_VALUE);
      }
      shape[i] = (int) size;
      elements *= size;
      if (elements < 0 || elements > Long.MAX_VALUE / 256) {
        throw RefrainException.badFile(
            "%s: tensor '%s' has more elements than any file holds", where, name);
      }
    }
    GgufType type = GgufType.of(where, name, in.int32());
    if (shape[axes - 1] % type.elements != 0) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has rows of %s, expected a multiple of %s as %s has",
          where, name, shape[axes - 1], type.elements, type);
    }
    return new Entry(name, type, shape, in.int64(), elements / type.elements * type.bytes);
  }

  /** The tensors with their places in the file, none in another's. */
  private static Map<String, Entry> placed(
      FileBytes file, List<Entry> entries, long data, long alignment) {
    Map<String, Entry> placed = new LinkedHashMap<>();
    for (Entry e : entries) {
      long room = file.size() - data;
      if (e.offset < 0 || e.offset % alignment != 0 || e.offset > room - e.bytes) {
        throw RefrainException.badFile(
            "%s: tensor '%s' takes %s bytes from %s on, but there are %s bytes of data, and places"
                + " are multiples of %s: the file is damaged or was cut short",
            file.name(),
            e.name,
            e.bytes,
            Long.toUnsignedString(e.offset),
            Math.max(0, room),
            alignment);
      }
      Entry there = new Entry(e.name, e.type, e.shape, data + e.offset, e.bytes);
      if (placed.put(e.name, there) != null) {
        throw RefrainException.badFile("%s: has the tensor '%s' twice", file.name(), e.name);
      }
    }
    List<Entry> inOrder = new ArrayList<>(placed.values());
    inOrder.sort(Comparator.comparingLong(Entry::offset));
    for (int i = 1; i < inOrder.size(); i++) {
      Entry before = inOrder.get(i - 1);
      if (before.offset + before.bytes > inOrder.get(i).offset) {
        throw RefrainException.badFile(
            "%s: the tensors '%s' and '%s' overlap", file.name(), before.name, inOrder.get(i).name);
      }
    }
    return placed;
  }

  /** 2 or 3. */
  public int version() {
    return version;
  }

  /** All keys in the order of the file. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(metadata.keySet());
  }

  /** A text; empty: there is no such key. */
  public Optional<String> text(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text text -> Optional.of(text.value());
      case GgufValue other -> throw unexpected(key, "a text", other);
    };
  }

  /** A whole number or truth value; null: there is no such key. */
  public @Nullable Long whole(String key) {
    return switch (metadata.get(key)) {
      case null -> null;
      case GgufValue.Whole whole -> whole.value();
      case GgufValue.Wholes all when same(all.values()) -> all.values()[0];
      case GgufValue other ->
          throw unexpected(key, "a whole number, the same in all layers", other);
    };
  }

  private static boolean same(long[] values) {
    for (long value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return values.length > 0;
  }

  /** A number; null: there is no such key. */
  public @Nullable Double real(String key) {
    return switch (metadata.get(key)) {
      case null -> null;
      case GgufValue.Real real -> real.value();
      case GgufValue.Whole whole -> (double) whole.value();
      case GgufValue other -> throw unexpected(key, "a number", other);
    };
  }

  /** A list of texts; empty: there is no such key. */
  public List<String> texts(String key) {
    return switch (metadata.get(key)) {
      case null -> List.of();
      case GgufValue.Texts texts -> texts.values();
      case GgufValue.Wholes none when none.values().length == 0 -> List.of();
      case GgufValue other -> throw unexpected(key, "a list of texts", other);
    };
  }

  /** A list of whole numbers; null: there is no such key. */
  public long @Nullable [] wholes(String key) {
    return switch (metadata.get(key)) {
      case null -> null;
      case GgufValue.Wholes wholes -> wholes.values();
      case GgufValue other -> throw unexpected(key, "a list of whole numbers", other);
    };
  }

  /** A list of numbers; null: there is no such key. */
  public double @Nullable [] reals(String key) {
    return switch (metadata.get(key)) {
      case null -> null;
      case GgufValue.Reals reals -> reals.values();
      case GgufValue other -> throw unexpected(key, "a list of numbers", other);
    };
  }

  private RefrainException unexpected(String key, String expected, GgufValue found) {
    return RefrainException.badFile(
        "%s: '%s' is %s, expected %s", file.name(), key, found.kind(), expected);
  }

  @Override
  public String where() {
    return file.name();
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  private Entry entry(String name) {
    Entry entry = tensors.get(name);
    if (entry == null) {
      throw RefrainException.badFile("%s: has no tensor '%s'", file.name(), name);
    }
    return entry;
  }

  @Override
  public int[] shape(String name) {
    return entry(name).shape.clone();
  }

  @Override
  public String type(String name) {
    return entry(name).type.name();
  }

  @Override
  public void rows(String name, int from, int count, float[] to, int at) {
    Entry entry = entry(name);
    int width = StoredTensors.width(entry.shape);
    long begin = (long) from * width / entry.type.elements * entry.type.bytes;
    int bytes = Math.toIntExact((long) count * width / entry.type.elements * entry.type.bytes);
    if (from < 0 || count < 0 || begin + bytes > entry.bytes) {
      throw new IndexOutOfBoundsException(count + " rows from " + from + " on of " + name);
    }
    byte[] raw = new byte[bytes];
    file.read(entry.offset + begin, raw, bytes);
    entry.type.dequantise(raw, count * width, to, at);
  }

  @Override
  public void close() {
    file.close();
  }
}
