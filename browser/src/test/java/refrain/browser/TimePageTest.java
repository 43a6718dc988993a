package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import refrain.store.MetricsRow;

/** The view Time: curves over training, of one run and of many. */
@ExtendWith(Reading.class)
class TimePageTest {
  private static final String WARM_UP = "5";

  /** All curves that are drawn at first. */
  private static final List<String> CURVES =
      List.of(
          "loss", "in-context", "prefix matching", "previous-token", "composition", "divergence");

  private static void eachPanelSays(Page page, String what) {
    Locator values = page.locator("figure:visible figcaption .value");
    assertThat(values).hasCount(CURVES.size() + 1);
    for (int i = 0; i <= CURVES.size(); i++) {
      assertThat(values.nth(i)).containsText(Pattern.compile(what + "$"));
    }
  }

  @Test
  void oneCursorDrivesAllPanels(Reader reader) {
    Page page = reader.opens("step=40");
    eachPanelSays(page, " at 40");
    page.keyboard().press("PageDown");
    eachPanelSays(page, " at 60");
    page.getByLabel("Step", new Page.GetByLabelOptions().setExact(true)).fill("100");
    page.keyboard().press("Enter");
    eachPanelSays(page, " at 100");
    BoundingBox box = Figures.plot(page.locator("figure:visible").first()).boundingBox();
    page.mouse().move(box.x + box.width / 2, box.y + 60);
    page.mouse().down();
    page.mouse().move(box.x + box.width - 9, box.y + 60);
    page.mouse().up();
    page.mouse().move(0, 0);
    eachPanelSays(page, " at 160");
    page.keyboard().press("2");
    assertThat(Figures.value(Figures.titled(page, "prefix-matching score of every head")))
        .containsText("at 160");
    page.keyboard().press("3");
    assertThat(page.locator(".stale")).hasText("attention of 160");
  }

  @Test
  void valuesAtTheCursorAreThoseOfTheLog(Reader reader) {
    Page page = reader.opens("step=43");
    MetricsRow row =
        reader.lab().of("2L", 0).metrics().having("loss").stream()
            .filter(r -> r.step() == 40)
            .findFirst()
            .orElseThrow();
    assertThat(Figures.value(Figures.titled(page, "loss")))
        .hasText(Figures.number(row.value("loss")) + " at 40");
    assertThat(Figures.value(Figures.titled(page, "in-context")))
        .hasText(Figures.number(row.value("icl")) + " at 40");
  }

  @Test
  void theWindowIsShadedWithItsInterval(Reader reader) {
    Page page = reader.opens("axis=linear");
    assertThat(page.locator(".view > .made"))
        .containsText(
            ("Shaded: the phase change of 2L, seed 0, steps %s to %s; darker: the 95 %% interval of"
                    + " its midpoint, %s to %s.")
                .formatted(Lab.BEGIN, Lab.END, Lab.TAU_LOW, Lab.TAU_HIGH));
    Locator figure = Figures.titled(page, "in-context");
    assertThat(Figures.value(figure)).containsText("at 140");
    Document svg = Figures.svg(page, figure);
    List<Element> shades =
        Figures.all(svg, "rect").stream()
            .filter(r -> !r.getAttribute("opacity").isEmpty())
            .toList();
    double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
    // The axis goes from step 0 at 46 pixels to the last step, 10 pixels before the right end.
    double slope = (width - 56) / Lab.STEPS;
    assertThat(shades).hasSize(2);
    isFromTo(shades.getFirst(), 46 + slope * Lab.BEGIN, 46 + slope * Lab.END);
    isFromTo(shades.getLast(), 46 + slope * Lab.TAU_LOW, 46 + slope * Lab.TAU_HIGH);
  }

  private static void isFromTo(Element rect, double from, double to) {
    double x = Double.parseDouble(rect.getAttribute("x"));
    assertThat(x).isCloseTo(from, within(0.02));
    assertThat(x + Double.parseDouble(rect.getAttribute("width"))).isCloseTo(to, within(0.03));
  }

  @Test
  void whatItsWatchToldIsMarkedOnTheCurvesWithItsWords(Reader reader, @TempDir Path runs)
      throws IOException {
    Path run = runs.resolve("watched");
    Lab.copy(reader.lab().of("2L", 0).path(), run);
    Files.createDirectories(run.resolve("watch"));
    Files.writeString(
        run.resolve("watch/events.jsonl"),
        """
        {"id":"a","kind":"suspected","step":80,"says":"heads <b>may</b> form since step 75",\
        "evidence":0.031,"threshold":0.015,"leastDelay":10}
        {"id":"b","kind":"confirmed","step":123,"says":"heads form","evidence":0.21,"threshold":0.05}
        """);
    reader.turnsTo(runs);
    Page page = reader.opens("keys=icl,pm.best&axis=linear&step=40");
    assertThat(page.locator(".view > .made"))
        .containsText("(suspected at 80, confirmed at 123); its words are under the pointer");
    Locator figure = Figures.titled(page, "in-context");
    Document svg = Figures.svg(page, figure);
    assertThat(Figures.texts(svg)).contains("suspected", "confirmed");
    double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
    double slope = (width - 56) / Lab.STEPS;
    // A square on the curve: hollow while it is suspected, full where it was confirmed.
    List<Element> squares =
        Figures.all(svg, "rect").stream().filter(r -> r.getAttribute("width").equals("7")).toList();
    assertThat(squares).hasSize(2);
    assertThat(Double.parseDouble(squares.getFirst().getAttribute("x")))
        .isCloseTo(46 + slope * 80 - 3.5, within(0.02));
    assertThat(Double.parseDouble(squares.getLast().getAttribute("x")))
        .isCloseTo(46 + slope * 123 - 3.5, within(0.02));
    assertThat(squares.getFirst().getAttribute("fill"))
        .isNotEqualTo(squares.getLast().getAttribute("fill"));
    // Step 123 lies between rows of steps 120 and 140 or so: on the line between their values.
    double[] curve = curves(svg).getFirst();
    double at = 46 + slope * 123;
    int i = 0;
    while (curve[i + 2] < at) {
      i += 2;
    }
    double part = (at - curve[i]) / (curve[i + 2] - curve[i]);
    assertThat(Double.parseDouble(squares.getLast().getAttribute("y")) + 3.5)
        .isCloseTo(curve[i + 1] + part * (curve[i + 3] - curve[i + 1]), within(0.05));
    Locator plot = Figures.plot(figure);
    plot.hover(new Locator.HoverOptions().setPosition(46 + slope * 80 + 2, 60));
    assertThat(Figures.value(figure)).hasText("suspected at 80");
    assertThat(figure.locator(".told"))
        .hasText(
            "suspected at step 80: heads <b>may</b> form since step 75; evidence 0.031, threshold"
                + " 0.015; delay at least 10 steps");
    plot.hover(new Locator.HoverOptions().setPosition(46 + slope * 20, 60));
    assertThat(figure.locator(".told")).isHidden();
    // By keys: the cursor on the step of an event says its words.
    page.getByLabel("Step", new Page.GetByLabelOptions().setExact(true)).fill("123");
    page.keyboard().press("Enter");
    plot.focus();
    assertThat(plot)
        .hasAttribute(
            "aria-valuetext", Pattern.compile(".*; confirmed at step 123: heads form;.*"));
    Figures.Twin twin = Figures.twin(figure);
    assertThat(twin.columns().getLast()).startsWith("watch of ");
    assertThat(twin.rows())
        .anySatisfy(row -> {
          assertThat(row.getFirst()).isEqualTo("123");
          assertThat(row.get(1)).isEqualTo(Figures.NONE);
          assertThat(row.getLast()).startsWith("confirmed at step 123: heads form; evidence 0.21");
        });
  }

  @Test
  void theAxisIsLogarithmicOrLinearInStepsOrTokens(Reader reader) {
    Page page = reader.opens("step=40");
    Locator note = page.locator(".view > .made");
    assertThat(note).containsText("Horizontal: ln(step + " + WARM_UP + ")");
    page.getByRole(
            com.microsoft.playwright.options.AriaRole.BUTTON,
            new Page.GetByRoleOptions().setName("linear").setExact(true))
        .click();
    assertThat(note).containsText("Horizontal: steps");
    page.locator("[data-value=tokens]").click();
    assertThat(note).containsText("Horizontal: tokens");
    // 4 sequences of 16 tokens a step; the last step is 160.
    Document svg = Figures.svg(page, Figures.titled(page, "loss"));
    assertThat(Figures.texts(svg)).contains("tokens", "10k", "2000").doesNotContain("100");
    page.keyboard().press("s");
    assertThat(note).containsText("Horizontal: ln(tokens + 320)");
    assertThat(page).hasURL(Pattern.compile("unit=tokens"));
  }

  @Test
  void smoothingIsOffAndWhereItIsOnTheRowsStay(Reader reader) {
    Page page = reader.opens("main=%s&runs=%<s&keys=loss".formatted(reader.run("2L", 0)));
    Locator smoothing = page.getByLabel("Smoothing");
    assertThat(smoothing).hasValue("0");
    Locator note = page.locator(".view > .made");
    assertThat(note).containsText("Horizontal");
    assertThat(note).not().containsText("means");
    Locator figure = Figures.titled(page, "loss");
    List<double[]> raw = curves(Figures.svg(page, figure));
    smoothing.selectOption("0.1");
    assertThat(note)
        .containsText(
            "Strong lines are means over ± 10 % of steps + 5; the pale lines are the rows as they"
                + " are.");
    List<double[]> both = curves(Figures.svg(page, figure));
    assertThat(raw).hasSize(1);
    assertThat(both).hasSize(2);
    assertThat(both.getFirst()).containsExactly(raw.getFirst());
    assertThat(both.getLast()).isNotEqualTo(raw.getFirst());
  }

  /** Curves of runs: lines of many points that are not dashed as baselines are. */
  private static List<double[]> curves(Document svg) {
    return Figures.all(svg, "path").stream()
        .filter(path -> !"2 3".equals(path.getAttribute("stroke-dasharray")))
        .map(Figures::points)
        .filter(points -> points.length > 8)
        .toList();
  }

  @Test
  void aSpikeOfOneRowInSixThousandIsDrawn(Reader reader) {
    String spiky = reader.id("spiky");
    Page page =
        reader.opens("main=%s&runs=%<s&keys=train.loss&axis=linear&step=9999".formatted(spiky));
    Locator figure = Figures.titled(page, "loss of the training batch");
    assertThat(Figures.value(figure)).containsText("at 6000");
    Document svg = Figures.svg(page, figure);
    double[] curve = curves(svg).getFirst();
    double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
    assertThat(curve.length / 2).as("fewer points than rows").isLessThan(Lab.MANY_ROWS);
    int top = 0;
    for (int i = 0; i < curve.length; i += 2) {
      top = curve[i + 1] < curve[top + 1] ? i : top;
    }
    double at = 46 + (width - 56) * Lab.SPIKE_STEP / Lab.MANY_ROWS;
    assertThat(curve[top]).isCloseTo(at, within(1.01));
    // The range is that of all rows and a twentieth more on both sides.
    assertThat(curve[top + 1]).isCloseTo(8 + span(svg) * 0.05 / 1.1, within(0.5));
  }

  /** Pixels between the lowest and the highest value of the axis. */
  private static double span(Document svg) {
    Element clip = (Element) Figures.all(svg, "clipPath").getFirst().getFirstChild();
    return Double.parseDouble(clip.getAttribute("height")) - 8;
  }

  @Test
  void theTableHasTheRowsOfTheLog(Reader reader) {
    Page page =
        reader.opens("runs=%s,%s&keys=icl".formatted(reader.run("2L", 0), reader.run("1L", 1)));
    Locator figure = Figures.titled(page, "in-context");
    assertThat(Figures.value(figure)).containsText(" at ");
    List<List<String>> expected = new ArrayList<>();
    List<MetricsRow> one = reader.lab().of("2L", 0).metrics().having("icl");
    List<MetricsRow> other = reader.lab().of("1L", 1).metrics().having("icl");
    for (int i = 0; i < one.size(); i++) {
      expected.add(
          List.of(
              "" + one.get(i).step(),
              Figures.shown(one.get(i).value("icl")),
              i < other.size() ? Figures.shown(other.get(i).value("icl")) : Figures.NONE));
    }
    Figures.Twin twin = Figures.twin(figure);
    assertThat(twin.columns()).containsExactly("step", "2L, seed 0", "1L, seed 1");
    assertThat(twin.rows()).containsExactlyElementsOf(expected);
  }

  @Test
  void lossByIndexIsAHeatMapOfIndexAndStep(Reader reader) {
    Page page = reader.opens("step=60");
    Locator figure = Figures.titled(page, "Loss by token index over training: 2L, seed 0");
    MetricsRow row =
        reader.lab().of("2L", 0).metrics().rows().stream()
            .filter(r -> r.step() == 60 && r.list("loss.byIndex") != null)
            .findFirst()
            .orElseThrow();
    double[] losses = row.list("loss.byIndex");
    assertThat(Figures.value(figure))
        .hasText(
            "index 4: %s, index %s: %s nats at 60"
                .formatted(
                    Figures.number(losses[4]),
                    losses.length - 1,
                    Figures.number(losses[losses.length - 1])));
    List<List<String>> csv = Figures.csv(page, figure);
    assertThat(csv.getFirst()).hasSize(1 + losses.length).startsWith("step", "index 0", "index 1");
    List<String> at60 =
        csv.stream().filter(r -> r.getFirst().equals("60")).findFirst().orElseThrow();
    for (int i = 0; i < losses.length; i++) {
      assertThat(Float.parseFloat(at60.get(1 + i))).isEqualTo((float) losses[i]);
    }
    Locator plot = Figures.plot(figure);
    plot.hover(new Locator.HoverOptions().setPosition(plot.boundingBox().width - 9, 12));
    assertThat(Figures.value(figure)).containsText(Pattern.compile("^index 0 · 160 · .* nats$"));
  }

  @Test
  void zoomByDragByKeyAndByButton(Reader reader) {
    Page page = reader.opens("step=100&axis=linear");
    eachPanelSays(page, " at 100");
    BoundingBox box = Figures.plot(page.locator("figure:visible").first()).boundingBox();
    double slope = (box.width - 56) / Lab.STEPS;
    page.keyboard().down("Shift");
    page.mouse().move(box.x + 46 + 40 * slope, box.y + 60);
    page.mouse().down();
    page.mouse().move(box.x + 46 + 120 * slope, box.y + 60);
    page.mouse().up();
    page.keyboard().up("Shift");
    assertThat(page).hasURL(Pattern.compile("zoom=(39|40)(\\.\\d+)?-(119|120)(\\.\\d+)?"));
    page.keyboard().press("0");
    assertThat(page).not().hasURL(Pattern.compile("zoom="));
    page.keyboard().press("+");
    assertThat(page).hasURL(Pattern.compile("zoom=50-130"));
    page.getByTitle("Show more of the axis (−)").click();
    assertThat(page).not().hasURL(Pattern.compile("zoom="));
    page.getByTitle("Zoom to the phase change").click();
    assertThat(page)
        .hasURL(Pattern.compile("zoom=%s-%s".formatted(Lab.BEGIN * 10 / 16, Lab.END * 14 / 10)));
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 100");
  }

  @Test
  void aHollowMarkWhereARunEndedEarlier(Reader reader) {
    Page page =
        reader.opens(
            "runs=%s,%s&keys=loss&step=160".formatted(reader.run("2L", 0), reader.run("1L", 0)));
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText("at 160");
    assertThat(page.locator(".view > .made"))
        .containsText("A hollow mark: that run ended earlier, and its last value is shown.");
    List<Element> marks = Figures.all(Figures.svg(page, Figures.titled(page, "loss")), "circle");
    assertThat(marks).hasSize(2);
    Element ended = marks.getFirst();
    Element main = marks.getLast();
    assertThat(ended.getAttribute("fill")).isEqualTo(main.getAttribute("stroke")); // of paper
    assertThat(Double.parseDouble(ended.getAttribute("cx")))
        .isLessThan(Double.parseDouble(main.getAttribute("cx")));
  }
}
