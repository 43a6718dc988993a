package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import refrain.catalog.RunRow;
import refrain.draw.Table;
import refrain.train.sweep.Sweep;

/**
 * A row a run, with the settings that are varied; where seeds are varied, each setting is followed
 * by the mean over its runs that ended with a result, and the range.
 */
final class SweepTable {
  private record Row(Sweep.Cell cell, @Nullable RunRow run, double seconds) {
    /** Whether it ended with a result: means are of those alone. */
    boolean counts() {
      return run != null
          && (run.state() == RunRow.State.DONE || run.state() == RunRow.State.STOPPED);
    }
  }

  /**
   * A number of a run.
   *
   * @param decimals on the terminal
   */
  private record Value(String name, int decimals, ToDoubleFunction<Row> of) {}

  private static final List<Value> VALUES =
      List.of(
          new Value("step", 0, row -> of(row, r -> (double) r.step())),
          new Value("formed", 0, row -> of(row, r -> r.formed() ? 1 : 0)),
          new Value(
              "formation",
              0,
              row -> of(row, r -> r.formation() == null ? Double.NaN : (double) r.formation())),
          new Value("icl", 2, row -> of(row, r -> r.icl().score())),
          new Value("error", 2, row -> of(row, r -> r.icl().error())),
          new Value("n", 0, row -> of(row, r -> r.icl().n())),
          new Value("prefix", 2, row -> of(row, RunRow::prefixMatching)),
          new Value("loss", 3, row -> of(row, RunRow::loss)),
          new Value("seconds", 0, Row::seconds));

  private final List<Row> rows = new ArrayList<>();

  /**
   * @param run null: it was not begun, or cannot be read
   * @param seconds of training; NaN: not known
   */
  void add(Sweep.Cell cell, @Nullable RunRow run, double seconds) {
    rows.add(new Row(cell, run, seconds));
  }

  private static double of(Row row, ToDoubleFunction<RunRow> of) {
    return row.run == null ? Double.NaN : of.applyAsDouble(row.run);
  }

  /** For the terminal. */
  List<String> lines() {
    List<String> columns = new ArrayList<>(paths());
    columns.addAll(
        List.of(
            ">seed",
            "run",
            "state",
            ">step",
            ">formed",
            ">ICL (n)",
            ">prefix",
            "head",
            ">loss",
            ">seconds"));
    TextTable table = new TextTable(columns.toArray(String[]::new));
    for (List<Row> group : groups()) {
      for (Row row : group) {
        table.row(cells(row));
      }
      if (summed(group)) {
        table.row(summary(group, "mean"));
        table.row(summary(group, "range"));
      }
    }
    return table.lines();
  }

  /** What is varied, the same in every row. */
  private List<String> paths() {
    return List.copyOf(rows.getFirst().cell.settings().keySet());
  }

  /** The runs of each setting, in the order in which they came. */
  private List<List<Row>> groups() {
    List<List<Row>> groups = new ArrayList<>();
    @Nullable Map<String, String> last = null;
    for (Row row : rows) {
      if (!row.cell.settings().equals(last)) {
        groups.add(new ArrayList<>());
        last = row.cell.settings();
      }
      groups.getLast().add(row);
    }
    return groups;
  }

  /** Whether there is a mean: seeds are varied, and some of these runs have a result. */
  private static boolean summed(List<Row> group) {
    return group.size() > 1 && group.stream().anyMatch(Row::counts);
  }

  private String[] cells(Row row) {
    List<String> cells = new ArrayList<>(row.cell.settings().values());
    cells.add(Objects.toString(row.cell.seed(), ""));
    RunRow run = row.run;
    if (run == null) {
      cells.addAll(List.of(row.cell.spec().id(), "none", "", "", "", "", "", "", ""));
      return cells.toArray(String[]::new);
    }
    cells.addAll(
        List.of(
            run.path().toString(),
            run.state().word(),
            Long.toString(run.step()),
            run.formation() == null ? "no" : Long.toString(run.formation()),
            run.iclWords(),
            shown(run.prefixMatching(), 2),
            run.head() == null ? "" : run.head().toString(),
            shown(run.loss(), 3),
            shown(row.seconds, 1)));
    return cells.toArray(String[]::new);
  }

  /** The mean of a setting's runs, or the lowest and the highest; formation: of those that have. */
  private static String[] summary(List<Row> group, String what) {
    List<String> cells = new ArrayList<>();
    group.getFirst().cell.settings().keySet().forEach(any -> cells.add(""));
    cells.addAll(List.of("", what, ""));
    for (Value value : VALUES) {
      Numbers numbers = Numbers.of(group, value);
      String low = shown(numbers.low, value.decimals);
      String high = shown(numbers.high, value.decimals);
      String shown =
          what.equals("mean")
              ? shown(numbers.mean, value.decimals)
              : low.equals(high) ? low : low + " to " + high;
      switch (value.name) {
        case "formed", "error", "n" -> {}
        case "formation" -> {
          Numbers formed = Numbers.of(group, VALUES.get(1));
          String count = " (" + Math.round(formed.sum) + " of " + formed.n + ")";
          cells.add(what.equals("mean") ? (numbers.n == 0 ? "no" : shown) + count : shown);
        }
        case "prefix" -> cells.addAll(List.of(shown, ""));
        default -> cells.add(shown);
      }
    }
    return cells.toArray(String[]::new);
  }

  /** One number over runs that have it, and that count. */
  private record Numbers(int n, double sum, double mean, double low, double high) {
    static Numbers of(List<Row> group, Value value) {
      double[] known =
          group.stream()
              .filter(Row::counts)
              .mapToDouble(value.of)
              .filter(x -> !Double.isNaN(x))
              .sorted()
              .toArray();
      double sum = 0;
      for (double x : known) {
        sum += x;
      }
      return known.length == 0
          ? new Numbers(0, 0, Double.NaN, Double.NaN, Double.NaN)
          : new Numbers(known.length, sum, sum / known.length, known[0], known[known.length - 1]);
    }
  }

  private static String shown(double value, int decimals) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** For programs: the same rows; a column says which are runs, means, minima and maxima. */
  String csv() {
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.Column.text("row"));
    paths().forEach(path -> columns.add(Table.Column.text(path)));
    for (String name : List.of("seed", "run", "state", "head")) {
      columns.add(Table.Column.text(name));
    }
    VALUES.forEach(value -> columns.add(Table.Column.number(value.name, "")));
    List<List<Table.Cell>> all = new ArrayList<>();
    for (List<Row> group : groups()) {
      for (Row row : group) {
        RunRow run = row.run;
        List<Table.Cell> cells =
            texts(
                "run",
                row,
                Objects.toString(row.cell.seed(), ""),
                run == null ? "" : run.path().toString(),
                run == null ? "" : run.state().word(),
                run == null ? "" : Objects.toString(run.head(), ""));
        VALUES.forEach(value -> cells.add(new Table.Number(value.of.applyAsDouble(row), 6)));
        all.add(cells);
      }
      if (summed(group)) {
        Row first = group.getFirst();
        List<Table.Cell> mean = texts("mean", first, "", "", "", "");
        List<Table.Cell> low = texts("min", first, "", "", "", "");
        List<Table.Cell> high = texts("max", first, "", "", "", "");
        for (Value value : VALUES) {
          Numbers numbers = Numbers.of(group, value);
          mean.add(new Table.Number(numbers.mean, 6));
          low.add(new Table.Number(numbers.low, 6));
          high.add(new Table.Number(numbers.high, 6));
        }
        all.addAll(List.of(mean, low, high));
      }
    }
    return new Table(columns, all).csv();
  }

  /** The columns before the numbers. */
  private static List<Table.Cell> texts(String kind, Row row, String... more) {
    List<Table.Cell> cells = new ArrayList<>();
    cells.add(new Table.Text(kind));
    row.cell.settings().values().forEach(value -> cells.add(new Table.Text(value)));
    for (String text : more) {
      cells.add(new Table.Text(text));
    }
    return cells;
  }
}
