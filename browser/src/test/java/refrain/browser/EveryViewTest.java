package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All views in all windows: read by axe-core as a screen reader would, without a bar to scroll
 * sideways, and each as a picture in {@code target/pages}, to be looked at.
 */
@ExtendWith(Reading.class)
class EveryViewTest {
  private static final Path PICTURES = Path.of("target", "pages");

  private static final String AXE = Chromium.resource("axe.min.js");

  private static final String VIOLATIONS =
      """
      async () => (await axe.run(document, { runOnly:
          ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
        .violations.map(v => `${v.id}: ${v.help}: `
          + v.nodes.slice(0, 3).map(n => n.html.slice(0, 150) + ' '
            + n.failureSummary.replace(/\\s+/g, ' ').slice(0, 200)).join(' | '))
      """;

  /** A view: the query of its address, and what is there when it is drawn. */
  private record View(String query, String drawn) {}

  private static final Map<String, View> VIEWS =
      Map.of(
          "time", new View("view=time", "figure:visible .value:has-text('nats at')"),
          "heads", new View("view=heads", "figure:visible .value:has-text('the greatest')"),
          "attention",
              new View(
                  "view=attention&token=9&pin=0&tint=gain", ".stale:has-text('attention of 140')"),
          "causes",
              new View(
                  "view=causes&text=repeated.0&token=12&edits=L1H1",
                  ".readout:has-text('with L1H1 off')"),
          "evidence",
              new View("view=causes&text=repeated.0&token=12&part=evidence", ".evidence h3"),
          "study", new View("view=study", "section[aria-label=Study] h2"),
          "start", new View("view=start&preset=tiny", ".outlook:has-text('parameters')"),
          "run", new View("view=run", "text=Specification >> nth=0"),
          "glossary", new View("view=glossary", ".glossary article >> nth=9"));

  private static final List<Window> WINDOWS =
      List.of(Window.WIDE, Window.WIDE.inTheDark(), Window.PHONE, Window.PHONE.inTheDark());

  private static final List<Window> TWO_WINDOWS = List.of(Window.WIDE, Window.PHONE.inTheDark());

  static Stream<String> views() {
    return VIEWS.keySet().stream().sorted();
  }

  private static Page view(Reader reader, String view) {
    Page page = reader.opens(VIEWS.get(view).query());
    page.locator(VIEWS.get(view).drawn()).first().waitFor();
    return page;
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }

  /** Looks at the page in a window, and waits until it is drawn so. */
  private static void in(Page page, Window window) {
    page.emulateMedia(
        new Page.EmulateMediaOptions()
            .setColorScheme(window.dark() ? ColorScheme.DARK : ColorScheme.LIGHT));
    page.setViewportSize(window.width(), window.height());
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>"
            + " setTimeout(done, 50))))");
  }

  private static List<String> violations(Page page) {
    return ((List<?>) page.evaluate(VIOLATIONS)).stream().map(String::valueOf).toList();
  }

  /** How much there is to scroll sideways. */
  private static List<String> excess(Page page) {
    Object beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth");
    return Integer.valueOf(0).equals(beyond)
        ? List.of()
        : List.of(beyond + " pixels to scroll sideways");
  }

  /** Looks at the page in some windows and at how wide it is in the narrowest, with pictures. */
  private static void isReadableIn(List<Window> windows, Page page, String name) {
    page.evaluate(AXE);
    Map<String, List<String>> faults = new TreeMap<>();
    for (Window window : windows) {
      in(page, window);
      picture(page, name + "-" + window);
      faults.put(window + ", axe-core", violations(page));
      faults.put(window + ", width", excess(page));
    }
    in(page, Window.NARROWEST);
    faults.put(Window.NARROWEST + ", width", excess(page));
    faults.values().removeIf(List::isEmpty);
    assertThat(faults).isEmpty();
    in(page, Window.WIDE);
  }

  @ParameterizedTest
  @MethodSource("views")
  void canBeReadByAll(String view, Reader reader) {
    isReadableIn(WINDOWS, view(reader, view), view);
  }

  @Test
  void drawersAndCardsCanBeReadByAll(Reader reader) {
    Page page = view(reader, "time");
    page.keyboard().press("r");
    page.locator(".drawer tbody tr").first().waitFor();
    isReadableIn(TWO_WINDOWS, page, "runs");
    page.keyboard().press("Escape");
    page.locator("figure .term").first().click();
    page.locator("dialog[open] dd").first().waitFor();
    isReadableIn(TWO_WINDOWS, page, "card");
    page.keyboard().press("Escape");
    page.keyboard().press("?");
    page.locator("dialog[open] kbd").first().waitFor();
    isReadableIn(TWO_WINDOWS, page, "keys");
    page.keyboard().press("Escape");
    Figures.twin(page.locator("figure:visible").first());
    isReadableIn(TWO_WINDOWS, page, "table");
  }

  /** The table of a figure, some of which are drawn later than others. */
  private static Figures.Twin filled(Page page, Locator figure) {
    Figures.Twin twin = Figures.twin(figure);
    for (int i = 0; i < 200 && twin.rows().isEmpty(); i++) {
      page.waitForTimeout(100);
      twin = Figures.twin(figure);
    }
    return twin;
  }

  @ParameterizedTest
  @ValueSource(strings = {"time", "heads", "attention", "causes"})
  void eachPictureHasATable(String view, Reader reader) {
    Page page = view(reader, view);
    Locator figures = page.locator("figure:visible:has(canvas):not(.waiting)");
    assertThat(figures.count()).isGreaterThan(2);
    for (Locator figure : figures.all()) {
      Figures.Twin twin = filled(page, figure);
      assertThat(twin.rows()).as(figure.locator(".title").textContent()).isNotEmpty();
      assertThat(twin.columns().size()).isEqualTo(twin.rows().getFirst().size());
    }
  }

  @Test
  void withoutATokenThePageSaysHowToGetInAndKeepsTheView(Reader reader) {
    Page page = reader.page(Window.PHONE);
    page.navigate(reader.server().base() + "/?view=heads&step=40");
    assertThat(page.locator("main")).containsText("This address has no key");
    assertThat(page.locator("main")).containsText("/?view=heads&step=40#token=…");
    isReadableIn(TWO_WINDOWS, page, "locked");
    page.evaluate("token => { location.hash = 'token=' + token; }", reader.server().token());
    assertThat(Figures.value(Figures.titled(page, "prefix-matching score of every head")))
        .containsText("at 40");
    assertThat(page.url()).doesNotContain("token");
  }
}
