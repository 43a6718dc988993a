package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Outcome;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs that are started, stopped, gone on with and forked from the page, and a view as a file. */
@ExtendWith(Reading.class)
class ControlPageTest {
  /** The run of the cursor has gone past a step. */
  private static final String PASSED =
      "step => refrain.data.row(refrain.store.get().main).step > step";

  @TempDir Path runs;

  private Server server;

  @BeforeEach
  void open(Reader reader) throws IOException {
    Lab.copy(reader.lab().of("1L", 1).path(), runs.resolve("before"));
    server = reader.turnsTo(runs);
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** A field of the specification. */
  private static Locator field(Page page, String path) {
    return page.locator("[id='field-%s']".formatted(path));
  }

  private static Locator folder(Page page) {
    return page.locator("[aria-describedby=fault-name]");
  }

  private static Locator jobs(Page page) {
    return page.getByLabel("Started here");
  }

  private static Locator said(Page page) {
    return jobs(page).locator(".job .what").last();
  }

  @Test
  void aRunIsTrainedFromAPresetAndFollowed(Reader reader) {
    Page page = reader.opens("view=start&preset=tiny");
    field(page, "steps").fill("30");
    folder(page).fill("mine");
    assertThat(page.locator(".outlook")).containsText("30 steps");
    page.locator("button.go").click();
    assertThat(jobs(page)).containsText("Training mine, seed 0: ");
    assertThat(said(page)).hasText(Pattern.compile("mine, seed 0: ended$"));
    assertThat(page.locator(".sentence")).containsText("tiny, seed 0: no induction heads formed;");
    assertThat(Figures.value(Figures.titled(page, "loss"))).containsText(" at ");
    Outcome end = RunFolder.at(runs.resolve("mine")).outcome().orElseThrow();
    assertThat(end.status()).isEqualTo(Outcome.Status.DONE);
    assertThat(end.step()).isEqualTo(30);
  }

  @Test
  void whatTheProgramWouldNotTakeIsSaidAtItsField(Reader reader) throws IOException {
    reader.expects("400");
    Page page = reader.opens("view=start&preset=tiny");
    field(page, "steps").fill("-3");
    assertThat(page.locator("[aria-invalid=true]")).hasCount(1);
    page.locator("button.go").click();
    assertThat(page.locator("[aria-invalid=true]")).isFocused();
    try (var all = Files.list(runs)) {
      assertThat(all).hasSize(1);
    }
  }

  @Test
  void aRunIsForkedAtTheCursorWithAnEdit(Reader reader) {
    Page page = reader.opens("step=60&keys=loss");
    page.keyboard().press("f");
    assertThat(page.locator("section[aria-label=Train]"))
        .containsText("A checkpoint of this step was saved.");
    field(page, "steps").fill("80");
    field(page, "optimizer.rate").fill("0.001");
    folder(page).fill("forked");
    page.locator("button.go").click();
    assertThat(said(page)).hasText(Pattern.compile("forked, seed 1: ended$"));
    RunFolder forked = RunFolder.at(runs.resolve("forked"));
    assertThat(forked.info().spec().path("parent").path("step").asLong()).isEqualTo(60);
    assertThat(forked.info().spec().path("optimizer").path("rate").asDouble()).isEqualTo(0.001);
  }

  /** An answer that was on its way when the end was told says that the run goes on. */
  @Test
  void aRunThatHasEndedDoesNotGoOn(Reader reader) {
    Page page = reader.opens("view=start&preset=tiny");
    field(page, "steps").fill("30");
    folder(page).fill("mine");
    page.locator("button.go").click();
    assertThat(jobs(page)).containsText("Training mine");
    assertThat(said(page)).hasText(Pattern.compile("mine, seed 0: ended$"));
    JsonNode old = server.json("/api/jobs");
    ObjectNode job = (ObjectNode) old.path("jobs").path(0);
    assertThat(job.path("state").asString()).isEqualTo("ended");
    job.put("state", "running");
    page.route(
        "**/api/jobs", route -> route.fulfill(new Route.FulfillOptions().setBody(old.toString())));
    page.evaluate("refrain.control.load().then(() => new Promise(requestAnimationFrame))");
    assertThat(said(page)).hasText(Pattern.compile("mine, seed 0: ended$"));
    assertThat(jobs(page).locator(".job.running")).hasCount(0);
  }

  @Test
  void aRunIsStoppedAndGoesOn(Reader reader) {
    Page page = reader.opens("view=start&preset=tiny");
    field(page, "steps").fill("4000");
    folder(page).fill("long");
    page.locator("button.go").click();
    assertThat(page.locator(".sentence")).containsText("so far (step");
    page.waitForFunction(PASSED, 40);
    page.locator("header").getByText("Stop", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(said(page)).hasText(Pattern.compile("long, seed 0: ended$"));
    long saved = saved();
    page.locator("nav a[data-view=run]").click();
    button(page, "Go on").click();
    assertThat(jobs(page)).containsText("Going on with long");
    page.waitForFunction(PASSED, (int) saved);
    page.locator("header").getByText("Stop", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(jobs(page).locator(".job.running")).hasCount(0);
    assertThat(saved()).isGreaterThan(saved);
  }

  /** A run that was asked to stop leaves a checkpoint of the step that it had reached. */
  private long saved() {
    return RunFolder.at(runs.resolve("long")).checkpoints().list().getLast().step();
  }

  /** The saved file opens from the disk, asks nobody for anything, and shows the same numbers. */
  @Test
  void aViewIsOneFileThatOpensOffline(Reader reader, @TempDir Path files) {
    Page page = reader.opens("step=60");
    Locator loss = Figures.value(Figures.titled(page, "loss"));
    assertThat(loss).containsText("at 60");
    String shown = Objects.requireNonNull(loss.textContent());
    page.getByTitle("Save this view as one file that opens without a server").click();
    Locator dialog = page.locator("dialog[open]");
    assertThat(dialog).containsText("Inside");
    Download download = page.waitForDownload(() -> dialog.locator("button.go").click());
    Path file = files.resolve("view.html");
    download.saveAs(file);
    Page saved = reader.elsewhere();
    List<String> requests = new ArrayList<>();
    saved.onRequest(request -> requests.add(request.url()));
    saved.context().setOffline(true);
    saved.navigate(file.toUri().toString());
    assertThat(Figures.value(Figures.titled(saved, "loss"))).hasText(shown);
    saved.keyboard().press("PageDown");
    assertThat(Figures.value(Figures.titled(saved, "loss"))).containsText("at 80");
    assertThat(requests).allMatch(url -> Pattern.matches("(file|blob|data):.*", url));
    assertThat(file).content().doesNotContain(server.token());
  }
}
