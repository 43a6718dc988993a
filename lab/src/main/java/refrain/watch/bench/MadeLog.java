package refrain.watch.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.watch.Direction;
import refrain.watch.Transform;

/**
 * A log of one metric of which it is known whether it changes and when.
 *
 * @param name what it is called
 * @param better which way
 * @param transform of its values
 * @param rows in the order in which they are written
 * @param changes none, one or several, in their order
 */
public record MadeLog(
    String name, Direction better, Transform transform, List<Row> rows, List<Change> changes) {
  /** A value at a step, and the learning rate then; NaN: the log has no column of it. */
  public record Row(double step, double value, double rate) {}

  /**
   * A change.
   *
   * @param onset a tenth of it has come, steps
   * @param middle steps
   * @param end nine tenths have, steps
   */
  public record Change(double onset, double middle, double end) {}

  /** Copies the lists. */
  public MadeLog {
    rows = List.copyOf(rows);
    changes = List.copyOf(changes);
  }

  /** The metric's column: its name says the direction to whoever reads the log. */
  public String column() {
    return better == Direction.DOWN ? "loss" : "accuracy";
  }

  /** Steps from one row to the next, median. */
  double cadence() {
    List<Row> clean = clean();
    double[] between = new double[Math.max(1, clean.size() - 1)];
    between[0] = 1;
    for (int i = 1; i < clean.size(); i++) {
      between[i - 1] = clean.get(i).step - clean.get(i - 1).step;
    }
    Arrays.sort(between);
    return between[between.length / 2];
  }

  /** As JSON lines. */
  public String json() {
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      text.append(String.format(Locale.ROOT, "{\"step\":%.0f", row.step));
      if (!Double.isNaN(row.rate)) {
        text.append(",\"lr\":").append(row.rate);
      }
      text.append(",\"").append(column()).append("\":").append(row.value).append("}\n");
    }
    return text.toString();
  }

  /** Rows in order, each step once, numbers alone: what a method can use that reads no logs. */
  List<Row> clean() {
    List<Row> clean = new ArrayList<>();
    double last = Double.NEGATIVE_INFINITY;
    for (Row row : rows) {
      if (row.step > last && Double.isFinite(row.value)) {
        clean.add(row);
        last = row.step;
      }
    }
    return clean;
  }
}
