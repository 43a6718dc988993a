package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The first minute: six gestures that teach the paper, where the run shows them. */
@ExtendWith(Reading.class)
class TourPageTest {
  private static Locator tour(Page page) {
    return page.getByLabel("Tour: six gestures");
  }

  /** Its one layer matches no prefix: there is no head to switch off. */
  @Test
  void aRunIsOfferedOnlyWhatItShows(Reader reader) {
    reader.isNew();
    Page page = reader.opens("main=" + reader.run("1L", 0));
    // Other variants of its study can be swapped in, and that is all.
    assertThat(tour(page)).containsText("1 of six gestures that this run shows");
    tour(page).locator(".stop").nth(2).click();
    assertThat(tour(page).locator(".how")).containsText("1L, seed 0 does not show this gesture.");
    assertThat(tour(page).locator(".says")).not().hasText("");
    assertThat(page).not().hasURL(Pattern.compile("edits="));
    page.keyboard().press("Escape");
    assertThat(tour(page)).isHidden();
    // The address is written when gestures rest, a moment later.
    assertThat(page).not().hasURL(Pattern.compile("tour="));
    page.reload();
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText(" at ");
    assertThat(tour(page)).isHidden();
  }

  /** Without a run there is the recorded example, which shows all six; each is made here. */
  @Test
  void theRecordedExampleTeachesAllSixGestures(Reader reader, @TempDir Path empty) {
    reader.isNew();
    reader.turnsTo(empty);
    Page page = reader.opens("");
    assertThat(page.locator("body")).containsText("./refrain train");
    assertThat(tour(page)).containsText("6 of six gestures that this run shows");
    tour(page).locator("button:has-text('begin')").click();
    Locator how = tour(page).locator(".how");
    assertThat(how).containsText("Drag the cursor");
    page.keyboard().press("End");
    assertThat(how).containsText("Done.");
    tour(page).locator("button:has-text('next')").click();
    assertThat(how).containsText("Hover the outlined");
    page.locator(".word.toured").first().hover();
    assertThat(how).containsText("Done.");
    tour(page).locator("button:has-text('next')").click();
    assertThat(how).containsText("Switch off");
    for (int i = 0; i < 60 && !how.textContent().startsWith("Done."); i++) {
      page.keyboard().press("m");
      page.waitForTimeout(500);
    }
    assertThat(how).containsText("Done.");
    tour(page).locator("button:has-text('next')").click();
    assertThat(how).containsText("Choose");
    for (int i = 0; i < 20 && !how.textContent().startsWith("Done."); i++) {
      page.keyboard().press("v");
      page.waitForTimeout(500);
    }
    assertThat(how).containsText("Done.");
    tour(page).locator("button:has-text('next')").click();
    assertThat(how).containsText("Cut the edge");
    page.locator("[data-cut]").first().click();
    assertThat(how).containsText("Done.");
    tour(page).locator("button:has-text('next')").click();
    assertThat(how).containsText("Press Space");
    page.evaluate("document.activeElement.blur()");
    page.keyboard().press(" ");
    assertThat(how).containsText("Done.");
    assertThat(tour(page).locator(".stop").allTextContents()).allMatch("✓"::equals);
  }
}
