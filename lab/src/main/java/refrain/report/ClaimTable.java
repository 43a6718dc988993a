package refrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import refrain.draw.Badge;
import refrain.draw.Block;
import refrain.draw.Table;
import refrain.study.Bar;
import refrain.study.Coverage;
import refrain.study.Estimate;
import refrain.study.JudgedBlock;
import refrain.study.Paper;
import refrain.study.Rates;
import refrain.study.Registration;
import refrain.study.StudyResults;
import refrain.study.Test;
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
            Table.Of.number("p", "", 4, Verdict::p),
            Table.Of.text("control", ClaimTable::control),
            Table.Of.number("n", "", 0, v -> v.estimate().n())));
  }

  /** For people: what was measured, and against which bar. */
  static Table measured(StudyResults results, List<Verdict> verdicts) {
    return Table.of(
        verdicts,
        List.of(
            Table.Of.text("claim", v -> "`" + v.claim().id() + "`"),
            Table.Of.text(
                "quantity and statistic",
                v -> v.claim().test().words() + "; " + v.claim().test().statistic().words()),
            Table.Of.text(
                "control", v -> v.claim().control() == null ? "none" : v.claim().control().words()),
            Table.Of.text("the paper", ClaimTable::paper),
            Table.Of.text("otherwise", v -> otherwise(results, v)),
            Table.Of.text("why this bar", v -> v.claim().why())));
  }

  private static String paper(Verdict v) {
    Paper paper = v.claim().paper();
    return paper == null
        ? "none"
        : paper.where() + ": " + paper.says() + " Bar " + paper.region(v.claim().test()).words();
  }

  private static String otherwise(StudyResults results, Verdict v) {
    String rates = results.rate(v.claim()).map(rate -> " " + rate.words()).orElse("");
    return v.claim().otherwise() == null ? "none" : v.claim().otherwise().world() + rates;
  }

  /** For people: how often intervals hold the truth, and tests say yes where they should not. */
  static Table coverage() {
    return Table.of(
        Coverage.load().rows(),
        List.of(
            Table.Of.text("statistic", row -> row.statistic().words()),
            Table.Of.text("values", Coverage.Row::values),
            Table.Of.number("n", "", 0, Coverage.Row::n),
            Table.Of.number("level", "", 4, Coverage.Row::level),
            Table.Of.number("covered", "", 4, Coverage.Row::covered),
            Table.Of.number("wholly above", "", 4, Coverage.Row::above),
            Table.Of.number("wholly below", "", 4, Coverage.Row::below),
            Table.Of.number("simulations", "", 0, Coverage.Row::simulations)));
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
    List<Table.Of<Verdict>> columns = new ArrayList<>();
    columns.addAll(
        List.of(
            Table.Of.text("id", v -> v.claim().id()),
            Table.Of.text("argument", v -> results.study().argument(v.claim().argument()).label()),
            Table.Of.text("data", v -> v.claim().data()),
            Table.Of.text("kind", v -> v.claim().kind().words()),
            Table.Of.text("sentence", v -> v.claim().sentence()),
            Table.Of.text("seen", v -> v.claim().seen().words()),
            Table.Of.text("supersedes", v -> String.join(" ", v.claim().supersedes())),
            Table.Of.text("paper", v -> paper(v, Paper::says)),
            Table.Of.text("paper where", v -> paper(v, Paper::where)),
            Table.Of.text("paper bar", v -> paper(v, p -> p.region(v.claim().test()).words())),
            Table.Of.text("otherwise", v -> otherwise(v)),
            Table.Of.number("p", "", 6, Verdict::p),
            Table.Of.number("level", "", 6, Verdict::level),
            Table.Of.number("needs", "", 0, v -> v.claim().seeds()),
            Table.Of.number("caught", "", 4, v -> rate(results, v, Rates.Rate::caught)),
            Table.Of.number("control fails", "", 4, v -> rate(results, v, Rates.Rate::control)),
            Table.Of.number("power", "", 4, v -> rate(results, v, Rates.Rate::power)),
            Table.Of.text("verdict", v -> v.ruling().words()),
            Table.Of.text("reason", Verdict::reason)));
    results
        .registration()
        .ifPresent(status -> columns.add(Table.Of.text("registration", _ -> status.words())));
    for (Registration.Block block : results.blocks()) {
      JudgedBlock judged = block.judged();
      if (judged != null && block.block() != results.study().block()) {
        columns.add(
            Table.Of.text("verdict " + block.block(), v -> judged.verdict(v.claim()).orElse("")));
      }
    }
    columns.addAll(measured("", v -> v.claim().test(), Verdict::estimate));
    columns.addAll(measured("control ", v -> v.claim().control(), Verdict::control));
    return Table.of(results.verdicts(), columns).csv();
  }

  private static List<Table.Of<Verdict>> measured(
      String of,
      Function<Verdict, @Nullable Test> test,
      Function<Verdict, @Nullable Estimate> measured) {
    return List.of(
        Table.Of.text(of + "quantity", v -> text(test.apply(v), Test::words)),
        Table.Of.text(of + "statistic", v -> text(test.apply(v), t -> t.statistic().words())),
        Table.Of.text(of + "bar", v -> text(test.apply(v), t -> t.bar().words())),
        number(of + "estimate", measured, Estimate::value),
        number(of + "low", measured, Estimate::low),
        number(of + "high", measured, Estimate::high),
        number(of + "low 95", measured, e -> e.usual().low()),
        number(of + "high 95", measured, e -> e.usual().high()),
        number(of + "p value", measured, Estimate::p),
        Table.Of.number(of + "n", "", 0, v -> value(measured.apply(v), Estimate::n)),
        Table.Of.number(of + "missing", "", 0, v -> value(measured.apply(v), Estimate::missing)));
  }

  private static Table.Of<Verdict> number(
      String name, Function<Verdict, @Nullable Estimate> measured, ToDoubleFunction<Estimate> of) {
    return Table.Of.number(name, "", 6, v -> value(measured.apply(v), of));
  }

  private static double rate(StudyResults results, Verdict v, ToDoubleFunction<Rates.Rate> of) {
    return results.rate(v.claim()).map(of::applyAsDouble).orElse(Double.NaN);
  }

  private static double value(@Nullable Estimate e, ToDoubleFunction<Estimate> of) {
    return e == null ? Double.NaN : of.applyAsDouble(e);
  }

  private static String text(@Nullable Test test, Function<Test, String> of) {
    return test == null ? "" : of.apply(test);
  }

  private static String paper(Verdict v, Function<Paper, String> of) {
    return v.claim().paper() == null ? "" : of.apply(v.claim().paper());
  }

  private static String otherwise(Verdict v) {
    return v.claim().otherwise() == null ? "" : v.claim().otherwise().world();
  }
}
