package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everything without a mouse. */
@ExtendWith(Reading.class)
class KeyboardTest {
  @Test
  void allViewsByKeysAlone(Reader reader) {
    Page page = reader.opens("step=40");
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 40");
    page.keyboard().press("ArrowRight");
    assertThat(page).hasURL(Pattern.compile("step=41"));
    page.keyboard().press("Shift+ArrowLeft");
    assertThat(page).hasURL(Pattern.compile("step=31"));
    page.keyboard().press("w");
    assertThat(page).hasURL(Pattern.compile("step=" + Lab.BEGIN));
    page.keyboard().press("w");
    assertThat(page).hasURL(Pattern.compile("step=" + Lab.END));
    page.keyboard().press("p");
    page.keyboard().press("Home");
    assertThat(page).hasURL(Pattern.compile("step=0&pin=" + Lab.END));
    page.keyboard().press("2");
    assertThat(Figures.value(Figures.titled(page, "prefix-matching score of every head")))
        .containsText("at 0");
    page.keyboard().press("3");
    assertThat(page.locator(".stale")).hasText("attention of 0");
    Figures.titled(page, "Beside it: step 140").waitFor();
    page.keyboard().press("p");
    page.keyboard().press("g");
    assertThat(page.locator(".glossary article").first()).isVisible();
    page.keyboard().press("r");
    assertThat(page.getByLabel("Filter runs")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.locator(".runs-button")).isFocused();
    page.keyboard().press("1");
    page.keyboard().press("s");
    assertThat(page.locator(".view > .made")).containsText("Horizontal: steps");
  }

  /** The one cursor is a native range input, whose arrows are steps and not pixels. */
  @Test
  void theCursorIsARangeInput(Reader reader) {
    Page page = reader.opens("step=40");
    Locator range = page.locator("input[type=range]");
    assertThat(range).hasAttribute("aria-valuetext", "step 40 of 160");
    range.focus();
    page.keyboard().press("ArrowUp");
    assertThat(range).hasAttribute("aria-valuetext", "step 41 of 160");
    page.keyboard().press("PageDown");
    assertThat(range).hasAttribute("aria-valuetext", "step 60 of 160");
    page.keyboard().press("End");
    assertThat(range).hasAttribute("aria-valuetext", "step 160 of 160");
    // Said once the cursor rests, with what the run is like there.
    assertThat(page.locator("[aria-live]"))
        .containsText(Pattern.compile("^Step 160, loss .*, in-context-learning score −1\\.4"));
  }

  @Test
  void keysOfALetterCanBeSwitchedOff(Reader reader) {
    Page page = reader.opens("step=40");
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 40");
    page.keyboard().press("?");
    Locator dialog = page.locator("dialog[open]");
    assertThat(dialog.locator("kbd").first()).hasText("←");
    dialog.locator("input[type=checkbox]").uncheck();
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
    page.keyboard().press("2");
    page.keyboard().press("ArrowRight");
    assertThat(page).hasURL(Pattern.compile("step=41"));
    assertThat(page).not().hasURL(Pattern.compile("view="));
  }

  /** Tab reaches everything once, and leads on; what has the focus can be seen. */
  @Test
  void tabReachesEverything(Reader reader) {
    Page page = reader.opens("keys=loss,icl&step=40");
    assertThat(Figures.value(Figures.titled(page, "in-context"))).containsText("at 40");
    Set<Object> reached = new HashSet<>();
    page.evaluate("document.body.focus()");
    for (int i = 0; i < 80; i++) {
      page.keyboard().press("Tab");
      Object at =
          page.evaluate(
              """
              () => {
                const e = document.activeElement;
                if (!e || e === document.body) return null;
                const style = getComputedStyle(e);
                const box = e.getBoundingClientRect();
                const seen = style.outlineStyle !== 'none' || e.matches('input[type=range]');
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const top = document.elementFromPoint(x, y);
                const covered = !(e === top || e.contains(top) || top?.contains(e));
                return [...document.querySelectorAll('*')].indexOf(e)
                  + (seen ? '' : ' UNSEEN ' + e.outerHTML.slice(0, 90))
                  + (covered ? ' COVERED ' + e.outerHTML.slice(0, 90) : '');
              }
              """);
      if (at == null) {
        break;
      }
      reached.add(at);
    }
    assertThat(reached).allMatch(at -> !at.toString().contains("UNSEEN"));
    assertThat(reached).allMatch(at -> !at.toString().contains("COVERED"));
    Object all =
        page.evaluate(
            "[...document.querySelectorAll('a[href], button, input, select, summary,'"
                + " + '[tabindex=\"0\"]')]"
                + ".filter(e => e.checkVisibility() && !e.disabled).length");
    assertThat(reached).hasSize(((Number) all).intValue());
  }
}
