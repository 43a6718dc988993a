package refrain.pretrained.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import refrain.base.RefrainException;
import refrain.pretrained.weights.FileBytes;

/**
 * Reads a file's head from its beginning on. What is announced is compared with the bytes that are
 * left before room is made for it.
 */
final class GgufCursor {
  private static final int WINDOW = 1 << 16;

  /** Lists and texts are no longer: vocabularies have fewer than a million tokens. */
  private static final int LONGEST = 1 << 24;

  private final FileBytes file;
  private ByteBuffer window = ByteBuffer.allocate(0);

  /** Where in the file the window begins. */
  private long begin;

  GgufCursor(FileBytes file) {
    this.file = file;
  }

  /** Bytes read so far. */
  long position() {
    return begin + window.position();
  }

  long left() {
    return file.size() - position();
  }

  private ByteBuffer next(int bytes) {
    if (window.remaining() < bytes) {
      long at = position();
      if (bytes > left()) {
        throw RefrainException.badFile(
            "%s: ends after %s bytes, expected at least %s more: it was cut short",
            file.name(), file.size(), bytes - left());
      }
      int size = (int) Math.min(Math.max(bytes, WINDOW), left());
      window = ByteBuffer.wrap(file.bytes(at, size)).order(ByteOrder.LITTLE_ENDIAN);
      begin = at;
    }
    return window;
  }

  int int32() {
    return next(4).getInt();
  }

  long int64() {
    return next(8).getLong();
  }

  /** A number of things of which each takes at least so many bytes. */
  int count(String what, long least, int most) {
    return bounded(what, int64(), least, most);
  }

  private int bounded(String what, long count, long least, int most) {
    if (count < 0 || count > most || count > left() / least) {
      throw RefrainException.badFile(
          "%s: announces %s %s, but has %s bytes left and may have at most %s",
          file.name(), Long.toUnsignedString(count), what, left(), most);
    }
    return (int) count;
  }

  String text(String what) {
    int length = count("bytes of " + what, 1, LONGEST);
    byte[] bytes = new byte[length];
    next(length).get(bytes);
    return new String(bytes, UTF_8);
  }

  /**
   * A value of this type.
   *
   * @param key whose it is, for errors
   */
  GgufValue value(String key, int type) {
    return switch (type) {
      case 0 -> new GgufValue.Whole(next(1).get() & 0xff);
      case 1 -> new GgufValue.Whole(next(1).get());
      case 2 -> new GgufValue.Whole(next(2).getShort() & 0xffff);
      case 3 -> new GgufValue.Whole(next(2).getShort());
      case 4 -> new GgufValue.Whole(int32() & 0xffff_ffffL);
      case 5 -> new GgufValue.Whole(int32());
      case 6 -> new GgufValue.Real(next(4).getFloat());
      case 7 -> new GgufValue.Whole(next(1).get() & 0xff);
      case 8 -> new GgufValue.Text(text("the text of '" + key + "'"));
      case 9 -> list(key);
      case 10, 11 -> new GgufValue.Whole(int64());
      case 12 -> new GgufValue.Real(next(8).getDouble());
      default ->
          throw RefrainException.badFile(
              "%s: '%s' has a value of type %s, expected 0 to 12",
              file.name(), key, Integer.toUnsignedString(type));
    };
  }

  private GgufValue list(String key) {
    int type = int32();
    int[] sizes = {1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8};
    if (type < 0 || type >= sizes.length || type == 9) {
      throw RefrainException.badFile(
          "%s: '%s' is a list of %s, expected numbers or texts",
          file.name(), key, type == 9 ? "lists" : "type " + Integer.toUnsignedString(type));
    }
    int count = count("entries of the list '" + key + "'", sizes[type], LONGEST);
    if (type == 8) {
      List<String> texts = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        texts.add(text("a text in '" + key + "'"));
      }
      return new GgufValue.Texts(texts);
    }
    if (type == 6 || type == 12) {
      double[] reals = new double[count];
      for (int i = 0; i < count; i++) {
        reals[i] = type == 6 ? next(4).getFloat() : next(8).getDouble();
      }
      return new GgufValue.Reals(reals);
    }
    long[] wholes = new long[count];
    for (int i = 0; i < count; i++) {
      wholes[i] =
          switch (value(key, type)) {
            case GgufValue.Whole whole -> whole.value();
            case GgufValue other -> throw new IllegalStateException("no number: " + other);
          };
    }
    return new GgufValue.Wholes(wholes);
  }
}
