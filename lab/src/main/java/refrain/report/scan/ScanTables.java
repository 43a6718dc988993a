package refrain.report.scan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import refrain.analysis.measure.Change;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.scan.Effects;
import refrain.analysis.scan.Scan;
import refrain.draw.Table;
import refrain.probe.Definition;

/** What a scan found as tables: of heads, of heads taken out, of paths. */
public final class ScanTables {
  private ScanTables() {}

  /** The definitions that heads have scores of. */
  public static List<Definition> scored(Scan scan) {
    return scan.heads().isEmpty()
        ? List.of()
        : scan.definitions().stream()
            .filter(d -> scan.heads().getFirst().scores().containsKey(d.key()))
            .toList();
  }

  /** Heads with a verdict, the surest and largest first, then the others. */
  public static List<HeadRow> byVerdict(Scan scan) {
    return scan.heads().stream()
        .sorted(Comparator.comparing(HeadRow::verdict).thenComparing(row -> -row.score("pm")))
        .toList();
  }

  /** A row a head, for people. */
  static Table heads(Scan scan) {
    List<Table.Of<HeadRow>> columns = new ArrayList<>();
    columns.add(Table.Of.text("head", HeadRow::name));
    if (scan.hasVerdicts()) {
      columns.add(Table.Of.text("verdict", row -> row.verdict().words()));
      columns.add(
          Table.Of.text(
              "over the same distances",
              row -> Optional.ofNullable(row.match()).map(m -> m.change().words()).orElse("")));
    }
    for (Definition d : scored(scan)) {
      columns.add(Table.Of.number(d.title(), "", 2, row -> row.score(d.key())));
    }
    return Table.of(byVerdict(scan), columns);
  }

  /** A row a head and what stood in its place. */
  static Table without(Effects effects) {
    return Table.of(
        effects.without(),
        List.of(
            Table.Of.text("head", Effects.Without::head),
            Table.Of.text("replaced by", w -> words(w.by())),
            Table.Of.text("loss on repeated tokens (nats)", w -> w.repeated().words()),
            Table.Of.text("loss on text (nats)", w -> w.text().words())));
  }

  /** What stands in a head's place, in a word. */
  public static String words(Effects.By by) {
    return by == Effects.By.ZERO ? "zero" : "mean";
  }

  /** A row a sender and receiver. */
  static Table paths(Effects effects) {
    return Table.of(
        effects.paths(),
        List.of(
            Table.Of.text("from", Effects.Path::sender),
            Table.Of.text("into the keys of", Effects.Path::receiver),
            Table.Of.number("prefix matching", "", 2, Effects.Path::before),
            Table.Of.text("change without the path", p -> p.score().words())));
  }

  /**
   * A row a head for other programs: head, layer, index, verdict, its match with error and p-value,
   * the scores under their keys, and where heads were taken out what changed, with errors. What was
   * not measured is empty.
   */
  public static String csv(Scan scan) {
    List<Table.Of<HeadRow>> columns = new ArrayList<>();
    columns.add(Table.Of.text("model", row -> scan.model()));
    columns.add(Table.Of.text("head", HeadRow::name));
    columns.add(number("layer", HeadRow::layer));
    columns.add(number("index", HeadRow::index));
    columns.add(Table.Of.text("verdict", row -> row.match() == null ? "" : row.verdict().words()));
    columns.add(number("match", row -> ofMatch(row, Match::difference)));
    columns.add(number("match.error", row -> ofMatch(row, Match::error)));
    columns.add(number("match.p", row -> ofMatch(row, Match::p)));
    for (Definition d : scored(scan)) {
      columns.add(number(d.key(), row -> row.score(d.key())));
    }
    Effects effects = scan.effects();
    if (effects != null) {
      for (Effects.By by : Effects.By.values()) {
        String name = "without." + words(by);
        changes(columns, name + ".repeated", effects, by, Effects.Without::repeated);
        changes(columns, name + ".text", effects, by, Effects.Without::text);
      }
    }
    return Table.of(scan.heads(), columns).csv();
  }

  private static void changes(
      List<Table.Of<HeadRow>> columns,
      String name,
      Effects effects,
      Effects.By by,
      Function<Effects.Without, Change> of) {
    columns.add(number(name, row -> change(row, effects, by, of).mean()));
    columns.add(number(name + ".error", row -> change(row, effects, by, of).error()));
  }

  private static Change change(
      HeadRow row, Effects effects, Effects.By by, Function<Effects.Without, Change> of) {
    return effects.without().stream()
        .filter(w -> w.by() == by && w.head().equals(row.name()))
        .map(of)
        .findFirst()
        .orElse(new Change(Double.NaN, Double.NaN, 0));
  }

  private static double ofMatch(HeadRow row, ToDoubleFunction<Match> of) {
    Match match = row.match();
    return match == null ? Double.NaN : of.applyAsDouble(match);
  }

  private static Table.Of<HeadRow> number(String name, ToDoubleFunction<HeadRow> of) {
    return Table.Of.number(name, "", 4, of);
  }
}
