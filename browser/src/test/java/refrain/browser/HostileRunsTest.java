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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Run folders that are damaged, go away, or were made by somebody who means ill. */
@ExtendWith(Reading.class)
class HostileRunsTest {
  private static final String MARKUP = "<img src=x onerror=document.title='owned'>";

  @TempDir Path runs;

  @BeforeEach
  void open(Reader reader) throws IOException {
    Lab.copy(reader.lab().of("2L", 0).path(), runs.resolve("good"));
    reader.turnsTo(runs);
  }

  @AfterEach
  void unlink() throws IOException {
    Lab.unlink(runs);
  }

  private static Locator loss(Page page) {
    return Figures.value(Figures.titled(page, "loss of the training batch"));
  }

  @Test
  void markupInNamesIsText(Reader reader) throws IOException {
    Path run = runs.resolve(MARKUP);
    Lab.copy(runs.resolve("good"), run);
    Path info = run.resolve("run.json");
    Files.writeString(
        info,
        Files.readString(info)
            .replaceFirst("\"name\" : \"[^\"]*\"", "\"name\" : \"" + MARKUP + "\""));
    Lab.rewrite(run, row -> row.put("loss." + MARKUP, 1.0));
    Lab.copy(runs.resolve("good"), runs.resolve("<b>broken</b>"));
    Files.writeString(runs.resolve("<b>broken</b>/run.json"), "<script>alert(1)</script>");
    Page page = reader.opens("main=%s&runs=%<s&keys=loss".formatted(reader.id(MARKUP)));
    assertThat(page.locator(".sentence")).containsText(MARKUP);
    page.keyboard().press("r");
    assertThat(
            page.locator(".drawer summary").filter(new Locator.FilterOptions().setHasText(MARKUP)))
        .hasCount(1);
    assertThat(page.locator(".drawer .broken")).containsText("<b>broken</b>");
    page.keyboard().press("Escape");
    for (String key : List.of("2", "3", "1")) {
      page.keyboard().press(key);
      page.locator("figure:visible .title").first().waitFor();
    }
    assertThat(page.locator("img, b, script:not([src])")).hasCount(0);
    assertThat(page).hasTitle("Time · Refrain");
    // In the file too, which other programs open.
    assertThat(Figures.texts(Figures.svg(page, Figures.titled(page, "loss")))).contains(MARKUP);
  }

  @Test
  void hugeMissingAndNoNumbersAreDrawnAsFarAsTheyGo(Reader reader) throws IOException {
    Path run = runs.resolve("odd");
    Lab.copy(runs.resolve("good"), run);
    Lab.append(run, "{\"step\":161,\"train.loss\":1e300}");
    Lab.append(run, "{\"step\":162,\"train.loss\":\"NaN\"}");
    Lab.append(run, "{\"step\":163,\"train.loss\":\"Infinity\"}");
    Lab.append(run, "{\"step\":164,\"train.loss\":3.5}");
    Page page =
        reader.opens("main=%s&runs=%<s&keys=train.loss,loss&step=9999".formatted(reader.id("odd")));
    assertThat(loss(page)).containsText("3.500 at 164");
    assertThat(Figures.value(Figures.titled(page, "loss (nats"))).containsText("at 160");
    Figures.saved(page, Figures.titled(page, "loss of the training batch"), "SVG");
  }

  @Test
  void aStepBeyondAllBoundsStopsNothing(Reader reader) throws IOException {
    Path run = runs.resolve("far");
    Lab.copy(runs.resolve("good"), run);
    Lab.append(run, "{\"step\":9007199254740991,\"train.loss\":1.5}");
    Page page =
        reader.opens("main=%s&runs=%<s&keys=train.loss&step=160".formatted(reader.id("far")));
    assertThat(loss(page)).containsText("at 160");
    page.keyboard().press("End");
    assertThat(loss(page)).containsText("1.500 at");
  }

  @Test
  void aRunThatVanishesIsSaidToBeGone(Reader reader) throws IOException {
    Path run = runs.resolve("short-lived");
    Lab.copy(runs.resolve("good"), run);
    Page page = reader.opens("main=%s&runs=%<s&keys=loss".formatted(reader.id("short-lived")));
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText(" at ");
    reader.expects("410");
    reader.expects("404");
    Lab.delete(run);
    page.keyboard().press("r");
    assertThat(page.locator(".drawer tbody tr")).hasCount(1);
    page.keyboard().press("Escape");
    assertThat(page).hasURL(Pattern.compile("main=" + reader.id("good")));
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText(" at ");
  }

  @Test
  void aDamagedCheckpointIsNamedAndTheOthersShown(Reader reader) throws IOException {
    Path run = runs.resolve("damaged");
    Lab.copy(runs.resolve("good"), run);
    Path model = run.resolve("checkpoints/step-00000060/model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(model, bytes);
    Page page = reader.opens("view=attention&step=40&main=%s".formatted(reader.id("damaged")));
    assertThat(page.locator(".stale")).hasText("attention of 40");
    page.keyboard().press("PageDown");
    assertThat(page.locator(".stale")).containsText("the checkpoint of 60 cannot be read");
    page.keyboard().press("PageDown");
    assertThat(page.locator(".stale")).hasText("attention of 80");
  }

  /** Loops, links out of a run and things that are no files. */
  @Test
  void linksLeadNowhere(Reader reader) throws IOException {
    Files.createSymbolicLink(runs.resolve("loop"), runs);
    Path run = runs.resolve("sly");
    Lab.copy(runs.resolve("good"), run);
    Files.delete(run.resolve("metrics.jsonl"));
    Files.createSymbolicLink(run.resolve("metrics.jsonl"), Path.of("/etc/passwd"));
    Page page = reader.opens("keys=loss");
    page.keyboard().press("r");
    assertThat(page.locator(".drawer tbody tr")).hasCount(1);
    Locator broken = page.locator(".drawer .broken");
    broken.locator("summary").click();
    assertThat(broken)
        .containsText(
            Pattern.compile("sly .*is a link out of the run's folder, which is not followed"));
    assertThat(page.content()).doesNotContain("root:x:0");
  }
}
