package refrain.watch.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import refrain.base.MaskedCrc;

/**
 * TensorBoard event files: records of a length, its masked CRC, a message {@code Event} and its
 * masked CRC (tensorflow/core/lib/io/record_writer.h); scalars as {@code simple_value} or as a
 * tensor of one number. A record whose bytes have another checksum is skipped and counted; where a
 * length has another checksum, the next record is looked for. What is cut at the end waits.
 */
final class EventReader extends RowReader {
  private static final int HEADER = 12;
  private static final int FOOTER = 4;

  /** Of the format's four kinds of fields. */
  private static final int VARINT = 0;

  private static final int FIXED_64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private static final int DT_FLOAT = 1;
  private static final int DT_DOUBLE = 2;

  /** A longer record (a film, an embedding) is gone over without being kept. */
  private static final long MOST_KEPT = 1 << 24;

  private byte[] buffer = new byte[1 << 12];
  private int length;
  private long skip;
  private long offset;
  private boolean lost;

  EventReader(RowSink sink) {
    super(sink);
  }

  /** Whether a file begins as event files do: a header whose checksum is right. */
  static boolean begins(byte[] head, int length) {
    return length >= HEADER && header(head, 0);
  }

  private static boolean header(byte[] data, int at) {
    return MaskedCrc.of(data, at, 8) == little(data, at + 8, 4).getInt()
        && little(data, at, 8).getLong() >= 0;
  }

  private static ByteBuffer little(byte[] data, int from, int count) {
    return ByteBuffer.wrap(data, from, count).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  void feed(byte[] data, int from, int to) {
    bytes += to - from;
    int begin = from;
    if (skip > 0) {
      int over = (int) Math.min(skip, to - begin);
      skip -= over;
      offset += over;
      begin += over;
    }
    if (length + (to - begin) > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(length + (to - begin), 2 * buffer.length));
    }
    System.arraycopy(data, begin, buffer, length, to - begin);
    length += to - begin;
    records();
  }

  private void records() {
    int at = 0;
    while (length - at >= HEADER) {
      if (!header(buffer, at)) {
        if (!lost) {
          damaged++;
          drop(String.format(Locale.ROOT, "byte %d: a record's length is damaged", offset + at));
          lost = true;
        }
        at++;
        continue;
      }
      lost = false;
      long size = little(buffer, at, 8).getLong();
      if (size > MOST_KEPT) {
        long whole = size + HEADER + FOOTER;
        int over = (int) Math.min(whole < 0 ? Long.MAX_VALUE : whole, length - at);
        skip = Math.max(0, whole - over);
        at += over;
        continue;
      }
      int end = at + HEADER + (int) size;
      if (end + FOOTER > length) {
        break;
      }
      if (MaskedCrc.of(buffer, at + HEADER, (int) size) != little(buffer, end, 4).getInt()) {
        damaged++;
        drop(String.format(Locale.ROOT, "byte %d: a record's checksum is wrong", offset + at));
      } else {
        event(at + HEADER, end);
      }
      at = end + FOOTER;
    }
    System.arraycopy(buffer, at, buffer, 0, length - at);
    length -= at;
    offset += at;
  }

  private void event(int from, int to) {
    try {
      double step = 0;
      Fields event = new Fields(from, to);
      while (event.next()) {
        switch (event.field) {
          case 1 -> row.time(event.asDouble());
          case 2 -> step = event.number;
          case 5 -> summary(new Fields(event.begin, event.end));
          default -> {}
        }
      }
      row.step(step);
      emit();
    } catch (IndexOutOfBoundsException e) {
      drop(String.format(Locale.ROOT, "byte %d: a record is no event", offset + from));
    }
  }

  private void summary(Fields summary) {
    while (summary.next()) {
      if (summary.field == 1 && summary.kind == DELIMITED) {
        value(new Fields(summary.begin, summary.end));
      }
    }
  }

  private void value(Fields value) {
    String tag = "";
    double number = 0;
    boolean found = false;
    while (value.next()) {
      if (value.field == 1 && value.kind == DELIMITED) {
        tag = new String(buffer, value.begin, value.end - value.begin, StandardCharsets.UTF_8);
      } else if (value.field == 2 && value.kind == FIXED_32) {
        number = value.asFloat();
        found = true;
      } else if (value.field == 8 && value.kind == DELIMITED) {
        Tensor tensor = new Tensor();
        tensor.read(new Fields(value.begin, value.end));
        found |= tensor.found;
        number = tensor.found ? tensor.value : number;
      }
    }
    if (found && !tag.isEmpty() && row.size() < MOST_COLUMNS) {
      row.put(tag, number);
    }
  }

  /** A TensorProto that holds one number. */
  private final class Tensor {
    private boolean found;
    private double value;

    void read(Fields tensor) {
      int type = 0;
      while (tensor.next()) {
        int size = tensor.end - tensor.begin;
        if (tensor.field == 1) {
          type = (int) tensor.number;
        } else if (tensor.field == 4 && type == DT_FLOAT && size == 4
            || tensor.field == 5 && tensor.kind == DELIMITED && size == 4) {
          found(little(buffer, tensor.begin, 4).getFloat());
        } else if (tensor.field == 4 && type == DT_DOUBLE && size == 8
            || tensor.field == 6 && tensor.kind == DELIMITED && size == 8) {
          found(little(buffer, tensor.begin, 8).getDouble());
        } else if (tensor.field == 5 && tensor.kind == FIXED_32) {
          found(tensor.asFloat());
        } else if (tensor.field == 6 && tensor.kind == FIXED_64) {
          found(tensor.asDouble());
        }
      }
    }

    private void found(double number) {
      found = true;
      value = number;
    }
  }

  /** The fields of a message, one after the other (protobuf.dev/programming-guides/encoding). */
  private final class Fields {
    private int at;
    private final int limit;
    private int field;
    private int kind;
    private long number;
    private int begin;
    private int end;

    Fields(int from, int to) {
      at = from;
      limit = to;
    }

    boolean next() {
      if (at >= limit) {
        return false;
      }
      long key = varint();
      field = (int) (key >>> 3);
      kind = (int) (key & 7);
      switch (kind) {
        case VARINT -> number = varint();
        case FIXED_64 -> span(8);
        case DELIMITED -> {
          long size = varint();
          if (size < 0 || size > limit - at) {
            throw new IndexOutOfBoundsException();
          }
          span((int) size);
        }
        case FIXED_32 -> span(4);
        default -> throw new IndexOutOfBoundsException();
      }
      return true;
    }

    private void span(int size) {
      if (size > limit - at) {
        throw new IndexOutOfBoundsException();
      }
      begin = at;
      end = at + size;
      at = end;
    }

    private long varint() {
      long result = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= limit) {
          throw new IndexOutOfBoundsException();
        }
        byte b = buffer[at++];
        result |= (b & 0x7FL) << shift;
        if (b >= 0) {
          return result;
        }
      }
      throw new IndexOutOfBoundsException();
    }

    double asDouble() {
      return kind == FIXED_64 ? little(buffer, begin, 8).getDouble() : Double.NaN;
    }

    double asFloat() {
      return kind == FIXED_32 ? little(buffer, begin, 4).getFloat() : Double.NaN;
    }
  }

  @Override
  void end() {}

  @Override
  long partial() {
    return length;
  }
}
