package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import refrain.store.HeadPattern;
import tools.jackson.databind.JsonNode;

/** The view Attention: the film of all heads on one sequence, and its words. */
@ExtendWith(Reading.class)
class AttentionPageTest {
  private static final int HEADS = 4;

  private static Locator chip(Page page) {
    return page.locator("main .stale").first();
  }

  private static Locator word(Page page, int i) {
    return page.locator(".tokens .word[data-i='%s']".formatted(i));
  }

  @Test
  void theFilmHasAFrameOfEachCheckpoint(Reader reader) {
    Page page = reader.opens("view=attention&step=0");
    for (int step = 0; step <= Lab.STEPS; step += Lab.CHECKPOINTS) {
      assertThat(chip(page)).hasText("attention of " + step);
      page.locator(
              "figure:visible .title",
              new Page.LocatorOptions().setHasText("All heads at step " + step))
          .first()
          .waitFor();
      page.keyboard().press("PageDown");
    }
    assertThat(chip(page)).hasText("attention of 160");
  }

  /** The run keeps one pattern itself, of its best head on the first of the repeated sequences. */
  @Test
  void thePatternIsThatWhichTheRunKeeps(Reader reader) {
    HeadPattern kept = HeadPattern.of(reader.lab().of("2L", 1)).orElseThrow();
    String id = reader.run("2L", 1);
    Page page =
        reader.opens(
            "view=attention&main=%s&step=160&text=repeated.0&head=%s"
                .formatted(id, kept.headName()));
    assertThat(chip(page)).hasText("attention of 160");
    Locator figure = Figures.titled(page, "Head " + kept.headName() + ": from a word");
    List<List<String>> csv = Figures.csv(page, figure);
    int t = kept.tokens().length;
    assertThat(csv).hasSize(1 + t);
    for (int i = 0; i < t; i++) {
      for (int j = 0; j <= i; j++) {
        // A byte holds the square root in steps of 1 / 255.
        assertThat(Double.parseDouble(csv.get(1 + i).get(1 + j)))
            .isCloseTo(kept.pattern()[i * t + j], within(0.005));
      }
    }
  }

  @Test
  void attentionBetweenCheckpointsIsMarkedAsStale(Reader reader) {
    Page page = reader.opens("view=attention&step=60");
    assertThat(chip(page)).hasText("attention of 60");
    assertThat(chip(page)).not().hasClass(Pattern.compile("\\bon\\b"));
    page.keyboard().press("Shift+ArrowRight");
    assertThat(chip(page)).hasText("attention of 60, cursor at 70");
    assertThat(chip(page)).hasClass(Pattern.compile("\\bon\\b"));
    page.keyboard().press("PageDown");
    assertThat(chip(page)).hasText("attention of 80");
  }

  @Test
  void spacePlaysCheckpointByCheckpointAndPauses(Reader reader) {
    Page page = reader.opens("view=attention&step=0");
    assertThat(chip(page)).hasText("attention of 0");
    page.keyboard().press(" ");
    assertThat(page.locator(".strip .play")).hasText("⏸");
    page.waitForFunction("() => refrain.store.get().step >= 60");
    page.keyboard().press(" ");
    assertThat(page.locator(".strip .play")).hasText("▶");
    Object at = page.evaluate("refrain.store.get().step");
    page.waitForTimeout(500);
    assertThat(page.evaluate("refrain.store.get().step")).isEqualTo(at);
    assertThat(((Number) at).intValue() % Lab.CHECKPOINTS).isZero();
    page.locator(".strip .play").click();
    assertThat(chip(page)).hasText("attention of 160");
    assertThat(page.locator(".strip .play")).hasText("▶"); // it stops at the end
  }

  @Test
  void nothingPlaysUnderReducedMotion(Reader reader) {
    Page page = reader.opens("view=attention&step=0", Window.WIDE.withoutMotion());
    assertThat(chip(page)).hasText("attention of 0");
    page.keyboard().press(" ");
    assertThat(chip(page)).hasText("attention of 20");
    page.waitForTimeout(600);
    assertThat(chip(page)).hasText("attention of 20");
    assertThat(page.locator(".strip .play")).hasText("▶");
    page.keyboard().press(" ");
    assertThat(chip(page)).hasText("attention of 40");
  }

  @Test
  void aHoveredWordLightsItsRowInEveryHead(Reader reader) {
    Page page = reader.opens("view=attention&step=160");
    assertThat(chip(page)).hasText("attention of 160");
    word(page, 9).hover();
    String name = word(page, 9).textContent();
    Locator rows = Figures.titled(page, name + " (9) in every head: what it attends to");
    assertThat(word(page, 9)).hasAttribute("aria-selected", "true");
    // Its row is framed in the picture of each head.
    int frames =
        Figures.all(Figures.svg(page, Figures.titled(page, "All heads at step 160")), "rect")
            .stream()
            .filter(r -> r.getAttribute("stroke").equals(stroke(page, "c1")))
            .toList()
            .size();
    assertThat(frames).isZero(); // the pointer left the word for the menu
    word(page, 9).click();
    assertThat(page).hasURL(Pattern.compile("token=9"));
    List<org.w3c.dom.Element> lit =
        Figures.all(Figures.svg(page, Figures.titled(page, "All heads at step 160")), "rect")
            .stream()
            .filter(r -> r.getAttribute("stroke").equals(stroke(page, "c1")))
            .toList();
    assertThat(lit).hasSize(HEADS);
    Figures.Twin twin = Figures.twin(rows);
    assertThat(twin.columns()).containsExactly("head", "from", "most to", "attention");
    assertThat(twin.rows())
        .extracting(List::getFirst)
        .containsExactly("L0H0", "L0H1", "L1H0", "L1H1");
    assertThat(twin.rows()).allMatch(row -> row.get(1).equals(name + " (9)"));
  }

  /** A colour of the light scheme, in which files are saved. */
  private static Object stroke(Page page, String ink) {
    return page.evaluate("async ink => (await import('/ink.js')).LIGHT[ink]", ink);
  }

  @Test
  void whatIsUnderThePointerIsSaidOfAllFigures(Reader reader) {
    Page page = reader.opens("view=attention&step=160&head=L1H1");
    assertThat(chip(page)).hasText("attention of 160");
    Locator atlas = Figures.plot(Figures.titled(page, "All heads at step 160"));
    BoundingBox box = atlas.boundingBox();
    // Somewhere on the diagonal of the first head, whose picture begins at 26, 18.
    atlas.hover(new Locator.HoverOptions().setPosition(26 + 30, 18 + 30));
    Matcher said =
        Pattern.compile("^(\\S+) \\((\\d+)\\) in L0H0 attends to ")
            .matcher(waits(page, "in L0H0 attends to"));
    assertThat(said.find()).isTrue();
    int i = Integer.parseInt(said.group(2));
    assertThat(word(page, i)).hasAttribute("aria-selected", "true");
    assertThat(word(page, i)).hasText(said.group(1));
    Figures.titled(page, said.group(1) + " (" + i + ") in every head").waitFor();
    assertThat(box.height).isGreaterThan(60);
  }

  private static String waits(Page page, String words) {
    assertThat(page.locator(".readout")).containsText(words);
    return page.locator(".readout").textContent();
  }

  /** The losses of the words, in nats, by the words' titles. */
  private static double titled(Page page, int i, String what) {
    page.mouse().move(0, 0);
    word(page, i).hover();
    assertThat(word(page, i)).hasAttribute("title", Pattern.compile(what));
    String title = java.util.Objects.requireNonNull(word(page, i).getAttribute("title"));
    Matcher number = Pattern.compile(what + " (−?[\\d.e−]+) nats$").matcher(title);
    assertThat(number.find()).as(title).isTrue();
    return Double.parseDouble(number.group(1).replace('−', '-'));
  }

  @Test
  void wordsAreColouredByLossAndByWhatTheContextGave(Reader reader) {
    Page page = reader.opens("view=attention&step=160&text=repeated.0");
    assertThat(chip(page)).hasText("attention of 160");
    assertThat(page.locator(".view .made").first()).containsText("Loss of each word");
    JsonNode text =
        reader.server().json("/api/runs/" + reader.run("2L", 0) + "/text?kind=repeated&n=0");
    int[] tokens =
        IntStream.range(0, text.path("tokens").size())
            .map(i -> text.path("tokens").path(i).asInt())
            .toArray();
    assertThat(page.locator(".tokens .word")).hasCount(tokens.length);
    double loss = titled(page, 5, "loss");
    page.getByLabel("Colour words by").selectOption("gain");
    assertThat(page.locator(".view .made").first())
        .containsText(
            "ICL gain: the loss of the language’s own bigram table minus that of the model");
    double gain = titled(page, 5, "ICL gain");
    double p =
        ((refrain.data.BigramRestarts) refrain.train.Presets.get("tiny").data())
            .table()
            .probability(tokens[4], tokens[5]);
    assertThat(gain).isCloseTo(-Math.log(p) - loss, within(0.0011));
  }

  @Test
  void lossesOfTwoStepsAreSubtractedWithTheirSign(Reader reader) {
    Page page = reader.opens("view=attention&step=0");
    assertThat(chip(page)).hasText("attention of 0");
    double before = titled(page, 7, "loss");
    page.keyboard().press("p");
    assertThat(page).hasURL(Pattern.compile("pin=0"));
    page.keyboard().press("End");
    assertThat(chip(page)).hasText("attention of 160");
    Figures.titled(page, "Beside it: step 0").waitFor();
    double after = titled(page, 7, "loss");
    page.getByLabel("Colour words by").selectOption("difference");
    assertThat(page.locator(".view .made").first())
        .containsText("Loss at the cursor minus loss of step 0.");
    double difference = titled(page, 7, ":");
    assertThat(difference).isCloseTo(after - before, within(0.0016));
  }

  @Test
  void twoRunsAtOneStep(Reader reader) {
    Page page = reader.opens("view=attention&step=80&beside=" + reader.run("1L", 0));
    assertThat(chip(page)).hasText("attention of 80");
    Locator beside = Figures.titled(page, "Beside it: 1L, seed 0 at step 80");
    beside.waitFor();
    assertThat(Figures.twin(beside).rows()).hasSize(2); // its one layer has two heads
    page.keyboard().press("PageDown");
    Figures.titled(page, "Beside it: 1L, seed 0 at step 100").waitFor();
  }

  @Test
  void wordsAreReachedByArrows(Reader reader) {
    Page page = reader.opens("view=attention&step=160");
    assertThat(chip(page)).hasText("attention of 160");
    page.locator(".tokens").focus();
    page.keyboard().press("ArrowRight");
    page.keyboard().press("ArrowRight");
    assertThat(page.locator(".readout")).containsText(Pattern.compile("^\\S+ \\(2\\) in "));
    page.keyboard().press("Enter");
    assertThat(page).hasURL(Pattern.compile("token=2"));
  }

  @Test
  void attentionIsWeighedByValues(Reader reader) {
    Page page = reader.opens("view=attention&step=160&head=L1H0&token=9");
    assertThat(chip(page)).hasText("attention of 160");
    Locator figure = Figures.titled(page, "Head L1H0: from a word");
    List<List<String>> plain = Figures.csv(page, figure);
    page.getByText("by values").click();
    assertThat(page).hasURL(Pattern.compile("weighted=values"));
    page.waitForFunction(
        "() => refrain.views.attention.film?.weighted && refrain.views.attention.frame >= 0");
    assertThat(chip(page)).hasText("attention of 160");
    List<List<String>> weighed = Figures.csv(page, figure);
    assertThat(weighed).isNotEqualTo(plain);
    for (int i = 0; i < weighed.size() - 1; i++) {
      double sum = 0;
      for (int j = 0; j <= i; j++) {
        sum += Double.parseDouble(weighed.get(1 + i).get(1 + j));
      }
      assertThat(sum).as("what a word reads, in shares").isCloseTo(1, within(0.02));
    }
  }

  @Test
  void ownWordsArePickedFromThoseOfTheLanguage(Reader reader) {
    Page page = reader.opens("view=attention&step=160");
    assertThat(chip(page)).hasText("attention of 160");
    page.getByText("Own words").click();
    Locator take = page.getByLabel("Words to take").locator("button");
    assertThat(take).hasCount(16);
    take.nth(3).click();
    take.nth(5).click();
    take.nth(3).click();
    assertThat(page).hasURL(Pattern.compile("text=tokens\\.3\\.5\\.3&"));
    assertThat(page.locator(".tokens .word")).hasCount(3);
    assertThat(word(page, 2))
        .hasText(java.util.Objects.requireNonNull(word(page, 0).textContent()));
    assertThat(chip(page)).hasText("attention of 160");
    page.getByLabel("Words of the language").fill("no-such-word");
    page.keyboard().press("Enter");
    reader.expects("400");
    assertThat(page.getByRole(com.microsoft.playwright.options.AriaRole.ALERT))
        .containsText("the nearest");
  }

  @Test
  void ownTextIsTypedWhereTheModelReadsText(Reader reader) {
    String id = reader.id("text");
    Page page = reader.opens("view=attention&main=%s&runs=%<s&step=20".formatted(id));
    assertThat(chip(page)).hasText("attention of 20");
    page.getByText("Own words").click();
    page.getByLabel("Own text").fill("all cats <b>are");
    page.getByText("Show it").click();
    assertThat(page).hasURL(Pattern.compile("text=tokens\\."));
    assertThat(page.locator(".tokens .word").first()).isVisible();
    String shown = String.join("", page.locator(".tokens .word").allTextContents());
    assertThat(shown.replace('·', ' ').strip()).isEqualTo("all cats <b>are");
    assertThat(page.locator(".tokens b")).hasCount(0);
  }
}
