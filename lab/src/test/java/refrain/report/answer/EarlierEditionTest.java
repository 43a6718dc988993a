package refrain.report.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.base.Csv;
import refrain.draw.Table;
import refrain.study.Claim;
import refrain.study.MadeResults;
import refrain.study.Seen;
import refrain.study.StudyResults;

class EarlierEditionTest {
  private static Claim claim(String id, List<String> supersedes) {
    return new Claim(
        id,
        "part",
        "R0",
        "Sentence.",
        Claim.Kind.EXPLORATORY,
        MadeResults.mean("a", "formation.step", 100),
        null,
        1,
        null,
        null,
        Seen.PART,
        supersedes,
        "why");
  }

  @Test
  void eachEarlierClaimHasItsVerdictsAndTheReason() {
    StudyResults results =
        MadeResults.of(
            MadeResults.study(
                List.of(MadeResults.argument("part", "1", "The part")),
                List.of(MadeResults.variant("a", 3)),
                List.of(claim("new", List.of("old")), claim("kept", List.of()))),
            cell -> new MadeResults.Found().put("formation.step", 200 + cell.seed()));
    EarlierEdition edition =
        EarlierEdition.parse(
            """
            id,argument,verdict,sentence,explanation,reason
            old,1,fails,"It says ""so"", and more",Why it failed.,The control could not fail.
            kept,1,holds,Kept.,,
            gone,1,undecided,Gone.,,No number for it.
            """);
    assertThat(
            edition.changed(results).rows().stream()
                .map(row -> row.stream().map(Table.Cell::plain).toList())
                .toList())
        .containsExactly(
            List.of(
                "`old` It says \"so\", and more",
                "fails",
                "`new` holds",
                "The control could not fail. The first edition: Why it failed."),
            List.of(
                "`kept` Kept.",
                "holds",
                "`kept` holds",
                "Exploratory now: judged at 5 % by itself."),
            List.of("`gone` Gone.", "undecided", "not claimed again", "No number for it."));
  }

  @Test
  void theFirstEditionOfThePapersStudyIsKept() {
    assertThat(EarlierEdition.of("olsson").orElseThrow().claims())
        .hasSize(156)
        .allSatisfy(claim -> assertThat(claim.verdict()).isIn("holds", "fails", "undecided"));
    assertThat(EarlierEdition.of("code")).isEmpty();
  }

  @Test
  void cellsMayHoldWhatSeparatesThem() {
    assertThat(Csv.rows("a,\"b, \"\"c\"\"\nd\"\r\n,\n\"\",e"))
        .containsExactly(List.of("a", "b, \"c\"\nd"), List.of("", ""), List.of("", "e"));
  }
}
