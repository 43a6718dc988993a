package refrain.watch.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One row of a log: named numbers in the order of the file. Readers fill one and the same row again
 * and again; who keeps something of it copies it.
 */
public final class LogRow {
  private final List<String> names = new ArrayList<>();
  private double[] values = new double[16];
  private double step = Double.NaN;
  private double time = Double.NaN;
  private int texts;

  void clear() {
    names.clear();
    step = Double.NaN;
    time = Double.NaN;
    texts = 0;
  }

  void put(String name, double value) {
    if (names.size() == values.length) {
      values = Arrays.copyOf(values, 2 * values.length);
    }
    values[names.size()] = value;
    names.add(name);
  }

  void step(double step) {
    this.step = step;
  }

  void time(double seconds) {
    this.time = seconds;
  }

  /** Counts a cell that is a text, such as a name. */
  void text() {
    texts++;
  }

  public int size() {
    return names.size();
  }

  public String name(int i) {
    return names.get(i);
  }

  /** A number; NaN and the infinities where the file says so. */
  public double value(int i) {
    return values[i];
  }

  /** The number of a name; NaN where the row has none. */
  public double value(String name) {
    int at = names.indexOf(name);
    return at < 0 ? Double.NaN : values[at];
  }

  public boolean has(String name) {
    return names.contains(name);
  }

  /** The step that the format itself gives to each row; NaN where steps are columns, or none. */
  public double step() {
    return step;
  }

  /** When it was written, seconds since 1970; NaN where the file does not say. */
  public double time() {
    return time;
  }

  /** How many cells were texts. */
  public int texts() {
    return texts;
  }

  /** What the row says now, kept. */
  public LogRow copy() {
    LogRow copy = new LogRow();
    copy.names.addAll(names);
    copy.values = values.clone();
    copy.step = step;
    copy.time = time;
    copy.texts = texts;
    return copy;
  }

  /** A hash of all that it says, for whether a file still begins as it did. */
  public long hash() {
    long hash = Double.hashCode(step);
    for (int i = 0; i < names.size(); i++) {
      // A sum: a rewritten table may have its columns in another order.
      hash +=
          names.get(i).hashCode() * 0x9E3779B97F4A7C15L
              ^ Double.doubleToLongBits(values[i]) * 0xC2B2AE3D27D4EB4FL;
    }
    return hash;
  }
}
