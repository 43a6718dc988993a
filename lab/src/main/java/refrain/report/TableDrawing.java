package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import refrain.analysis.Findings;
import refrain.draw.Num;
import refrain.draw.Table;
import refrain.report.Item.Column;
import refrain.report.Item.Form;
import refrain.study.Study.Cell;

/** Draws {@link Item.Grid}. */
record TableDrawing(Reading reading) {
  private static final Table.Cell NONE = new Table.Text("none");

  /** Empty where no row has a run. */
  Optional<Table> draw(Item.Grid item) {
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.Column.text(item.first()));
    for (Column column : item.columns()) {
      columns.add(new Table.Column(column.name(), column.unit(), numeric(column.form())));
    }
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Item.Line row : item.rows()) {
      List<Cell> cells = reading.results().cells(row.variant());
      boolean needed = item.needs().isEmpty() || reading.any(row.variant(), item.needs());
      if (cells.isEmpty() || !needed) {
        continue;
      }
      if (!row.seeds()) {
        String label = row.label().isEmpty() ? row.variant() : reading.text(row.label());
        rows.add(row(label, item.columns(), row, cells));
        continue;
      }
      for (Cell cell : cells) {
        if (item.needs().isEmpty() || !Double.isNaN(value(cell, item.needs()))) {
          rows.add(row(Integer.toString(cell.seed()), item.columns(), row, List.of(cell)));
        }
      }
    }
    return rows.size() < item.least() ? Optional.empty() : Optional.of(new Table(columns, rows));
  }

  private static boolean numeric(Form form) {
    return switch (form) {
      case MEAN, INTERVAL, MEAN_RANGE, RUNS, DATE -> true;
      case RANGE, COUNT, EACH, HEADS -> false;
    };
  }

  private List<Table.Cell> row(
      String label, List<Column> columns, Item.Line row, List<Cell> cells) {
    List<Table.Cell> filled = new ArrayList<>();
    filled.add(new Table.Text(label));
    for (Column column : columns) {
      filled.add(cell(column, row, cells));
    }
    return filled;
  }

  private Table.Cell cell(Column column, Item.Line row, List<Cell> cells) {
    if (column.form() == Form.HEADS) {
      return new Table.Text(heads(reading.results().findings(cells.getFirst()), column.heads()));
    }
    double[] values = values(cells, row.filled(column.quantity()));
    for (int i = 0; i < values.length; i++) {
      values[i] /= column.per();
      values[i] = column.log10() ? Math.log10(values[i]) : values[i];
    }
    Samples samples = Samples.of(values);
    int decimals = column.decimals();
    return switch (column.form()) {
      case COUNT ->
          new Table.Text(
              (int) Arrays.stream(values).filter(Double::isFinite).sum() + " of " + values.length);
      case RUNS -> new Table.Number(samples.points().size(), 0);
      case EACH -> new Table.Text(each(samples.points()));
      case DATE -> date(column, row, cells, samples.mean());
      case MEAN -> number(samples.mean(), decimals);
      case INTERVAL -> new Table.Interval(samples.mean(), samples.low(), samples.high(), decimals);
      case MEAN_RANGE ->
          new Table.Interval(samples.mean(), samples.least(), samples.largest(), decimals);
      case RANGE ->
          samples.points().isEmpty()
              ? NONE
              : new Table.Text(
                  Num.fixed(samples.least(), decimals)
                      + " to "
                      + Num.fixed(samples.largest(), decimals));
      case HEADS -> throw new IllegalStateException("heads are no number");
    };
  }

  private double[] values(List<Cell> cells, String quantity) {
    return cells.stream().mapToDouble(cell -> value(cell, quantity)).toArray();
  }

  private double value(Cell cell, String quantity) {
    return reading.results().findings(cell).value(quantity);
  }

  private static Table.Cell number(double value, int decimals) {
    return Double.isNaN(value) ? NONE : new Table.Number(value, decimals);
  }

  private Table.Cell date(Column column, Item.Line row, List<Cell> cells, double at) {
    if (Double.isNaN(at)) {
      return NONE;
    }
    double low = values(cells, row.filled(column.low()))[0];
    double high = values(cells, row.filled(column.high()))[0];
    return new Table.Interval(at, low, high, column.decimals());
  }

  /** Such as "1 (2), 2 (1)": two runs have a 1 and one has a 2. */
  private static String each(List<Double> values) {
    TreeMap<Integer, Integer> runs = new TreeMap<>();
    values.forEach(value -> runs.merge(value.intValue(), 1, Integer::sum));
    List<String> words = new ArrayList<>();
    runs.forEach((value, n) -> words.add(value + " (" + n + ")"));
    return words.isEmpty() ? "none" : String.join(", ", words);
  }

  /** Such as "L1H0 L1H3", or "layer 1" where all of it is among them. */
  private static String heads(Findings found, String beginning) {
    TreeMap<String, List<String>> layers = new TreeMap<>();
    for (String head : CurvesDrawing.heads(found, beginning)) {
      String layer = head.substring(1, head.indexOf('H'));
      layers.computeIfAbsent(layer, any -> new ArrayList<>()).add(head);
    }
    List<String> names = new ArrayList<>();
    layers.forEach((layer, heads) -> {
      List<String> in = heads.stream().filter(h -> found.value(beginning + h) == 1).toList();
      names.addAll(in.size() == heads.size() ? List.of("layer " + layer) : in);
    });
    return names.isEmpty() ? "none" : String.join(" ", names);
  }
}
