package refrain.report;

import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.draw.Num;
import refrain.study.Estimate;
import refrain.study.StudyResults;
import refrain.study.Test;
import refrain.study.Verdict;

/**
 * Words with numbers that are read when a page is drawn, so that no sentence outlives its result:
 *
 * <ul>
 *   <li>{@code {mean:VARIANT:QUANTITY}}: mean over runs; a third part is the number of decimals, 2
 *       without it;
 *   <li>{@code {percent:VARIANT:QUANTITY}}: the same as a percentage;
 *   <li>{@code {runs:VARIANT:QUANTITY}}: how many runs have the number;
 *   <li>{@code {estimate:CLAIM}}, {@code {control:CLAIM}}: what the claim's test or its control's
 *       measured, with interval and number of runs;
 *   <li>{@code {bar:CLAIM}}, {@code {verdict:CLAIM}}: its bar, and whether it holds.
 * </ul>
 */
final class Phrases {
  private static final Pattern PART = Pattern.compile("\\{([a-z]+):([^{}]*)\\}");
  private static final Set<String> OF_RUNS = Set.of("mean", "percent", "runs");
  private static final Set<String> OF_CLAIMS = Set.of("estimate", "control", "bar", "verdict");

  private Phrases() {}

  /** Shows each name in a text and what it is; {@code where} is what errors call the text. */
  static void names(String text, String where, BiConsumer<Item.Name, String> names) {
    Matcher m = PART.matcher(text);
    while (m.find()) {
      String[] parts = m.group(2).split(":", -1);
      if (OF_CLAIMS.contains(m.group(1)) && parts.length == 1) {
        names.accept(Item.Name.CLAIM, parts[0]);
      } else if (OF_RUNS.contains(m.group(1)) && (parts.length == 2 || decimals(parts))) {
        names.accept(Item.Name.VARIANT, parts[0]);
        names.accept(Item.Name.NUMBER, parts[1]);
      } else {
        throw RefrainException.badInput(
            ("%s: %s cannot be read, expected {mean:VARIANT:QUANTITY} or another of mean, "
                    + "percent, runs, or {estimate:CLAIM} or another of estimate, control, bar, "
                    + "verdict")
                .formatted(where, m.group()));
      }
    }
  }

  private static boolean decimals(String[] parts) {
    return parts.length == 3 && parts[2].matches("[0-9]");
  }

  /** The text with its numbers. */
  static String filled(String text, StudyResults results) {
    return PART.matcher(text).replaceAll(match -> Matcher.quoteReplacement(part(match, results)));
  }

  private static String part(MatchResult match, StudyResults results) {
    String[] parts = match.group(2).split(":", -1);
    if (OF_CLAIMS.contains(match.group(1))) {
      return results
          .verdict(parts[0])
          .map(verdict -> claim(match.group(1), verdict))
          .orElse("not judged");
    }
    double mean = results.mean(parts[0], parts[1]);
    int decimals = parts.length > 2 ? Integer.parseInt(parts[2]) : 2;
    return switch (match.group(1)) {
      case "mean" -> Num.fixed(mean, decimals);
      case "percent" -> Double.isNaN(mean) ? Num.fixed(mean, 0) : Num.fixed(100 * mean, 0) + " %";
      default -> Long.toString(Samples.of(results.values(parts[0], parts[1])).points().size());
    };
  }

  private static String claim(String kind, Verdict verdict) {
    return switch (kind) {
      case "estimate" -> words(verdict.claim().test(), verdict.estimate());
      case "control" -> words(verdict.claim().control(), verdict.control());
      case "bar" -> verdict.claim().test().bar().words();
      default -> verdict.ruling().words();
    };
  }

  /** Such as "1.02, interval 0.97 to 1.08, 150 runs". */
  private static String words(@Nullable Test test, @Nullable Estimate e) {
    if (test == null || e == null || Double.isNaN(e.value())) {
      return "no estimate: too few runs";
    }
    String interval =
        Double.isNaN(e.low())
            ? ""
            : ", interval " + Num.fixed(e.low(), 2) + " to " + Num.fixed(e.high(), 2);
    return Num.fixed(e.value(), 2)
        + test.beside(e.value())
        + interval
        + ", "
        + e.n()
        + (e.n() == 1 ? " run" : " runs");
  }
}
