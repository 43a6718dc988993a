package refrain.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.draw.Badge;
import refrain.draw.Table;
import refrain.study.Bar;
import refrain.study.Claim;
import refrain.study.Estimate;
import refrain.study.StudyResults;
import refrain.study.Verdict;

/** Claims as a table: the sentence, its bar, what was measured, its control, and the verdict. */
public final class ClaimTable {
  /** Numbers that belong together stay on one line. */
  private static final char NO_BREAK = '\u00a0';

  private ClaimTable() {}

  /** For people: what was found. */
  static Table shown(List<Verdict> verdicts) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("claim"),
            Table.Column.text("data"),
            Table.Column.text("verdict"),
            Table.Column.text("bar"),
            Table.Column.text("estimate"),
            Table.Column.text("control"),
            Table.Column.number("n", ""));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Verdict v : verdicts) {
      rows.add(
          List.of(
              new Table.Text(sentence(v)),
              new Table.Text(v.claim().data()),
              new Table.Verdict(badge(v.ruling()), reason(v)),
              new Table.Text(unbroken(v.claim().test().bar())),
              new Table.Text(inTwo(v.estimate())),
              new Table.Text(control(v)),
              new Table.Number(v.estimate().n(), 0)));
    }
    return new Table(columns, rows);
  }

  /** For people: what was measured, and against which bar. */
  static Table measured(List<Verdict> verdicts) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("claim"),
            Table.Column.text("quantity and statistic"),
            Table.Column.text("control"),
            Table.Column.text("why this bar"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Verdict v : verdicts) {
      Claim claim = v.claim();
      rows.add(
          List.of(
              new Table.Text("`" + claim.id() + "`"),
              new Table.Text(claim.test().words() + "; " + claim.test().statistic().words()),
              new Table.Text(claim.control() == null ? "none" : claim.control().words()),
              new Table.Text(claim.why())));
    }
    return new Table(columns, rows);
  }

  static String reason(Verdict v) {
    return v.reason().isEmpty() ? "" : "(" + v.reason() + ")";
  }

  /** A claim's sentence behind its id, by which explanations name it. */
  static String sentence(Verdict v) {
    return "`" + v.claim().id() + "` " + v.claim().sentence();
  }

  static Badge badge(Verdict.Ruling ruling) {
    return switch (ruling) {
      case HOLDS -> Badge.HOLDS;
      case FAILS -> Badge.FAILS;
      case UNDECIDED -> Badge.UNDECIDED;
    };
  }

  private static Table.Cell interval(Estimate e) {
    return new Table.Interval(e.value(), e.low(), e.high(), 2);
  }

  private static String control(Verdict v) {
    Estimate e = v.control();
    return e == null || v.claim().control() == null
        ? "none"
        : inTwo(e) + ", bar" + NO_BREAK + unbroken(v.claim().control().bar());
  }

  /** May be broken between a value and its interval, and nowhere else. */
  private static String inTwo(Estimate e) {
    if (Double.isNaN(e.value())) {
      return "none";
    }
    return interval(e).plain().replace(' ', NO_BREAK).replace(NO_BREAK + "[", " [");
  }

  private static String unbroken(Bar bar) {
    return bar.words().replace(' ', NO_BREAK);
  }

  /** For programs: {@code claims.csv}, the columns of {@code report.json}'s claims. */
  public static String csv(StudyResults results) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("id"),
            Table.Column.text("argument"),
            Table.Column.text("data"),
            Table.Column.text("sentence"),
            Table.Column.text("quantity"),
            Table.Column.text("statistic"),
            Table.Column.text("bar"),
            Table.Column.number("estimate", ""),
            Table.Column.number("low", ""),
            Table.Column.number("high", ""),
            Table.Column.number("control", ""),
            Table.Column.number("control low", ""),
            Table.Column.number("control high", ""),
            Table.Column.text("control bar"),
            Table.Column.number("n", ""),
            Table.Column.text("verdict"),
            Table.Column.text("reason"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Verdict v : results.verdicts()) {
      Estimate e = v.estimate();
      @Nullable Estimate c = v.control();
      rows.add(
          List.of(
              new Table.Text(v.claim().id()),
              new Table.Text(results.study().argument(v.claim().argument()).label()),
              new Table.Text(v.claim().data()),
              new Table.Text(v.claim().sentence()),
              new Table.Text(v.claim().test().words()),
              new Table.Text(v.claim().test().statistic().words()),
              new Table.Text(v.claim().test().bar().words()),
              new Table.Number(e.value(), 6),
              new Table.Number(e.low(), 6),
              new Table.Number(e.high(), 6),
              new Table.Number(c == null ? Double.NaN : c.value(), 6),
              new Table.Number(c == null ? Double.NaN : c.low(), 6),
              new Table.Number(c == null ? Double.NaN : c.high(), 6),
              new Table.Text(v.claim().control() == null ? "" : v.claim().control().bar().words()),
              new Table.Number(e.n(), 0),
              new Table.Text(v.ruling().name().toLowerCase(java.util.Locale.ROOT)),
              new Table.Text(v.reason())));
    }
    return new Table(columns, rows).csv();
  }
}
