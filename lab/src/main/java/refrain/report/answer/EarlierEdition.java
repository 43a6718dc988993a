package refrain.report.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import refrain.base.Csv;
import refrain.base.RefrainException;
import refrain.draw.Table;
import refrain.study.StudyResults;
import refrain.study.Verdict;

/**
 * What an earlier edition of a study claimed, and what has become of each claim: {@code
 * NAME.first-edition.csv} beside the study, with the columns id, argument, verdict, sentence,
 * explanation (what that edition said of it) and reason (what was wrong with it).
 */
public record EarlierEdition(List<Claimed> claims) {
  /**
   * @param verdict as it was printed
   * @param explanation why it did not hold, as that edition saw it; "" for none
   * @param reason why it was changed or given up; "" where it was not
   */
  public record Claimed(
      String id,
      String argument,
      String verdict,
      String sentence,
      String explanation,
      String reason) {}

  public EarlierEdition {
    claims = List.copyOf(claims);
  }

  /** That of a study which comes with the program; empty where it has none. */
  public static Optional<EarlierEdition> of(String study) {
    String file = "/studies/" + study + ".first-edition.csv";
    try (InputStream in = EarlierEdition.class.getResourceAsStream(file)) {
      return in == null
          ? Optional.empty()
          : Optional.of(parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read", e);
    }
  }

  static EarlierEdition parse(String csv) {
    return new EarlierEdition(
        Csv.rows(csv).stream()
            .skip(1)
            .map(r -> new Claimed(r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), r.get(5)))
            .toList());
  }

  /** A row a claim of the earlier edition: its verdict then and now, and the reason. */
  public Table changed(StudyResults results) {
    return Table.of(
        claims,
        List.of(
            Table.Of.text("claim of the first edition", c -> "`" + c.id() + "` " + c.sentence()),
            Table.Of.text("first verdict", Claimed::verdict),
            Table.Of.text("second verdict", c -> now(c, results)),
            Table.Of.text("reason", c -> reason(c, results))));
  }

  /** The claims that stand for one now: those that say so, else the one that kept its name. */
  private static List<Verdict> heirs(Claimed claimed, StudyResults results) {
    List<Verdict> said =
        results.verdicts().stream()
            .filter(v -> v.claim().supersedes().contains(claimed.id()))
            .toList();
    return said.isEmpty() ? results.verdict(claimed.id()).stream().toList() : said;
  }

  private static String now(Claimed claimed, StudyResults results) {
    List<String> heirs =
        heirs(claimed, results).stream()
            .map(v -> "`" + v.claim().id() + "` " + v.ruling().words())
            .toList();
    return heirs.isEmpty() ? "not claimed again" : String.join(", ", heirs);
  }

  private static String reason(Claimed claimed, StudyResults results) {
    boolean explored =
        heirs(claimed, results).stream().anyMatch(v -> !v.claim().primary())
            && claimed.reason().isEmpty();
    String reason =
        claimed.reason() + (explored ? "Exploratory now: judged at 5 % by itself." : "");
    String then =
        claimed.explanation().isEmpty() ? "" : "The first edition: " + claimed.explanation();
    return (reason + " " + then).strip();
  }
}
