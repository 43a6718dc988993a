package refrain.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import refrain.base.Csv;

/**
 * A table of texts, numbers and verdicts, written as HTML or CSV.
 *
 * @param columns headings
 * @param rows each as long as the columns
 */
public record Table(List<Column> columns, List<List<Cell>> rows) {
  /**
   * @param name heading
   * @param unit its unit, "" for none
   * @param numeric aligned to the right, in figures of equal width
   */
  public record Column(String name, String unit, boolean numeric) {
    public static Column text(String name) {
      return new Column(name, "", false);
    }

    public static Column number(String name, String unit) {
      return new Column(name, unit, true);
    }

    private String heading() {
      return unit.isEmpty() ? name : name + " (" + unit + ")";
    }
  }

  /** A column with what stands in it for each element of a list. */
  public record Of<T>(Column column, Function<T, Cell> cell) {
    public static <T> Of<T> text(String name, Function<T, String> of) {
      return new Of<>(Column.text(name), row -> new Text(of.apply(row)));
    }

    public static <T> Of<T> number(String name, String unit, int decimals, ToDoubleFunction<T> of) {
      return new Of<>(
          Column.number(name, unit), row -> new Number(of.applyAsDouble(row), decimals));
    }
  }

  /** A table with a row an element. */
  public static <T> Table of(List<T> elements, List<Of<T>> columns) {
    return new Table(
        columns.stream().map(Of::column).toList(),
        elements.stream()
            .map(row -> columns.stream().map(column -> column.cell().apply(row)).toList())
            .toList());
  }

  /** What stands in a cell. */
  public sealed interface Cell {
    /** The cell without markup. */
    String plain();
  }

  /** Text; backticks mark code, see {@link Prose}. */
  public record Text(String plain) implements Cell {}

  /** A number with a fixed number of decimals; NaN reads "not measured". */
  public record Number(double value, int decimals) implements Cell {
    @Override
    public String plain() {
      return Num.fixed(value, decimals);
    }
  }

  /** An estimate with its interval. */
  public record Interval(double value, double lo, double hi, int decimals) implements Cell {
    @Override
    public String plain() {
      String estimate = Num.fixed(value, decimals);
      return Double.isNaN(lo) || Double.isNaN(hi)
          ? estimate
          : estimate + " [" + Num.fixed(lo, decimals) + ", " + Num.fixed(hi, decimals) + "]";
    }
  }

  /** A verdict with a detail, for example "(n = 3)". */
  public record Verdict(Badge badge, String detail) implements Cell {
    @Override
    public String plain() {
      return badge.word() + (detail.isEmpty() ? "" : " " + detail);
    }
  }

  public Table {
    columns = List.copyOf(columns);
    List<List<Cell>> copy = new ArrayList<>();
    for (List<Cell> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "row " + copy.size() + " has " + row.size() + " cells, expected " + columns.size());
      }
      copy.add(List.copyOf(row));
    }
    rows = List.copyOf(copy);
  }

  void html(Markup m, Terms.Writer terms) {
    Terms.Writer.Piece piece = terms.piece();
    m.open("table").open("thead").open("tr");
    for (Column column : columns) {
      m.open("th", "scope", "col", "class", kind(column));
      piece.text(m, column.name());
      if (!column.unit().isEmpty()) {
        m.text(" ").element("span", column.unit(), "class", "unit");
      }
      m.close();
    }
    m.close().close().line().open("tbody");
    for (List<Cell> row : rows) {
      m.open("tr");
      for (int i = 0; i < row.size(); i++) {
        String tag = i == 0 ? "th" : "td";
        Object[] scope = i == 0 ? new Object[] {"scope", "row"} : new Object[0];
        m.open(tag, Markup.all(scope, new Object[] {"class", kind(columns.get(i))}));
        switch (row.get(i)) {
          case Text text -> Prose.inline(m, text.plain(), piece);
          case Verdict verdict -> verdict.badge().write(m, verdict.detail());
          case Cell cell -> m.text(cell.plain());
        }
        m.close();
      }
      m.close().line();
    }
    m.close().close();
  }

  private static String kind(Column column) {
    return column.numeric() ? "num" : "txt";
  }

  /** The table as RFC 4180, numbers with full precision and an ASCII minus; NaN is empty. */
  public String csv() {
    StringBuilder b = new StringBuilder();
    b.append(String.join(",", columns.stream().map(c -> Csv.cell(c.heading())).toList()));
    for (List<Cell> row : rows) {
      b.append("\r\n");
      b.append(String.join(",", row.stream().map(Table::csv).toList()));
    }
    return b.append("\r\n").toString();
  }

  /** Counts without a point. */
  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole ? Long.toString((long) value) : Double.toString(value);
  }

  private static String csv(Cell cell) {
    return switch (cell) {
      case Number n -> number(n.value());
      case Cell other -> Csv.cell(other.plain().replace('−', '-'));
    };
  }
}
