package refrain.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import refrain.draw.Badge;
import refrain.draw.Block;
import refrain.draw.Table;
import refrain.study.Bar;
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
    return Table.of(
        verdicts,
        List.of(
            Table.Of.text("claim", ClaimTable::sentence),
            Table.Of.text("data", v -> v.claim().data()),
            new Table.Of<>(
                Table.Column.text("verdict"), v -> new Table.Verdict(badge(v), reason(v))),
            Table.Of.text("bar", v -> unbroken(v.claim().test().bar())),
            Table.Of.text("estimate", v -> inTwo(v.estimate())),
            Table.Of.text("control", ClaimTable::control),
            Table.Of.number("n", "", 0, v -> v.estimate().n())));
  }

  /** For people: what was measured, and against which bar. */
  static Table measured(List<Verdict> verdicts) {
    return Table.of(
        verdicts,
        List.of(
            Table.Of.text("claim", v -> "`" + v.claim().id() + "`"),
            Table.Of.text(
                "quantity and statistic",
                v -> v.claim().test().words() + "; " + v.claim().test().statistic().words()),
            Table.Of.text(
                "control", v -> v.claim().control() == null ? "none" : v.claim().control().words()),
            Table.Of.text("why this bar", v -> v.claim().why())));
  }

  /** For people: one verdict with its sentence. */
  static Block.Claim block(Verdict v) {
    return new Block.Claim(badge(v), reason(v), sentence(v));
  }

  private static String reason(Verdict v) {
    return v.reason().isEmpty() ? "" : "(" + v.reason() + ")";
  }

  /** A claim's sentence behind its id, by which explanations name it. */
  private static String sentence(Verdict v) {
    return "`" + v.claim().id() + "` " + v.claim().sentence();
  }

  private static Badge badge(Verdict v) {
    return Badge.valueOf(v.ruling().name());
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
    String interval = new Table.Interval(e.value(), e.low(), e.high(), 2).plain();
    return interval.replace(' ', NO_BREAK).replace(NO_BREAK + "[", " [");
  }

  private static String unbroken(Bar bar) {
    return bar.words().replace(' ', NO_BREAK);
  }

  /** For programs: {@code claims.csv}, the columns of {@code report.json}'s claims. */
  public static String csv(StudyResults results) {
    List<Table.Of<Verdict>> columns =
        List.of(
            Table.Of.text("id", v -> v.claim().id()),
            Table.Of.text("argument", v -> results.study().argument(v.claim().argument()).label()),
            Table.Of.text("data", v -> v.claim().data()),
            Table.Of.text("sentence", v -> v.claim().sentence()),
            Table.Of.text("quantity", v -> v.claim().test().words()),
            Table.Of.text("statistic", v -> v.claim().test().statistic().words()),
            Table.Of.text("bar", v -> v.claim().test().bar().words()),
            Table.Of.number("estimate", "", 6, v -> v.estimate().value()),
            Table.Of.number("low", "", 6, v -> v.estimate().low()),
            Table.Of.number("high", "", 6, v -> v.estimate().high()),
            Table.Of.number("control", "", 6, v -> number(v.control(), Estimate::value)),
            Table.Of.number("control low", "", 6, v -> number(v.control(), Estimate::low)),
            Table.Of.number("control high", "", 6, v -> number(v.control(), Estimate::high)),
            Table.Of.text(
                "control bar",
                v -> v.claim().control() == null ? "" : v.claim().control().bar().words()),
            Table.Of.number("n", "", 0, v -> v.estimate().n()),
            Table.Of.text("verdict", v -> v.ruling().name().toLowerCase(Locale.ROOT)),
            Table.Of.text("reason", Verdict::reason));
    return Table.of(results.verdicts(), columns).csv();
  }

  private static double number(@Nullable Estimate e, ToDoubleFunction<Estimate> of) {
    return e == null ? Double.NaN : of.applyAsDouble(e);
  }
}
