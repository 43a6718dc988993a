package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.CheckpointSchedule;
import refrain.train.EngineKind;
import refrain.train.Presets;
import refrain.train.RunSpec;

/** Runs that other processes train while the page is open, and servers that go and come back. */
@ExtendWith(Reading.class)
class LivePageTest {
  @TempDir Path runs;

  private static RunSpec spec() {
    return Presets.get("tiny")
        .with(
            s -> s.steps = 400,
            s -> s.engine = EngineKind.FUSED,
            s -> s.checkpoints = CheckpointSchedule.every(20));
  }

  private static Locator loss(Page page) {
    return Figures.value(Figures.titled(page, "loss of the training batch"));
  }

  private static Locator badge(Page page) {
    return page.locator("header .badge");
  }

  @Test
  void rowsAreOnScreenAsTheyAreWritten(Reader reader) {
    try (Feed feed = new Feed(spec(), runs.resolve("now"))) {
      feed.writes(10);
      reader.turnsTo(runs);
      Page page = reader.opens("keys=train.loss&step=9999");
      assertThat(badge(page)).hasText("● live");
      assertThat(loss(page)).containsText(" at " + feed.step());
      for (int i = 0; i < 3; i++) {
        long begin = System.nanoTime();
        long step = feed.writes(1);
        assertThat(loss(page)).containsText(" at " + step);
        System.out.printf(
            "page: a row was on screen %s ms after it was written%n",
            (System.nanoTime() - begin) / 1_000_000);
      }
      Figures.Twin twin = Figures.twin(Figures.titled(page, "loss of the training batch"));
      assertThat(twin.rows().getLast().getFirst()).isEqualTo("" + feed.step());
      assertThat(page.locator(".strip .steps")).containsText("of " + feed.step());
    }
  }

  @Test
  void aRunThatEndsIsNoLongerSaidToGoOn(Reader reader) {
    Page page;
    try (Feed feed = new Feed(spec(), runs.resolve("now"))) {
      feed.writes(10);
      reader.turnsTo(runs);
      page = reader.opens("keys=train.loss");
      assertThat(page.locator(".sentence")).containsText("so far (step ");
    }
    assertThat(badge(page)).hasText("");
    assertThat(page.locator(".sentence")).not().containsText("so far");
  }

  @Test
  void zoomAndCursorSurviveNewRows(Reader reader) {
    try (Feed feed = new Feed(spec(), runs.resolve("now"))) {
      feed.writes(30);
      reader.turnsTo(runs);
      Page page = reader.opens("keys=train.loss&step=12&zoom=5-20&axis=linear");
      assertThat(loss(page)).containsText(" at 12");
      List<String> axis = ticks(page);
      long step = feed.writes(20);
      assertThat(page.locator(".strip .steps")).containsText("of " + step);
      assertThat(loss(page)).containsText(" at 12");
      assertThat(page).hasURL(Pattern.compile("step=12"));
      assertThat(page).hasURL(Pattern.compile("zoom=5-20"));
      assertThat(ticks(page)).isEqualTo(axis);
      page.keyboard().press("0");
      assertThat(page).not().hasURL(Pattern.compile("zoom="));
      assertThat(ticks(page)).isNotEqualTo(axis);
    }
  }

  /** What is written along the axis of training. */
  private static List<String> ticks(Page page) {
    return Figures.texts(Figures.svg(page, Figures.titled(page, "loss of the training batch")))
        .stream()
        .filter(text -> text.matches("\\d+"))
        .toList();
  }

  @Test
  void aServerThatIsKilledAndStartedAgainIsFollowedFromTheRowThatWasLast(Reader reader) {
    reader.expects("ERR_CONNECTION_REFUSED");
    reader.expects("ERR_INCOMPLETE_CHUNKED_ENCODING");
    reader.expects("ERR_CONNECTION_RESET");
    reader.expects("ERR_EMPTY_RESPONSE");
    try (Feed feed = new Feed(spec(), runs.resolve("now"))) {
      Server first = reader.turnsTo(runs);
      feed.writes(5);
      Page page = reader.opens("keys=train.loss&step=9999");
      assertThat(loss(page)).containsText(" at " + feed.step());
      first.kill();
      assertThat(badge(page)).hasText("connection lost, trying again");
      long step = feed.writes(5);
      reader.starts(runs, first.port(), first.token());
      assertThat(loss(page)).containsText(" at " + step);
      assertThat(badge(page)).hasText("● live");
      Figures.Twin twin = Figures.twin(Figures.titled(page, "loss of the training batch"));
      assertThat(twin.rows()).extracting(List::getFirst).doesNotHaveDuplicates();
    }
  }

  @Test
  void aServerWithAnotherTokenSaysWhatToDo(Reader reader) throws IOException {
    reader.expects("ERR_");
    reader.expects("401");
    Lab.copy(reader.lab().of("1L", 0).path(), runs.resolve("one"));
    Server first = reader.turnsTo(runs);
    Page page = reader.opens("keys=loss");
    first.kill();
    assertThat(badge(page)).hasText("connection lost, trying again");
    reader.starts(runs, first.port(), "another-token");
    assertThat(badge(page))
        .hasText("the server was started anew: open the address that it printed");
  }

  @Test
  void runsComeAndGoWhileThePageIsOpen(Reader reader) throws IOException {
    Lab.copy(reader.lab().of("1L", 0).path(), runs.resolve("one"));
    reader.turnsTo(runs);
    Page page = reader.opens("keys=loss");
    page.keyboard().press("r");
    assertThat(page.locator(".drawer tbody tr")).hasCount(1);
    Lab.copy(reader.lab().of("1L", 1).path(), runs.resolve("two"));
    assertThat(page.locator(".drawer tbody tr")).hasCount(2);
    Lab.delete(runs.resolve("two"));
    assertThat(page.locator(".drawer tbody tr")).hasCount(1);
  }
}
