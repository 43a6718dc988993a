package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The address is the state: it can be sent to somebody, and Back undoes a gesture. */
@ExtendWith(Reading.class)
class AddressTest {
  @Test
  void theAddressAloneOpensTheSameView(Reader reader) {
    Page page = reader.opens("step=40");
    page.keyboard().press("2");
    Locator figure = Figures.titled(page, "prefix-matching score of every head");
    assertThat(Figures.value(figure)).containsText("at 40");
    page.getByLabel("Measure").selectOption("prev");
    page.getByLabel("Order of heads").selectOption("pm");
    page.keyboard().press("]");
    page.keyboard().press("t");
    page.keyboard().press("PageDown");
    assertThat(page).hasURL(Pattern.compile("head=L0H0"));
    assertThat(page).hasURL(Pattern.compile("step=60"));
    String query = page.url().substring(page.url().indexOf('?') + 1);
    assertThat(query)
        .contains("view=heads", "measure=prev", "sort=pm", "unit=tokens")
        .doesNotContain("token=");
    Page other = reader.opens(query);
    Locator same =
        Figures.titled(
            other, "previous-token score (prev) of every head over training: 2L, seed 0");
    assertThat(Figures.value(same)).containsText("at 60");
    assertThat(Figures.value(same))
        .hasText(
            Figures.value(Figures.titled(page, "previous-token score (prev) of every head"))
                .textContent());
    assertThat(other.getByLabel("Order of heads")).hasValue("pm");
    assertThat(other.locator("[data-value=tokens]")).hasAttribute("aria-pressed", "true");
  }

  @Test
  void aDragIsOneEntryOfTheHistoryAndBackUndoesIt(Reader reader) {
    Page page = reader.opens("step=40&axis=linear");
    Locator value = Figures.value(Figures.titled(page, "loss"));
    assertThat(value).containsText("at 40");
    BoundingBox box = Figures.plot(Figures.titled(page, "loss")).boundingBox();
    Object before = page.evaluate("history.length");
    page.mouse().move(box.x + 60, box.y + 50);
    page.mouse().down();
    for (int i = 1; i <= 10; i++) {
      page.mouse().move(box.x + 60 + (box.width - 69) * i / 10, box.y + 50);
    }
    assertThat(value).containsText(Pattern.compile(" · 1[46]0 · ")); // what is below the pointer
    page.mouse().up();
    page.mouse().move(0, 0);
    assertThat(value).containsText("at 160");
    assertThat(page).hasURL(Pattern.compile("step=160"));
    assertThat(((Number) page.evaluate("history.length")).intValue())
        .isEqualTo(((Number) before).intValue() + 1);
    page.goBack();
    assertThat(value).containsText("at 40");
    page.goForward();
    assertThat(value).containsText("at 160");
  }

  @Test
  void backGoesThroughGesturesOneByOne(Reader reader) {
    Page page = reader.opens("step=40");
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 40");
    page.getByLabel("Smoothing").selectOption("0.05");
    assertThat(page).hasURL(Pattern.compile("smooth=0.05"));
    page.locator("[data-value=linear]").click();
    assertThat(page).hasURL(Pattern.compile("axis=linear"));
    page.locator("nav a[data-view=attention]").click();
    assertThat(page.locator(".stale")).hasText("attention of 40");
    page.goBack();
    assertThat(page.locator(".view > .made")).containsText("Horizontal: steps");
    page.goBack();
    assertThat(page.locator(".view > .made")).containsText("Horizontal: ln(step + 5)");
    assertThat(page.getByLabel("Smoothing")).hasValue("0.05");
    page.goBack();
    assertThat(page.getByLabel("Smoothing")).hasValue("0");
  }

  @Test
  void nonsenseInTheAddressIsLeftOut(Reader reader) {
    Page page =
        reader.opens(
            "view=nothing&main=<b>&runs=1,2&step=x&pin=&zoom=9-1&head=L99H99&token=-1"
                + "&text=a.b.c&keys=none,loss&axis=4");
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 140");
    page.keyboard().press("2");
    assertThat(Figures.value(Figures.titled(page, "prefix-matching score of every head")))
        .containsText("L1H0, the greatest");
  }
}
