package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;

/** Any step exactly, and the view Causes: what follows from what, with the placebo beside it. */
@ExtendWith(Reading.class)
class CausesPageTest {
  private static final String NUMBER = "(−?[\\d.e−]+)";

  private static Locator chip(Page page) {
    return page.locator("main .stale:visible").first();
  }

  private static Page causes(Reader reader, String more) {
    Page page = reader.opens("view=causes&step=160&text=repeated.0&token=12" + more);
    assertThat(readout(page)).containsText("After ");
    return page;
  }

  private static Locator readout(Page page) {
    return page.locator("main .readout").first();
  }

  private static Locator choice(Page page, String name) {
    return page.locator(".switch[data-name='%s']".formatted(name));
  }

  private static Locator part(Page page, String name) {
    page.locator(".parts [data-value=%s]".formatted(name)).click();
    return page.locator("main");
  }

  /** Between two checkpoints: trained again, and the next one met with its SHA-256. */
  @Test
  void aStepBetweenCheckpointsIsTrainedAgainToTheSameBits(Reader reader) throws Exception {
    Page page = reader.opens("view=attention&step=47");
    assertThat(chip(page)).containsText("attention of 40, cursor at 47");
    Locator replay = page.locator("[data-what=replay]");
    assertThat(replay).hasText(Pattern.compile("^replay to 47 \\(20 steps, "));
    replay.click();
    Locator badge = page.locator("[data-what=badge]");
    assertThat(badge).hasText("✓ verified");
    assertThat(chip(page)).hasText("attention of 47");
    RunFolder run = reader.lab().of("2L", 0);
    byte[] next =
        Files.readAllBytes(run.path().resolve("checkpoints/step-00000060/model.safetensors"));
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(next));
    JsonNode state =
        reader.server().json("/api/runs/" + reader.run("2L", 0) + "/exact?step=47").path("state");
    assertThat(state.path("exactness").asString()).isEqualTo("VERIFIED");
    assertThat(state.path("sha256").asString()).isEqualTo(sha256);
    badge.click();
    assertThat(page.locator("dialog[open]")).containsText(sha256.substring(0, 8));
  }

  @Test
  void aHeadIsSwitchedOffByOneClickWithItsPlaceboBesideIt(Reader reader) {
    Page page = causes(reader, "");
    choice(page, "L1H1").click();
    assertThat(page).hasURL(Pattern.compile("edits=L1H1"));
    assertThat(readout(page))
        .containsText(
            Pattern.compile("; with L1H1 off " + NUMBER + ", under the placebo " + NUMBER));
    assertThat(choice(page, "L1H1")).hasAttribute("aria-pressed", "true");
    Figures.Twin bars = Figures.twin(Figures.titled(page, "Next token after "));
    // Two heads a layer: the other one is all there is to compare with.
    assertThat(bars.columns())
        .containsExactly("token", "follows", "as it is", "switched", "placebo L1H0");
    page.keyboard().press("a");
    assertThat(page).not().hasURL(Pattern.compile("edits="));
    assertThat(choice(page, "L1H1")).hasAttribute("aria-pressed", "false");
  }

  @Test
  void theNextTokensArePredictedBeforeAndAfter(Reader reader) {
    Page page = causes(reader, "&edits=L1H1");
    assertThat(readout(page)).containsText("with L1H1 off");
    Figures.Twin bars = Figures.twin(Figures.titled(page, "Next token after "));
    double before = 0;
    double after = 0;
    for (List<String> row : bars.rows()) {
      before += Double.parseDouble(row.get(2).replace('−', '-'));
      after += Double.parseDouble(row.get(3).replace('−', '-'));
    }
    assertThat(before).isBetween(0.5, 1.001);
    assertThat(after).isBetween(0.5, 1.001);
    assertThat(bars.rows()).filteredOn(row -> row.get(1).equals("yes")).hasSize(1);
    // Without a change nothing of it is left.
    page.keyboard().press("a");
    assertThat(readout(page)).not().containsText("off");
  }

  @Test
  void aSliderScalesTheChosenHeadFromNothingToTwice(Reader reader) {
    Page page = causes(reader, "&head=L0H1");
    Locator slider = page.getByLabel("Scale of the chosen one");
    assertThat(slider).hasAttribute("aria-valuetext", "L0H1 times 1");
    slider.fill("0.5");
    assertThat(page).hasURL(Pattern.compile("edits=L0H1\\*0\\.5|edits=L0H1%2A0\\.5"));
    assertThat(readout(page)).containsText("L0H1");
    slider.focus();
    page.keyboard().press("End");
    assertThat(slider).hasAttribute("aria-valuetext", "L0H1 times 2");
    slider.fill("1");
    assertThat(page).not().hasURL(Pattern.compile("edits="));
  }

  @Test
  void anEdgeOfTheCircuitIsCutByAClickAndByKeys(Reader reader) {
    Page page = causes(reader, "&part=circuit");
    Locator circuit = Figures.titled(page, "Circuit at step 160");
    Figures.Twin twin = Figures.twin(circuit);
    assertThat(twin.columns()).containsExactly("from", "to", "reads it as", "strength", "z", "cut");
    Locator cut = circuit.locator(".twin button").first();
    String edge = Objects.requireNonNull(cut.getAttribute("data-key"));
    cut.click();
    assertThat(page).hasURL(Pattern.compile("edits=" + edge.replace(".", "\\.")));
    assertThat(readout(page)).containsText("cut");
    page.keyboard().press("a");
    assertThat(page).not().hasURL(Pattern.compile("edits="));
    Figures.plot(circuit).focus();
    page.keyboard().press("ArrowRight");
    assertThat(Figures.value(circuit)).containsText("strength");
    for (int i = 0; i < twin.rows().size() && !page.url().contains("edits="); i++) {
      page.keyboard().press("Enter");
      page.waitForTimeout(100);
      page.keyboard().press("ArrowRight");
    }
    assertThat(page).hasURL(Pattern.compile("edits="));
  }

  @Test
  void theCircuitHasTheStrengthsOfTheStepOfTheCursor(Reader reader) {
    Page page = causes(reader, "&part=circuit&edges=all");
    Locator circuit = Figures.titled(page, "Circuit at step 160");
    JsonNode answer =
        reader.server().json("/api/runs/" + reader.run("2L", 0) + "/circuit?step=160");
    List<List<String>> rows = Figures.twin(circuit).rows();
    assertThat(rows).hasSize(answer.path("edges").size());
    for (JsonNode edge : answer.path("edges")) {
      assertThat(rows)
          .anyMatch(row ->
              row.get(0).equals(edge.path("from").asString())
                  && row.get(1).equals(edge.path("to").asString())
                  && row.get(3).equals(Figures.shown(edge.path("strength").asDouble())));
    }
    page.keyboard().press("PageUp");
    Figures.titled(page, "Circuit at step 140").waitFor();
  }

  @Test
  void tablesSayWhatAHeadRaisesAndLooksFor(Reader reader) {
    Page page = causes(reader, "&head=L1H0");
    part(page, "tables");
    assertThat(table(page, "OV of L1H0: attending to … raises the logit of").first()).isVisible();
    assertThat(table(page, "QK of L1H0: a query of … looks for").first()).isVisible();
    page.getByLabel("Keys read through").selectOption("L0H1");
    assertThat(table(page, "QK of L1H0 through L0H1: a query of … looks for").first()).isVisible();
  }

  private static Locator table(Page page, String title) {
    return page.locator("[role=region][aria-label='%s'] tbody tr".formatted(title));
  }

  @Test
  void aHeadHasItsEvidenceWithItsNull(Reader reader) {
    Page page = causes(reader, "&head=L1H0&part=evidence");
    Locator card = page.locator("article.evidence");
    assertThat(card.locator("h3")).hasText(Pattern.compile("^L1H0 at step 160: [●◐○] "));
    assertThat(card.locator("dd").first()).containsText(Pattern.compile("number \\d of 4 heads"));
    assertThat(card).containsText(Pattern.compile("without|Without"));
  }

  @Test
  void theModelGoesOnTokenByTokenAndSwitchedBesideIt(Reader reader) {
    Page page = causes(reader, "&part=write&edits=L1H1");
    page.getByText("go on", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(page.getByLabel("Goes on with, as it is").locator(".word")).hasCount(24);
    assertThat(page.getByLabel("Goes on with, switched").locator(".word")).hasCount(24);
    assertThat(page.locator("section[aria-label='What the model goes on with'] .readout"))
        .containsText(Pattern.compile("They part at token|Both go on alike"));
  }

  @Test
  void twoStepsOrTwoRunsSideBySide(Reader reader) {
    Page page = causes(reader, "&part=compare&pin=40");
    Locator compare = page.locator("section[aria-label='Side by side']");
    assertThat(compare).containsText("step 40");
    Locator losses = compare.locator("figure:visible").first();
    assertThat(Figures.twin(losses).rows()).isNotEmpty();
    Page other = causes(reader, "&part=compare&beside=" + reader.run("1L", 0));
    assertThat(other.locator("section[aria-label='Side by side']")).containsText("1L, seed 0");
  }
}
