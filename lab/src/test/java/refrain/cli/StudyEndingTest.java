package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.draw.Terms;
import refrain.report.Figures;
import refrain.report.StudyReport;
import refrain.report.answer.Answers;
import refrain.study.Answer;
import refrain.study.Argument;
import refrain.study.Bar;
import refrain.study.Claim;
import refrain.study.MadeResults;
import refrain.study.Otherwise;
import refrain.study.Paper;
import refrain.study.Seen;
import refrain.study.Study;
import refrain.study.StudyResults;
import refrain.study.Verdict.Ruling;

/** A verdict that turns turns what is said of it, on the screen and on the terminal. */
class StudyEndingTest {
  private static final String QUESTION = "Is it so?";

  /** One claim that the paper has too, with a control, and one that is a guess of ours. */
  private static final Study STUDY =
      MadeResults.study(
          List.of(
              new Argument(
                  "first",
                  "1",
                  "The first",
                  "heads matter",
                  List.of(
                      new Answer("heads", "steps", "heads matter", "heads do not matter"),
                      new Answer("guess", "dose", "doses count", "doses do not count"))),
              new Argument("second", null, "The second", "tokens count", List.of())),
          List.of(MadeResults.variant("a", 6), MadeResults.variant("b", 6)),
          List.of(
              claim(
                  "heads",
                  "first",
                  MadeResults.mean("a", "formation.step", 100),
                  MadeResults.mean("b", "formation.step", 100),
                  new Paper("Heads matter.", "Argument 1", new Bar(Bar.Side.AT_LEAST, 50, 0))),
              claim("guess", "first", MadeResults.mean("a", "dose.bias", 1), null, null),
              claim(
                  "tokens",
                  "second",
                  MadeResults.mean("a", "formation.tokens", 100),
                  null,
                  new Paper("Tokens count.", "Argument 2", null))));

  private static Claim claim(
      String id,
      String argument,
      refrain.study.Test test,
      refrain.study.@Nullable Test control,
      @Nullable Paper paper) {
    return new Claim(
        id,
        argument,
        "R0",
        "Sentence of " + id + ".",
        Claim.Kind.PRIMARY,
        test,
        control,
        4,
        paper,
        new Otherwise.NoEffect("Nothing is so."),
        Seen.NOTHING,
        List.of(),
        "why");
  }

  private static StudyResults results(
      double heads, double spread, double control, double dose, double tokens) {
    return results(STUDY, heads, spread, control, dose, tokens);
  }

  private static StudyResults results(
      Study study, double heads, double spread, double control, double dose, double tokens) {
    return MadeResults.of(
        study,
        cell -> {
          double around = 1 + spread * (cell.seed() - 2.5);
          boolean a = cell.variant().name().equals("a");
          return new MadeResults.Found()
              .put("formation.step", a ? heads * around : control + cell.seed())
              .put("dose.bias", dose + .01 * cell.seed())
              .put("formation.tokens", tokens + cell.seed());
        });
  }

  private static StudyResults allHold() {
    return results(200, .01, 200, 2, 200);
  }

  private static String terminal(StudyResults results) {
    return String.join("\n", StudyEnding.of(results, QUESTION));
  }

  private static String page(StudyResults results) {
    Figures figures = new Figures("f", "", QUESTION, List.of(), java.util.Map.of(), List.of());
    String html = new StudyReport(results, figures, Terms.NONE, "command").page().html();
    return html.substring(html.indexOf("class=\"answer\""), html.indexOf("<nav"));
  }

  @Test
  void whatWasOnlyExploredIsCountedBesideTheAnswer() {
    List<Claim> claims = new ArrayList<>(STUDY.claims());
    for (Claim each : STUDY.claims()) {
      claims.add(
          new Claim(
              each.id() + "-again",
              each.argument(),
              each.data(),
              each.sentence(),
              Claim.Kind.EXPLORATORY,
              each.test(),
              each.control(),
              4,
              each.paper(),
              null,
              Seen.NOTHING,
              List.of(),
              "why"));
    }
    Study study = MadeResults.study(STUDY.arguments(), STUDY.variants(), claims);
    assertThat(new Answers(results(study, 200, .01, 200, 2, 200), QUESTION).sentences())
        .last()
        .isEqualTo(
            "Nothing that was asked speaks against it, and nothing is open; of 3 exploratory"
                + " claims, which are not counted here, 3 hold, 0 are open and 0 fail.");
  }

  @Test
  void whereAllHoldTheAnswerIsYesAndNothingSpeaksAgainstIt() {
    assertThat(new Answers(allHold(), QUESTION).sentences())
        .containsExactly(
            "By these runs, yes: of 2 arguments 2 agree.",
            "What speaks for it: heads matter; doses count; sentence of tokens.",
            "Nothing that was asked speaks against it, and nothing is open.");
    assertThat(StudyEnding.of(allHold(), QUESTION)).hasSizeLessThanOrEqualTo(13);
    assertThat(terminal(allHold()))
        .startsWith("Is it so? By these runs, yes: of 2 arguments 2 agree.")
        .contains("steps 200.00 [")
        .contains("[+] agrees")
        .contains("3 primary claims: 3 hold")
        .matches("\\A\\p{ASCII}*\\z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          20 | .01 | 200 | 2 | PAPER_REFUTED | [-] differs | What speaks against it: heads do not matter.
          70 | .01 | 200 | 2 | BELOW_OUR_BAR | [?] open | heads do not matter (by our bar, not the paper's)
          100 | .2 | 200 | 2 | UNDECIDED | [?] open | open: whether heads matter.
          200 | .01 | 20 | 2 | CONTROL_FAILED | [?] open | whether heads matter (the number passes, its control too much)
          NaN | .01 | 200 | 2 | NO_VALUE | [?] open | whether heads matter (too many runs have no value)
          """)
  void eachTurnOfAClaimIsSaid(
      double heads,
      double spread,
      double control,
      double dose,
      Ruling ruling,
      String mark,
      String said) {
    StudyResults turned = results(heads, spread, control, dose, 200);
    assertThat(turned.verdict("heads").orElseThrow().ruling()).isEqualTo(ruling);
    assertThat(terminal(turned)).isNotEqualTo(terminal(allHold())).contains(mark);
    assertThat(page(turned))
        .contains(said.replace("'", "&#39;"))
        .doesNotContain("What speaks for it: heads matter");
    assertThat(new Answers(turned, QUESTION).sentences())
        .hasSize(3)
        .doesNotContainAnyElementsOf(new Answers(allHold(), QUESTION).sentences());
  }

  /** A number that passes its bar and fails for its control has that one's number beside it. */
  @Test
  void aControlThatFailsIsPrinted() {
    assertThat(terminal(results(200, .01, 20, 2, 200)))
        .containsPattern("steps 200\\.00 \\[.*\\]; control 22\\.50 \\[.*\\] +\\[\\?\\] open");
  }

  /** What the paper says nothing of speaks against us and leaves the agreement as it is. */
  @Test
  void aGuessThatIsRefutedIsNoDifferenceFromThePaper() {
    StudyResults turned = results(200, .01, 200, .5, 200);
    assertThat(turned.verdict("guess").orElseThrow().ruling()).isEqualTo(Ruling.OUR_GUESS_REFUTED);
    assertThat(terminal(turned)).contains("of 2 arguments 2 agree").contains("1 our guess refuted");
    assertThat(page(turned)).contains("doses do not count (our guess, not the paper&#39;s)");
  }

  @Test
  void aClaimThatNothingIsSaidOfIsSpokenOfByItsSentence() {
    assertThat(page(results(200, .01, 200, 2, -50)))
        .contains("What speaks against it: it does not hold that sentence of tokens.")
        .contains("of 2 arguments 1 agrees and 1 differs");
  }
}
