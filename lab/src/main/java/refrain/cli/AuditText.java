package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.draw.Table;
import refrain.pretrained.Audit;

/** An audit as lines of text and as a table. */
final class AuditText {
  private static final int DIGITS = 12;

  private AuditText() {}

  static List<String> lines(List<Audit.Row> rows) {
    TextTable table = new TextTable("model", "format", "weights", ">from the first of its shape");
    for (Audit.Row row : rows) {
      table.row(
          row.place(),
          row.format(),
          row.sha256().substring(0, Math.min(DIGITS, row.sha256().length())),
          Double.isNaN(row.difference()) ? "" : percent(row.difference()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    long faulty = rows.stream().filter(row -> !row.faults().isEmpty()).count();
    lines.add("");
    lines.add("%s of %s models have a fault".formatted(faulty, rows.size()));
    for (Audit.Row row : rows) {
      row.faults().forEach(fault -> lines.add("fault  " + row.place() + ": " + fault));
    }
    for (Audit.Row row : rows) {
      row.notes().forEach(note -> lines.add("note   " + row.place() + ": " + note));
      if (row.difference() > 0) {
        lines.add(
            "note   %s: differs most in %s, by %s"
                .formatted(row.place(), row.worst(), percent(row.worstDifference())));
      }
    }
    return lines;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.3g %%", 100 * share);
  }

  /** A row a model. */
  static String csv(List<Audit.Row> rows) {
    return Table.of(
            rows,
            List.of(
                Table.Of.text("model", Audit.Row::place),
                Table.Of.text("format", Audit.Row::format),
                Table.Of.text("sha256", Audit.Row::sha256),
                Table.Of.number("nan", "", 0, Audit.Row::nan),
                Table.Of.number("infinite", "", 0, Audit.Row::infinite),
                Table.Of.text("against", row -> row.against() == null ? "" : row.against()),
                Table.Of.number("difference", "", 6, Audit.Row::difference),
                Table.Of.text("worst", Audit.Row::worst),
                Table.Of.number("worst difference", "", 6, Audit.Row::worstDifference),
                Table.Of.text("faults", row -> String.join("; ", row.faults())),
                Table.Of.text("notes", row -> String.join("; ", row.notes()))))
        .csv();
  }
}
