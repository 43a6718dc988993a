package refrain.watch.follow;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.watch.log.ColumnNames;
import refrain.watch.log.LogRow;

/**
 * The steps of rows: those of the format, a column's, or rows counted from 1. Chosen once, by the
 * first {@value #DECIDING} rows, so that the same file has the same axis however fast it comes. A
 * batch that begins anew with each epoch goes on where the epoch before ended.
 */
final class Axis {
  static final int DECIDING = 12;

  /** The name that asks for counted rows. */
  static final String ROWS = "rows";

  private final @Nullable String column;
  private final @Nullable String epoch;
  private final boolean own;
  private long counted;
  private double offset;
  private double lastRaw = Double.NaN;
  private double lastEpoch = Double.NaN;
  private double cadence = 1;
  private double last = Double.NaN;

  private Axis(boolean own, @Nullable String column, @Nullable String epoch) {
    this.own = own;
    this.column = column;
    this.epoch = epoch;
  }

  /**
   * Chooses.
   *
   * @param rows the first ones
   * @param asked a column's name, or {@code rows}; null to find one
   * @param where what errors call the log
   * @throws RefrainException of kind BAD_FILE where rows have no order in time
   */
  static Axis choose(List<LogRow> rows, @Nullable String asked, String where) {
    if (asked != null) {
      return asked.equals(ROWS) ? new Axis(false, null, null) : new Axis(false, asked, null);
    }
    if (!rows.isEmpty() && !Double.isNaN(rows.getFirst().step())) {
      return new Axis(true, null, null);
    }
    Set<String> names = new LinkedHashSet<>();
    for (LogRow row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (ColumnNames.axis(row.name(i)) >= 0) {
          names.add(row.name(i));
        }
      }
    }
    List<String> candidates = new ArrayList<>(names);
    candidates.sort((a, b) -> Integer.compare(ColumnNames.axis(a), ColumnNames.axis(b)));
    String epoch = candidates.stream().filter(ColumnNames::isEpoch).findFirst().orElse(null);
    String disordered = null;
    for (String name : candidates) {
      Order order = order(rows, name, epoch);
      if (order == Order.RISES) {
        return new Axis(false, name, name.equals(epoch) ? null : epoch);
      }
      if (order == Order.NONE) {
        disordered = name;
      }
    }
    if (disordered != null) {
      throw RefrainException.badFile(
          "%s: its rows have no order in time: '%s' goes up and down; sort them, or say --step with"
              + " the column to go by (--step rows where they are in order)",
          where, disordered);
    }
    boolean timed = rows.stream().anyMatch(row -> !Double.isNaN(row.time()));
    long named = rows.stream().filter(row -> row.texts() > 0).count();
    if (!timed && named > 0.8 * rows.size() && rows.size() > 1) {
      throw RefrainException.badFile(
          "%s: its rows have names and neither step nor time, so nothing says that they follow each"
              + " other; say --step rows where they do",
          where);
    }
    return new Axis(false, null, null);
  }

  private enum Order {
    RISES,
    STANDS,
    NONE
  }

  private static Order order(List<LogRow> rows, String name, @Nullable String epoch) {
    double before = Double.NaN;
    double epochBefore = Double.NaN;
    int up = 0;
    int down = 0;
    for (LogRow row : rows) {
      if (!row.has(name)) {
        continue;
      }
      double now = row.value(name);
      double epochNow = epoch == null ? Double.NaN : row.value(epoch);
      if (now > before) {
        up++;
      } else if (now < before && !(epochNow > epochBefore)) {
        down++;
      }
      before = now;
      epochBefore = epochNow;
    }
    if (3 * down > up) {
      return Order.NONE;
    }
    return up > 0 || rows.size() < 3 ? Order.RISES : Order.STANDS;
  }

  /** The step of the next row; NaN where it has none and none was before. */
  double step(LogRow row) {
    counted++;
    if (own) {
      return row.step();
    }
    if (column == null) {
      return counted;
    }
    double raw = row.value(column);
    if (!Double.isFinite(raw)) {
      return last; // damaged, or a row that leaves it out
    }
    if (epoch != null && row.has(epoch)) {
      double now = row.value(epoch);
      if (raw < lastRaw && now > lastEpoch) {
        offset += lastRaw + cadence - raw;
      } else if (raw < lastRaw) {
        offset = 0; // another attempt: its steps are its own
      }
      lastEpoch = now;
    }
    if (raw > lastRaw) {
      cadence = raw - lastRaw;
    }
    lastRaw = raw;
    last = raw + offset;
    return last;
  }

  /** The log begins again; counted rows do too. */
  void begunAgain() {
    counted = 0;
    offset = 0;
    lastRaw = Double.NaN;
    lastEpoch = Double.NaN;
  }

  /** Whether rows, episodes or epochs are counted and not steps. */
  boolean coarse() {
    return !own && (column == null || ColumnNames.coarse(column));
  }

  boolean isColumn(String name) {
    return name.equals(column) || name.equals(epoch);
  }

  /** For people. */
  String text() {
    if (own) {
      return "steps of the file";
    }
    return column == null ? "no step column: rows counted from 1" : "steps from '" + column + "'";
  }
}
