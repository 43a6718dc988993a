package refrain.store;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import refrain.base.RefrainException;

/** The rows of a metrics log as columns, for figures and statistics. */
public final class MetricsTable {
  private final String source;
  private final List<MetricsRow> rows;

  private MetricsTable(String source, List<MetricsRow> rows) {
    this.source = source;
    this.rows = rows;
  }

  /**
   * One metric over the steps at which it was measured.
   *
   * @param steps strictly increasing
   * @param values as many as steps; may hold NaN where the measure gave NaN
   */
  public record Series(String name, long[] steps, double[] values) {}

  /** A list-valued metric, a row for each step at which it was measured. */
  public record Lists(String name, long[] steps, double[][] values) {}

  /** Reads a log; a log that does not exist yet is an empty table. */
  public static MetricsTable read(Path file) {
    return new MetricsTable(file.getFileName().toString(), MetricsLog.read(file));
  }

  /** The same with those numbers only that are named, and much faster. */
  static MetricsTable skim(Path file, Set<String> names) {
    return new MetricsTable(file.getFileName().toString(), MetricsSkim.read(file, names));
  }

  public List<MetricsRow> rows() {
    return rows;
  }

  /** The rows in which a number was measured. */
  public List<MetricsRow> having(String name) {
    return rows.stream().filter(row -> row.values().containsKey(name)).toList();
  }

  /** The step of each row. */
  public long[] steps() {
    return rows.stream().mapToLong(MetricsRow::step).toArray();
  }

  /** The names of all number columns, in the order of their first appearance. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.values().keySet()));
    return names;
  }

  /**
   * A metric at the steps where it was measured.
   *
   * @throws RefrainException of kind BAD_INPUT, listing the names, when no row has it
   */
  public Series series(String name) {
    List<MetricsRow> having = having(name);
    if (having.isEmpty()) {
      throw RefrainException.badInput(
          "%s: no metric '%s'; it has %s", source, name, String.join(", ", new TreeSet<>(names())));
    }
    return new Series(
        name,
        having.stream().mapToLong(MetricsRow::step).toArray(),
        having.stream().mapToDouble(row -> row.value(name)).toArray());
  }

  /** A list-valued metric at the steps where it was measured; empty when nowhere. */
  public Lists lists(String name) {
    List<MetricsRow> having = rows.stream().filter(row -> row.list(name) != null).toList();
    return new Lists(
        name,
        having.stream().mapToLong(MetricsRow::step).toArray(),
        having.stream()
            .map(row -> Objects.requireNonNull(row.list(name)))
            .toArray(double[][]::new));
  }
}
