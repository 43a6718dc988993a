package refrain.watch.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a file of lines. A line ends with a line feed, a carriage return (progress bars) or both;
 * bytes that are no UTF-8 become question marks.
 */
abstract class LineReader extends RowReader {
  /** A longer line is no row of numbers; it is dropped while it is read, so memory stays flat. */
  private static final int LONGEST = 1 << 22;

  private byte[] line = new byte[256];
  private int length;
  private boolean tooLong;
  long number;

  LineReader(RowSink sink) {
    super(sink);
  }

  /** A whole line, without its end. */
  abstract void line(String text);

  /** The last line, which has no end. */
  void lastLine(String text) {
    line(text);
  }

  @Override
  final void feed(byte[] data, int from, int to) {
    bytes += to - from;
    int begin = from;
    for (int i = from; i < to; i++) {
      if (data[i] == '\n' || data[i] == '\r') {
        keep(data, begin, i);
        begin = i + 1;
        number += data[i] == '\n' ? 1 : 0;
        whole();
      }
    }
    keep(data, begin, to);
  }

  private void keep(byte[] data, int from, int to) {
    if (tooLong || length + (to - from) > LONGEST) {
      tooLong = true;
      return;
    }
    if (length + (to - from) > line.length) {
      line = Arrays.copyOf(line, Math.max(length + (to - from), 2 * line.length));
    }
    System.arraycopy(data, from, line, length, to - from);
    length += to - from;
  }

  private void whole() {
    if (tooLong) {
      drop("line " + number + ": is longer than 4 MB");
    } else if (length > 0) {
      line(new String(line, 0, length, StandardCharsets.UTF_8));
    }
    length = 0;
    tooLong = false;
  }

  @Override
  void end() {
    if (length > 0 && !tooLong) {
      number++;
      lastLine(new String(line, 0, length, StandardCharsets.UTF_8));
    }
    length = 0;
    tooLong = false;
  }

  @Override
  final long partial() {
    return length;
  }
}
