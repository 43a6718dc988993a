package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import refrain.store.MetricsRow;

/** The view Heads: each head over training, and any two measures of them. */
@ExtendWith(Reading.class)
class HeadsPageTest {
  private static final List<String> HEADS = List.of("L0H0", "L0H1", "L1H0", "L1H1");

  private static final String MAP = "prefix-matching score of every head over training: 2L, seed 0";

  private static List<MetricsRow> probes(Reader reader) {
    return reader.lab().of("2L", 0).metrics().having("pm.best");
  }

  private static MetricsRow probe(Reader reader, long step) {
    return probes(reader).stream().filter(r -> r.step() == step).findFirst().orElseThrow();
  }

  @Test
  void everyHeadOverAllOfTrainingOnOneCanvas(Reader reader) {
    Page page = reader.opens("view=heads&step=160");
    Locator figure = Figures.titled(page, MAP);
    MetricsRow last = probe(reader, 160);
    assertThat(Figures.value(figure))
        .hasText("L1H0, the greatest, " + Figures.number(last.value("pm.L1H0")) + " at 160");
    List<List<String>> csv = Figures.csv(page, figure);
    assertThat(csv.getFirst()).isEqualTo(List.of("step", "L0H0", "L0H1", "L1H0", "L1H1"));
    assertThat(csv).hasSize(1 + probes(reader).size());
    for (int i = 0; i < probes(reader).size(); i++) {
      MetricsRow probe = probes(reader).get(i);
      assertThat(csv.get(1 + i).getFirst()).isEqualTo("" + probe.step());
      for (int h = 0; h < HEADS.size(); h++) {
        assertThat(Float.parseFloat(csv.get(1 + i).get(1 + h)))
            .isEqualTo((float) probe.value("pm." + HEADS.get(h)));
      }
    }
    assertThat(figure.locator("canvas")).hasCount(2); // what is drawn, and above it the cursor
  }

  @Test
  void aHeadIsChosenByAClickAndByArrows(Reader reader) {
    Page page = reader.opens("view=heads&step=100");
    Locator plot = Figures.plot(Figures.titled(page, MAP));
    assertThat(Figures.value(Figures.titled(page, MAP))).containsText("L1H0");
    BoundingBox box = plot.boundingBox();
    plot.click(new Locator.ClickOptions().setPosition(box.width / 2, 12));
    assertThat(page).hasURL(Pattern.compile("head=L0H0"));
    plot.focus();
    page.keyboard().press("ArrowDown");
    assertThat(page).hasURL(Pattern.compile("head=L0H1"));
    page.keyboard().press("]");
    page.mouse().move(0, 0);
    assertThat(page).hasURL(Pattern.compile("head=L1H0"));
    assertThat(Figures.value(Figures.titled(page, MAP))).containsText(Pattern.compile("^L1H0 "));
  }

  @Test
  void headsAreSortedByAnyMeasureAtTheCursor(Reader reader) {
    Page page = reader.opens("view=heads&step=120");
    Locator figure = Figures.titled(page, MAP);
    assertThat(Figures.value(figure)).containsText("at 120");
    page.getByLabel("Order of heads").selectOption("prev");
    assertThat(page).hasURL(Pattern.compile("sort=prev"));
    MetricsRow probe = probe(reader, 120);
    List<String> sorted =
        HEADS.stream()
            .sorted(Comparator.comparingDouble((String h) -> -probe.value("prev." + h)))
            .toList();
    Locator plot = Figures.plot(figure);
    double height = plot.boundingBox().height;
    plot.focus();
    for (int row = 0; row < HEADS.size(); row++) {
      page.keyboard().press("ArrowDown");
      assertThat(page).hasURL(Pattern.compile("head=" + sorted.get(row)));
    }
    assertThat(height).isGreaterThan(100);
  }

  @Test
  void anyTwoMeasuresAgainstEachOther(Reader reader) {
    Page page = reader.opens("view=heads&step=100&x=prev&y=pm");
    Locator figure = Figures.titled(page, "Heads at step 100");
    page.getByLabel("across", new Page.GetByLabelOptions().setExact(true)).selectOption("copy");
    page.getByLabel("up", new Page.GetByLabelOptions().setExact(true)).selectOption("entropy");
    assertThat(page).hasURL(Pattern.compile("x=copy&y=entropy"));
    MetricsRow probe = probe(reader, 100);
    Locator plot = Figures.plot(figure);
    assertThat(plot)
        .hasAttribute(
            "aria-label",
            Pattern.compile("^4 heads at step 100: copying score across, attention entropy up"));
    Figures.Twin twin = Figures.twin(figure);
    assertThat(twin.columns()).containsExactly("head", "copying score", "attention entropy");
    assertThat(twin.rows())
        .containsExactlyElementsOf(
            HEADS.stream()
                .sorted(Comparator.comparingDouble((String h) -> -probe.value("entropy." + h)))
                .map(h ->
                    List.of(
                        h,
                        Figures.shown(probe.value("copy." + h)),
                        Figures.shown(probe.value("entropy." + h))))
                .toList());
    plot.focus();
    page.keyboard().press("ArrowDown");
    assertThat(page).hasURL(Pattern.compile("head=L0H0"));
  }

  @Test
  void aLineAHeadAndTheNearestSaysItsName(Reader reader) {
    Page page = reader.opens("view=heads&step=160&axis=linear");
    Locator figure = Figures.titled(page, "prefix-matching score, a line a head");
    Locator plot = Figures.plot(figure);
    assertThat(Figures.value(Figures.titled(page, MAP))).containsText("at 160");
    BoundingBox box = plot.boundingBox();
    plot.hover(new Locator.HoverOptions().setPosition(box.width - 9, 12));
    assertThat(Figures.value(figure))
        .containsText("L1H0 · 160 · " + Figures.number(probe(reader, 160).value("pm.L1H0")));
  }
}
