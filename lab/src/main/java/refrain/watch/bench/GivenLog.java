package refrain.watch.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.base.RefrainException;
import refrain.watch.Direction;
import refrain.watch.bench.MadeLog.Change;
import refrain.watch.bench.MadeLog.Row;
import refrain.watch.follow.Metric;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.WatchEvent;
import refrain.watch.follow.WatchOptions;
import refrain.watch.log.LogPlaces;

/**
 * A metric of somebody's log of which a person said when it changes, before any method ran.
 *
 * @param log its rows as the watch reads them
 * @param events what the watch says of it
 */
record GivenLog(MadeLog log, List<WatchEvent> events) {
  private static final int COLUMNS = 5;

  /**
   * Reads what is to be found where.
   *
   * @param windows a table of log, metric, better (up or down), from and to in steps, with tabs
   *     between and a heading; several rows for several changes; empty from and to: nothing changes
   * @throws RefrainException of kind BAD_FILE where a line says something else
   */
  static List<GivenLog> of(Path windows) {
    List<GivenLog> logs = new ArrayList<>();
    String before = "";
    List<Change> changes = new ArrayList<>();
    List<String[]> rows = rows(windows);
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      String what = row[0] + "\t" + row[1];
      if (!what.equals(before)) {
        changes = new ArrayList<>();
      }
      before = what;
      if (!row[3].isEmpty()) {
        double from = number(windows, i, row[3]);
        double to = number(windows, i, row[4]);
        changes.add(new Change(from, (from + to) / 2, to));
      }
      boolean last =
          i + 1 == rows.size() || !what.equals(rows.get(i + 1)[0] + "\t" + rows.get(i + 1)[1]);
      if (last) {
        Direction better = row[2].equals("up") ? Direction.UP : Direction.DOWN;
        logs.add(read(windows.toAbsolutePath().resolveSibling(row[0]), row[1], better, changes));
      }
    }
    return logs;
  }

  private static double number(Path windows, int row, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw RefrainException.badFile(
          "%s:%s: expected a step, found '%s'".formatted(windows, row + 2, text), e);
    }
  }

  private static List<String[]> rows(Path windows) {
    List<String[]> rows = new ArrayList<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(windows);
    } catch (IOException e) {
      throw RefrainException.disk(windows + ": cannot be read: " + e.getMessage(), e);
    }
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split("\t", -1);
      if (cells.length < COLUMNS || !List.of("up", "down").contains(cells[2])) {
        throw RefrainException.badFile(
            "%s:%s: expected log, metric, better (up or down), from, to with tabs between, found"
                + " '%s'",
            windows, i + 1, lines.get(i));
      }
      rows.add(cells);
    }
    return rows;
  }

  private static GivenLog read(Path log, String name, Direction better, List<Change> changes) {
    Metric metric = Metric.parse(name + ":" + better.name().toLowerCase(Locale.ROOT));
    WatchOptions options =
        new WatchOptions(
            List.of(metric),
            WatchOptions.DEFAULT.step(),
            WatchOptions.DEFAULT.rate(),
            WatchOptions.DEFAULT.detector());
    List<WatchEvent> events = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    RunWatch watch =
        new RunWatch(
            LogPlaces.find(log, null).getFirst(),
            options,
            events::add,
            (column, step, value, rate) -> rows.add(new Row(step, value, rate)));
    watch.poll();
    watch.end();
    return new GivenLog(
        new MadeLog(log.getFileName() + " " + name, better, metric.transform(), rows, changes),
        List.copyOf(events));
  }
}
