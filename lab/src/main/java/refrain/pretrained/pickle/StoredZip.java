package refrain.pretrained.pickle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.pretrained.weights.FileBytes;

/**
 * Where the entries of a zip file lie that are kept as they are (PKWARE's APPNOTE, sections 4.3 and
 * 4.5.3 for files above 4 GiB). {@code java.util.zip} tells no places, and tensors are read in
 * parts.
 */
final class StoredZip {
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int MOST_COMMENT = 0xffff;
  private static final int MOST_DIRECTORY = 1 << 26;
  private static final long IN_EXTRA = 0xffff_ffffL;

  /** An entry's bytes. */
  record Place(long begin, long bytes) {}

  private final FileBytes file;
  private final Map<String, Place> places = new LinkedHashMap<>();

  StoredZip(FileBytes file) {
    this.file = file;
    ByteBuffer directory = directory();
    while (directory.remaining() >= 46) {
      entry(directory);
    }
  }

  Map<String, Place> places() {
    return places;
  }

  private RefrainException damaged(String what) {
    return RefrainException.badFile(
        "%s: is no whole zip file of PyTorch: %s; it is damaged or was cut short",
        file.name(), what);
  }

  private ByteBuffer at(long from, int count) {
    if (from < 0 || count < 0 || count > file.size() - from) {
      throw damaged("a part of it lies outside of it");
    }
    return ByteBuffer.wrap(file.bytes(from, count)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The directory at the file's end. */
  private ByteBuffer directory() {
    int tail = (int) Math.min(file.size(), END_BYTES + MOST_COMMENT);
    ByteBuffer end = at(file.size() - tail, tail);
    int found = -1;
    for (int i = tail - END_BYTES; i >= 0 && found < 0; i--) {
      found = end.getInt(i) == END ? i : -1;
    }
    if (found < 0) {
      throw damaged("it has no directory at its end");
    }
    long bytes = end.getInt(found + 12) & IN_EXTRA;
    long begin = end.getInt(found + 16) & IN_EXTRA;
    long locator = file.size() - tail + found - 20;
    if (begin == IN_EXTRA || bytes == IN_EXTRA) {
      ByteBuffer to = at(locator, 20);
      ByteBuffer large = at(to.getLong(8), 56);
      if (to.getInt(0) != LOCATOR_64 || large.getInt(0) != END_64) {
        throw damaged("its directory cannot be found");
      }
      bytes = large.getLong(40);
      begin = large.getLong(48);
    }
    if (bytes < 0 || bytes > MOST_DIRECTORY) {
      throw damaged("its directory has " + Long.toUnsignedString(bytes) + " bytes");
    }
    return at(begin, (int) bytes);
  }

  private void entry(ByteBuffer directory) {
    int from = directory.position();
    if (directory.getInt(from) != CENTRAL) {
      throw damaged("its directory holds something else");
    }
    int method = directory.getShort(from + 10) & 0xffff;
    long packed = directory.getInt(from + 20) & IN_EXTRA;
    long bytes = directory.getInt(from + 24) & IN_EXTRA;
    int nameBytes = directory.getShort(from + 28) & 0xffff;
    int extraBytes = directory.getShort(from + 30) & 0xffff;
    int commentBytes = directory.getShort(from + 32) & 0xffff;
    long local = directory.getInt(from + 42) & IN_EXTRA;
    if (directory.remaining() < 46 + nameBytes + extraBytes + commentBytes) {
      throw damaged("its directory is cut");
    }
    byte[] raw = new byte[nameBytes];
    directory.get(from + 46, raw);
    String name = new String(raw, UTF_8);
    ByteBuffer extra = extra(directory, from + 46 + nameBytes, extraBytes);
    // Only those that do not fit stand there, in this order.
    bytes = bytes == IN_EXTRA ? next(extra) : bytes;
    packed = packed == IN_EXTRA ? next(extra) : packed;
    local = local == IN_EXTRA ? next(extra) : local;
    directory.position(from + 46 + nameBytes + extraBytes + commentBytes);
    if (method != 0 || packed != bytes) {
      throw RefrainException.badFile(
          "%s: '%s' is compressed, as torch.save never does; expected a file of PyTorch",
          file.name(), name);
    }
    ByteBuffer head = at(local, 30);
    if (head.getInt(0) != LOCAL) {
      throw damaged("'" + name + "' is not where its directory says");
    }
    long begin = local + 30 + (head.getShort(26) & 0xffff) + (head.getShort(28) & 0xffff);
    if (bytes < 0 || begin > file.size() || bytes > file.size() - begin) {
      throw damaged("'" + name + "' lies outside of it");
    }
    if (places.put(name, new Place(begin, bytes)) != null) {
      throw damaged("'" + name + "' is in it twice");
    }
  }

  /** The sizes and places above 4 GiB of an entry; empty where there are none. */
  private static ByteBuffer extra(ByteBuffer directory, int from, int bytes) {
    for (int at = from; at + 4 <= from + bytes; ) {
      int size = directory.getShort(at + 2) & 0xffff;
      if (directory.getShort(at) == 1 && at + 4 + size <= from + bytes) {
        return directory.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN);
      }
      at += 4 + size;
    }
    return ByteBuffer.allocate(0);
  }

  private long next(ByteBuffer extra) {
    if (extra.remaining() < 8) {
      throw damaged("its directory is cut");
    }
    return extra.getLong();
  }

  /** An entry's bytes as a whole; null: there is no such entry. */
  byte @Nullable [] read(String name, int most) {
    Place place = places.get(name);
    if (place == null) {
      return null;
    }
    if (place.bytes > most) {
      throw damaged("'" + name + "' has " + place.bytes + " bytes, expected at most " + most);
    }
    return file.bytes(place.begin, (int) place.bytes);
  }
}
