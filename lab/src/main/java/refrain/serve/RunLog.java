package refrain.serve;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.MetricsRow;
import refrain.store.MetricsTail;
import refrain.store.RunFolder;
import refrain.train.Metrics;

/**
 * A run's metrics in columns, of which only what is new is read. A column holds the rows that have
 * it: most numbers are measured at every tenth step.
 */
final class RunLog {
  private static final Pattern OF_HEAD = Pattern.compile(".+\\.L\\d+H\\d+");
  private static final int FIRST = 64;

  /** A list of the same length in each row that has it counts as that many numbers. */
  private static final class Column {
    final int width;
    int[] rows = new int[FIRST];
    float[] values;
    int size;

    Column(int width) {
      this.width = width;
      this.values = new float[FIRST * width];
    }

    void add(int row, double[] numbers) {
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
        values = Arrays.copyOf(values, 2 * size * width);
      }
      rows[size] = row;
      for (int i = 0; i < width; i++) {
        values[size * width + i] = i < numbers.length ? (float) numbers[i] : Float.NaN;
      }
      size++;
    }
  }

  private final MetricsTail tail;
  private final String path;
  private long[] steps = new long[FIRST];
  private int rows;
  private final Map<String, Column> columns = new LinkedHashMap<>();

  RunLog(RunFolder run) {
    this.tail = run.tail();
    this.path = run.path().resolve("metrics.jsonl").toString();
  }

  /**
   * Reads what was written since the last time.
   *
   * @throws RefrainException of kind BAD_FILE for a damaged row
   */
  private void read() {
    for (boolean more = true; more; ) {
      MetricsTail.Update update = tail.poll();
      if (update.restarted()) {
        rows = 0;
        columns.clear();
      }
      update.rows().forEach(this::add);
      more = !update.rows().isEmpty();
    }
  }

  private void add(MetricsRow row) {
    if (rows > 0 && row.step() <= steps[rows - 1]) {
      throw RefrainException.badFile(
          "%s: step %s follows step %s: it is damaged; '%s' trains what is lost again",
          path, row.step(), steps[rows - 1], "./refrain train --resume");
    }
    if (rows == steps.length) {
      steps = Arrays.copyOf(steps, 2 * rows);
    }
    int at = rows++;
    steps[at] = row.step();
    row.values()
        .forEach((name, value) ->
            columns.computeIfAbsent(name, _ -> new Column(1)).add(at, new double[] {value}));
    double[] byIndex = row.list(Metrics.LOSS_BY_INDEX);
    if (byIndex != null) {
      columns
          .computeIfAbsent(Metrics.LOSS_BY_INDEX, _ -> new Column(byIndex.length))
          .add(at, byIndex);
    }
  }

  /** The bytes that it holds, about. */
  synchronized long bytes() {
    long sum = 8L * steps.length;
    for (Column column : columns.values()) {
      sum += 4L * (column.rows.length + column.values.length) + 100;
    }
    return sum;
  }

  /** The names of numbers that are no head's. */
  synchronized Set<String> curves() {
    read();
    Set<String> names = new LinkedHashSet<>(columns.keySet());
    names.removeIf(name -> OF_HEAD.matcher(name).matches() || name.equals(Metrics.LOSS_BY_INDEX));
    return names;
  }

  /** The step of the last row; -1: there is none. */
  synchronized long last() {
    read();
    return rows == 0 ? -1 : steps[rows - 1];
  }

  /** The keys of which each head has a number. */
  synchronized Set<String> ofHeads() {
    read();
    Set<String> keys = new TreeSet<>();
    for (String name : columns.keySet()) {
      if (OF_HEAD.matcher(name).matches()) {
        keys.add(name.substring(0, name.lastIndexOf('.')));
      }
    }
    return keys;
  }

  /** Numbers of all rows from one on, NaN where a row has none. */
  synchronized byte[] series(List<String> keys, long asked) {
    read();
    int from = (int) Math.min(asked, rows);
    int n = rows - from;
    Binary out = new Binary(16 + 8L * n + 4L * n * keys.size());
    out.u32(n, keys.size(), rows, 0).f64(Arrays.copyOfRange(steps, from, rows));
    for (String key : keys) {
      float[] dense = new float[n];
      Arrays.fill(dense, Float.NaN);
      Column column = columns.get(key);
      if (column != null && column.width == 1) {
        int first = Arrays.binarySearch(column.rows, 0, column.size, from);
        for (int i = first < 0 ? -first - 1 : first; i < column.size; i++) {
          dense[column.rows[i] - from] = column.values[i];
        }
      }
      out.f32(dense);
    }
    return out.bytes();
  }

  /** A measure of each head in the rows that have it, [row, layer, head]. */
  synchronized byte[] heads(String key, int layers, int heads) {
    read();
    int width = layers * heads;
    Column[] each = new Column[width];
    for (int i = 0; i < width; i++) {
      each[i] = columns.get(key + ".L" + i / heads + "H" + i % heads);
    }
    Column first = each[0];
    int n = first == null ? 0 : first.size;
    float[] values = new float[n * width];
    for (int i = 0; i < width; i++) {
      Column column = each[i];
      for (int row = 0; row < n; row++) {
        values[row * width + i] =
            column == null || row >= column.size ? Float.NaN : column.values[row];
      }
    }
    return new Binary(16 + 8L * n + 4L * values.length)
        .u32(n, layers, heads, 0)
        .f64(steps(first))
        .f32(values)
        .bytes();
  }

  /** The loss by token index in the rows that have it, [row, T]. */
  synchronized byte[] index() {
    read();
    Column column = columns.get(Metrics.LOSS_BY_INDEX);
    int n = column == null ? 0 : column.size;
    int width = column == null ? 0 : column.width;
    Binary out = new Binary(8 + 8L * n + 4L * n * width).u32(n, width).f64(steps(column));
    return column == null ? out.bytes() : out.f32(Arrays.copyOf(column.values, n * width)).bytes();
  }

  private long[] steps(@Nullable Column column) {
    long[] of = new long[column == null ? 0 : column.size];
    for (int i = 0; i < of.length && column != null; i++) {
      of[i] = steps[column.rows[i]];
    }
    return of;
  }
}
