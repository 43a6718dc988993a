package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.MetricsRow;

/** The drawer of runs, the sentence and the page of a run, and the glossary. */
@ExtendWith(Reading.class)
class RunsPageTest {
  private static final int MOST = 48;

  private static Locator drawer(Page page) {
    page.keyboard().press("r");
    Locator drawer = page.locator(".drawer");
    assertThat(drawer.locator("tbody tr").first()).isVisible();
    return drawer;
  }

  @Test
  void theStudyOpensWithTheRunThatLearntMost(Reader reader) {
    Page page = reader.opens("");
    assertThat(page.locator(".sentence"))
        .containsText("2L, seed 0: induction heads formed at step 105");
    assertThat(page.getByLabel("Step", new Page.GetByLabelOptions().setExact(true)))
        .hasValue("" + Lab.END);
  }

  @Test
  void variantsAreSwappedAtTheSameStep(Reader reader) {
    Page page = reader.opens("step=60&keys=loss");
    assertThat(page.locator(".question")).hasText("Does a second layer help?");
    Locator swaps = page.getByLabel("Swap the run");
    assertThat(swaps.locator("[aria-pressed=true]")).hasText("2L");
    swaps.locator("button", new Locator.LocatorOptions().setHasText("1L")).click();
    assertThat(page.locator(".sentence")).containsText("1L, seed 0");
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 60");
    page.keyboard().press("v");
    assertThat(page.locator(".sentence")).containsText("2L, seed 0");
    assertThat(page).hasURL(Pattern.compile("step=60"));
  }

  @Test
  void runsAreGroupedFilteredAndSorted(Reader reader) {
    Page page = reader.opens("");
    Locator drawer = drawer(page);
    assertThat(
            drawer
                .locator("summary")
                .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^ 2L "))))
        .hasText(" 2L 2");
    assertThat(drawer.getByRole(com.microsoft.playwright.options.AriaRole.STATUS))
        .containsText("9 of 9 runs");
    page.getByLabel("Filter runs").fill("1L");
    assertThat(drawer.locator("tbody tr")).hasCount(2);
    page.getByLabel("Filter runs").fill("interrupted");
    assertThat(drawer.locator("tbody tr")).hasCount(1);
    assertThat(drawer.locator(".state")).hasAttribute("aria-label", "interrupted");
    page.getByLabel("Filter runs").fill("");
    page.getByLabel("Sort").selectOption("icl");
    assertThat(drawer.locator("summary").first()).containsText("2L");
    assertThat(drawer.locator("tbody tr").first()).containsText("seed 0");
    assertThat(drawer.locator(".broken summary")).hasText("1 folders cannot be read");
    drawer.locator(".broken summary").click();
    assertThat(drawer.locator(".broken li"))
        .containsText(Pattern.compile("^broken .*run.json.*put the file back"));
  }

  @Test
  void aRunIsDrawnChosenAndPutBeside(Reader reader) {
    Page page = reader.opens("keys=loss");
    Locator drawer = drawer(page);
    page.getByLabel("Draw 1L, seed 0").check();
    assertThat(page.locator(".runs-button")).hasText(Pattern.compile("Runs · 3"));
    page.getByTitle("1L, seed 0: make it the run of the cursor").click();
    assertThat(page.locator(".sentence")).containsText("1L, seed 0");
    page.getByLabel("Show 2L, seed 1 beside the main run").click();
    assertThat(page).hasURL(Pattern.compile("beside=" + reader.run("2L", 1)));
    page.getByLabel("Draw all runs of 2L-fast").check();
    assertThat(page.locator(".runs-button")).hasText(Pattern.compile("Runs · 5"));
    drawer.locator("button", new Locator.LocatorOptions().setHasText("Only the main one")).click();
    assertThat(page.locator(".runs-button")).hasText(Pattern.compile("Runs · 1"));
  }

  @Test
  void fortyEightRunsAreDrawnByVariantAndNoMore(Reader reader, @TempDir Path many)
      throws IOException {
    for (int i = 0; i < MOST + 2; i++) {
      Path run = i % 2 == 0 ? reader.lab().of("2L", 0).path() : reader.lab().of("1L", 1).path();
      Files.createSymbolicLink(many.resolve((i % 2 == 0 ? "two-" : "one-") + i), run);
    }
    try {
      reader.turnsTo(many);
      Page page = reader.opens("keys=loss");
      Locator drawer = drawer(page);
      assertThat(drawer.locator("tbody tr")).hasCount(MOST + 2);
      drawer.locator("button", new Locator.LocatorOptions().setHasText("Draw these")).click();
      assertThat(page.locator(".runs-button")).hasText("Runs · " + MOST);
      Locator figure = Figures.titled(page, "loss");
      assertThat(Figures.plot(figure)).hasAttribute("aria-label", "loss, 48 runs over training");
      Figures.Twin twin = Figures.twin(figure);
      assertThat(twin.columns()).hasSize(1 + MOST);
      List<MetricsRow> rows = reader.lab().of("2L", 0).metrics().having("loss");
      assertThat(twin.rows()).hasSize(rows.size());
      int column = twin.columns().indexOf("two-4, seed 0");
      assertThat(twin.rows().getLast().get(column))
          .isEqualTo(Figures.shown(rows.getLast().value("loss")));
    } finally {
      Lab.unlink(many);
    }
  }

  @Test
  void colourIsNeverTheOnlySign(Reader reader) {
    Page page =
        reader.opens(
            "keys=loss&runs=%s,%s,%s"
                .formatted(reader.run("2L", 0), reader.run("1L", 0), reader.run("2L-fast", 0)));
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText(" at ");
    List<?> looks =
        (List<?>)
            page.evaluate(
                "[...document.querySelectorAll('.legend line')].map(l => l.getAttribute('stroke') +"
                    + " ' ' + l.getAttribute('stroke-dasharray'))");
    assertThat(looks).hasSize(3).doesNotHaveDuplicates();
    assertThat(page.locator(".legend [aria-pressed=true]")).hasText(Pattern.compile("^ 2L"));
  }

  @Test
  void thePageOfARunHasItsNumbersAndItsSpecification(Reader reader) {
    Page page = reader.opens("view=run&main=" + reader.run("1L", 1));
    Locator view = page.locator("section.view");
    assertThat(view).containsText("1 layer of 2 heads");
    assertThat(view).containsText("not in this run");
    assertThat(view.locator("tr", new Locator.LocatorOptions().setHasText("model.nLayers")))
        .containsText("1");
    page.keyboard().press("r");
    page.getByTitle("2L, seed 0: make it the run of the cursor").click();
    assertThat(view).containsText("steps %s to %s".formatted(Lab.BEGIN, Lab.END));
    page.getByText("To the end of it").click();
    assertThat(page).hasURL(Pattern.compile("step=" + Lab.END));
  }

  @Test
  void eachTermHasItsCardInPlace(Reader reader) {
    Page page = reader.opens("");
    Figures.titled(page, "prefix-matching score: best head").locator(".term").click();
    Locator card = page.locator("dialog[open]");
    assertThat(card.locator("h2")).hasText("prefix-matching score");
    assertThat(card.locator("dt"))
        .containsText(new String[] {"key", "formula", "unit", "better", "source"});
    assertThat(card).containsText("Olsson");
    page.keyboard().press("Escape");
    assertThat(page.locator("dialog[open]")).hasCount(0);
  }

  @Test
  void theGlossaryIsSearched(Reader reader) {
    Page page = reader.opens("view=glossary");
    Locator words = page.locator(".glossary article");
    assertThat(words.nth(50)).isAttached();
    page.getByLabel("Search the glossary").fill("in-context-learning score nats");
    assertThat(words.first()).containsText("in-context-learning (ICL) score");
    int found = words.count();
    assertThat(found).isBetween(1, 30);
    assertThat(page.locator(".view [role=status]")).hasText(found + " terms");
    page.getByLabel("Search the glossary").fill("no such word at all");
    assertThat(words).hasCount(0);
  }
}
