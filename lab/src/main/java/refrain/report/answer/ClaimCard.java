package refrain.report.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.draw.Badge;
import refrain.draw.Block;
import refrain.draw.Num;
import refrain.draw.chart.Axis;
import refrain.draw.chart.ClaimPlot;
import refrain.stats.Interval;
import refrain.study.Bar;
import refrain.study.Claim;
import refrain.study.Compare;
import refrain.study.Estimate;
import refrain.study.StudyResults;
import refrain.study.Test;
import refrain.study.Verdict;

/** One claim with all that its verdict rests on. */
public record ClaimCard(StudyResults results, Verdict verdict) {
  /** Where links to a claim lead. */
  public static String place(String claim) {
    return "c-" + claim;
  }

  /** Everything. */
  public Block.Card whole() {
    Claim claim = verdict.claim();
    List<Block.Fact> facts = new ArrayList<>();
    if (claim.paper() != null) {
      String region = claim.paper().region(claim.test()).words();
      add(
          facts,
          "the paper",
          claim.paper().says() + " (" + claim.paper().where() + "; " + region + ")");
    }
    add(facts, "quantity", claim.test().words());
    add(facts, "statistic", claim.test().statistic().words());
    add(facts, "n", n(verdict.estimate()) + ", needs " + claim.seeds());
    add(facts, "estimate", estimate(claim.test(), verdict.estimate()));
    add(facts, "bar", claim.test().bar().words());
    add(facts, "p", p(verdict.p()) + ", judged at " + percent(verdict.level()));
    if (claim.control() != null && verdict.control() != null) {
      add(facts, "control", claim.control().words());
      add(
          facts,
          "its estimate",
          estimate(claim.control(), verdict.control())
              + ", bar "
              + claim.control().bar().words()
              + ", n "
              + n(verdict.control()));
    }
    if (claim.otherwise() != null) {
      String rates = results.rate(claim).map(rate -> " " + rate.words()).orElse("");
      add(facts, "if it were false", claim.otherwise().world() + rates);
    }
    results.registration().ifPresent(status -> add(facts, "registration", status.words()));
    add(facts, "seen before", claim.seen().words());
    if (!claim.supersedes().isEmpty()) {
      add(facts, "in place of", ids(claim.supersedes()));
    }
    add(facts, "why this bar", claim.why());
    String explained = results.study().explanations().get(claim.id());
    if (explained != null) {
      add(facts, "explained", explained);
    }
    return new Block.Card(place(claim.id()), sentence(), facts, plot(claim.test().words()));
  }

  /** The sentence, and the numbers in a line. */
  public Block.Card brief() {
    List<Block.Fact> facts = new ArrayList<>();
    Estimate control = verdict.control();
    add(
        facts,
        "measured",
        verdict.estimate().words()
            + ", bar "
            + verdict.claim().test().bar().words()
            + (control == null || verdict.claim().control() == null
                ? ""
                : "; control "
                    + control.words()
                    + ", bar "
                    + verdict.claim().control().bar().words())
            + "; n "
            + verdict.estimate().n());
    String explained = results.study().explanations().get(verdict.claim().id());
    if (explained != null) {
      add(facts, "explained", explained);
    }
    return new Block.Card(place(verdict.claim().id()), sentence(), facts, null);
  }

  /** The verdict, and the claim's sentence behind its id, by which other texts name it. */
  public Block.Claim sentence() {
    return new Block.Claim(
        badge(), reason(), "`" + verdict.claim().id() + "` " + verdict.claim().sentence());
  }

  /** The verdict and the id alone. */
  public Block.Claim link() {
    return new Block.Claim(badge(), "", "`" + verdict.claim().id() + "`");
  }

  private Badge badge() {
    return Badge.valueOf(verdict.ruling().name());
  }

  private String reason() {
    return verdict.reason().isEmpty() ? "" : "(" + verdict.reason() + ")";
  }

  private static void add(List<Block.Fact> facts, String name, String value) {
    facts.add(new Block.Fact(name, value));
  }

  private static String ids(List<String> ids) {
    return String.join(", ", ids.stream().map(id -> "`" + id + "`").toList());
  }

  private static String n(Estimate e) {
    return e.n() + (e.missing() == 0 ? "" : " (" + e.missing() + " without a value)");
  }

  /** Such as "0.97, 99.6 % [0.93, 1.01], 95 % [0.95, 0.99]". */
  private static String estimate(Test test, Estimate e) {
    if (Double.isNaN(e.value())) {
      return "none";
    }
    String judged = interval(e.judged());
    String usual = interval(e.usual());
    String value = Num.fixed(e.value(), 2) + test.beside(e.value());
    return String.join(
        ", ",
        Stream.of(value, judged, judged.equals(usual) ? "" : usual)
            .filter(s -> !s.isEmpty())
            .toList());
  }

  private static String interval(Interval i) {
    return Double.isNaN(i.low()) || Double.isNaN(i.high())
        ? ""
        : percent(i.level()) + " [" + Num.fixed(i.low(), 2) + ", " + Num.fixed(i.high(), 2) + "]";
  }

  /** Such as "99.58 %", without zeros at the end. */
  private static String percent(double share) {
    String digits = String.format(Locale.ROOT, "%.2f", 100 * share);
    return digits.replaceFirst("\\.?0+$", "") + " %";
  }

  private static String p(double p) {
    return Double.isNaN(p) ? "none" : p < 0.0001 ? "below .0001" : Num.readable(p);
  }

  /** The claim and its control over the runs, small. */
  public @Nullable ClaimPlot plot(String title) {
    Claim claim = verdict.claim();
    List<ClaimPlot.Row> rows = new ArrayList<>();
    row("claim", 0, claim.test(), verdict.estimate(), rows);
    if (claim.control() != null && verdict.control() != null) {
      row("control", 1, claim.control(), verdict.control(), rows);
    }
    if (rows.isEmpty()) {
      return null;
    }
    boolean plain = claim.test().compare() == Compare.VALUE && !claim.test().statistic().paired();
    String unit = plain ? claim.test().definition().unit() : "1";
    String quantity = plain ? claim.test().definition().title() : claim.test().compare().words();
    return new ClaimPlot(
        title,
        "Estimate with its interval, a small mark a run; shaded: where the claim, and its control,"
            + " hold.",
        Axis.linear(quantity, unit.equals("1") ? "" : unit),
        rows);
  }

  private static void row(String label, int slot, Test test, Estimate e, List<ClaimPlot.Row> rows) {
    if (Double.isNaN(e.value())) {
      return;
    }
    Bar bar = test.bar();
    double from =
        switch (bar.side()) {
          case AT_LEAST -> bar.at();
          case AT_MOST -> Double.NEGATIVE_INFINITY;
          case WITHIN -> bar.around() - bar.at();
        };
    double to =
        switch (bar.side()) {
          case AT_LEAST -> Double.POSITIVE_INFINITY;
          case AT_MOST -> bar.at();
          case WITHIN -> bar.around() + bar.at();
        };
    rows.add(new ClaimPlot.Row(label, slot, e.value(), e.low(), e.high(), e.values(), from, to));
  }
}
