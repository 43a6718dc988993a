package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import refrain.draw.Terms;
import refrain.study.Claim;
import refrain.study.MadeResults;
import refrain.study.Study;
import refrain.study.StudyResults;

/** What one has to read of the paper's study: not too much, and each sentence by itself. */
class PageWordsTest {
  /** Half of the 29,600 words of the first edition. */
  private static final int MOST = 14_800;

  private static final Study STUDY = Study.named("olsson");

  /** Words outside of appendices, cards of terms and figures. */
  private static int words(String html) {
    String body =
        html.replaceAll("(?s)<style>.*?</style>", " ")
            .replaceAll("(?s)<svg.*?</svg>", " ")
            .replaceAll("(?s)<section[^>]*class=\"(appendix|definitions)\".*?</section>", " ")
            .replaceAll("(?s)<footer class=\"appendix\".*?</footer>", " ")
            .replaceAll("<[^>]*>", " ");
    return body.strip().split("\\s+").length;
  }

  /** With a number for everything that any figure could show, so that none is left out. */
  @Test
  void thePageHasHalfTheWordsOfTheFirstEdition() {
    StudyResults results = MadeResults.of(STUDY.withSeeds(1), MadeResults::anything);
    String html =
        new StudyReport(results, FiguresFile.named(STUDY), Terms.NONE, "command").page().html();
    assertThat(html).contains("class=\"appendix\"");
    assertThat(words(html)).isBetween(3_000, MOST);
  }

  @Test
  void sentencesOfClaimsLeanOnNoNeighbour() {
    Pattern leans =
        Pattern.compile("^(So|And|Then|There,?|They|Those|That|These|It|Here|As there) .*");
    assertThat(Study.names().stream().flatMap(name -> Study.named(name).claims().stream()))
        .filteredOn(claim -> leans.matcher(claim.sentence()).matches())
        // Registered so before this test read it; "it" is the guarded model of g-kept.
        .filteredOn(claim -> !claim.id().equals("g-cost"))
        .extracting(Claim::id)
        .isEqualTo(List.of());
  }
}
