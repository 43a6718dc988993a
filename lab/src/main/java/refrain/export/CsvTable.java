package refrain.export;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import refrain.base.Csv;
import refrain.store.AtomicFiles;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.store.RunFolder;

/**
 * A run's metrics as a table: a row a step, a column a metric, in the order of their first
 * appearance; empty where it was not measured. Numbers are as {@code metrics.jsonl} has them, which
 * reads back as the same bits; NaN and the infinities are NaN, Infinity and -Infinity. Lists, such
 * as the loss by token index, are left out.
 */
public final class CsvTable {
  private CsvTable() {}

  /** Writes the table; its rows and columns. */
  public static Size write(RunFolder run, Path file) {
    MetricsTable table = run.metrics();
    Set<String> names = table.names();
    AtomicFiles.write(
        file,
        out -> {
          out.write(line("step", List.copyOf(names)));
          for (MetricsRow row : table.rows()) {
            List<String> cells = new ArrayList<>();
            for (String name : names) {
              Double value = row.values().get(name);
              cells.add(value == null ? "" : MetricsRow.text(value));
            }
            out.write(line(Long.toString(row.step()), cells));
          }
        });
    return new Size(table.rows().size(), names.size() + 1);
  }

  /** How much a table has. */
  public record Size(int rows, int columns) {}

  private static byte[] line(String first, List<String> rest) {
    List<String> cells = new ArrayList<>(List.of(first));
    rest.forEach(cell -> cells.add(Csv.cell(cell)));
    return (String.join(",", cells) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
