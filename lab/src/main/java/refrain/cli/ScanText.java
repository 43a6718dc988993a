package refrain.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Verdict;
import refrain.analysis.scan.Effects;
import refrain.analysis.scan.Scan;
import refrain.probe.Definition;
import refrain.report.scan.ScanPage;
import refrain.report.scan.ScanTables;

/** A scan as lines of text that a terminal of 80 columns holds. */
final class ScanText {
  /** Heads shown of each score beside those with a verdict. */
  private static final int BEST = 3;

  /** Heads of a layer that a line of the map holds. */
  private static final int WIDEST = 68;

  private ScanText() {}

  static List<String> lines(Scan scan) {
    List<String> lines = new ArrayList<>();
    lines.add(scan.model() + ": " + scan.architecture());
    lines.add("on " + scan.text());
    lines.add("");
    lines.add(ScanPage.lead(scan));
    if (!scan.heads().isEmpty()) {
      map(scan, lines);
      lines.add("");
      table(scan, lines);
    }
    Effects effects = scan.effects();
    if (effects != null) {
      effects(effects, lines);
    }
    scan.notes().forEach(note -> lines.add("note: " + note));
    return lines;
  }

  /** A line a layer, a character a head: prefix matching in tenths. */
  private static void map(Scan scan, List<String> lines) {
    int n = scan.headsPerLayer();
    if (n > WIDEST) {
      return;
    }
    lines.add("");
    lines.add("prefix matching in tenths, a line a layer, a character a head:");
    for (int l = 0; l < scan.layers(); l++) {
      StringBuilder line = new StringBuilder();
      for (HeadRow row : scan.heads().subList(l * n, (l + 1) * n)) {
        int tenths = (int) Math.clamp(Math.round(10 * row.score("pm")), 0, 9);
        line.append(tenths == 0 ? "." : Integer.toString(tenths));
      }
      lines.add(String.format(Locale.ROOT, "%6s  %s", "L" + l, line));
    }
  }

  private static void table(Scan scan, List<String> lines) {
    List<Definition> scored = ScanTables.scored(scan);
    List<String> columns = new ArrayList<>(List.of("head", "verdict", ">match"));
    scored.forEach(d -> columns.add(">" + d.key()));
    TextTable table = new TextTable(columns.toArray(String[]::new));
    for (HeadRow row : shown(scan, scored)) {
      List<String> cells = new ArrayList<>();
      cells.add(row.name());
      Match match = row.match();
      cells.add(match == null ? "" : match.verdict().words());
      cells.add(match == null ? "" : match.change().ascii());
      scored.forEach(d -> cells.add(String.format(Locale.ROOT, "%.2f", row.score(d.key()))));
      table.row(cells.toArray(String[]::new));
    }
    lines.addAll(table.lines());
    lines.add("match: prefix matching minus attention over the same distances without a match;");
    lines.add(
        "shown: heads with a verdict, and the "
            + BEST
            + " best of each score; all are in --json, --csv and --html");
  }

  private static List<HeadRow> shown(Scan scan, List<Definition> scored) {
    List<HeadRow> ordered = ScanTables.byVerdict(scan);
    Set<HeadRow> shown = new LinkedHashSet<>();
    ordered.stream()
        .filter(row -> row.match() != null && row.verdict() != Verdict.NONE)
        .forEach(shown::add);
    for (Definition d : scored) {
      ordered.stream()
          .sorted(Comparator.comparingDouble(row -> -row.score(d.key())))
          .limit(BEST)
          .forEach(shown::add);
    }
    return List.copyOf(shown);
  }

  private static void effects(Effects effects, List<String> lines) {
    lines.add("");
    if (!effects.without().isEmpty()) {
      TextTable table = new TextTable("without", "by", ">loss, repeated", ">loss, text");
      for (Effects.Without each : effects.without()) {
        table.row(
            each.head(), ScanTables.words(each.by()), each.repeated().ascii(), each.text().ascii());
      }
      lines.addAll(table.lines());
      lines.add("change in nats with one head's output replaced; text: " + effects.text());
    } else {
      lines.add("No head was taken out: " + effects.asked() + " were asked for.");
    }
    if (!effects.paths().isEmpty()) {
      lines.add("");
      TextTable table = new TextTable("from", "into", ">matching", ">without the path");
      for (Effects.Path each : effects.paths()) {
        table.row(
            each.sender(),
            each.receiver(),
            String.format(Locale.ROOT, "%.2f", each.before()),
            each.score().ascii());
      }
      lines.addAll(table.lines());
      lines.add("prefix matching of a head whose keys do not read what an earlier head wrote");
    }
  }
}
