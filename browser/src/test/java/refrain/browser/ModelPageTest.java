package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import refrain.data.TextFiles;
import refrain.export.HuggingFace;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.probe.MeasureKind;
import refrain.probe.ProbeSpec;
import refrain.store.CheckpointSchedule;
import refrain.store.RunFolder;
import refrain.train.EngineKind;
import refrain.train.Presets;
import refrain.train.Probing;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** A model on disk: somebody types a sentence, looks where heads look, and switches one off. */
@ExtendWith(Reading.class)
class ModelPageTest {
  private static final int STEPS = 10;
  private static final int LAYERS = 13;
  private static final int HEADS = 8;

  @TempDir static Path temp;

  /** So many heads that the page shows them small, in a folder of Hugging Face's. */
  @BeforeAll
  static void train() throws IOException {
    Path text = Files.createDirectories(temp.resolve("text"));
    for (int d = 0; d < 4; d++) {
      Files.writeString(
          text.resolve(d + ".txt"), "all cats are beautiful, all dogs are brave. ".repeat(40 + d));
    }
    Path run = temp.resolve("run");
    Trainer.run(
        Presets.get("tiny")
            .with(
                s -> s.data = new TextFiles(text.toString(), 280, false).pinned(),
                s -> s.model = ModelSpec.attentionOnly(LAYERS, 32, HEADS, 64, 280),
                s -> s.model = s.model.with(m -> m.positions = new Positions.Learned(0.02)),
                s -> s.context = 64,
                s -> s.steps = STEPS,
                s -> s.engine = EngineKind.FUSED,
                s ->
                    s.probing =
                        new Probing(
                            STEPS,
                            STEPS,
                            4,
                            ProbeSpec.DEFAULT.withMeasures(MeasureKind.LOSS, MeasureKind.ICL)),
                s -> s.checkpoints = CheckpointSchedule.every(STEPS)),
        run,
        TrainControl.threads(1),
        TrainListener.NONE);
    RunFolder trained = RunFolder.at(run);
    Files.createDirectories(temp.resolve("models"));
    HuggingFace.write(trained, trained.checkpoints().at(STEPS), temp.resolve("models/small"));
  }

  private static Page opens(Reader reader, String query) {
    reader.turnsTo(temp.resolve("models"));
    Page page = reader.opens(query);
    assertThat(page.locator(".sentence")).containsText("small is a model on disk (GPT-2");
    return page;
  }

  private static void types(Page page, String sentence) {
    page.locator("textarea[aria-label='Own text']").fill(sentence);
    page.getByText("Show it", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator("main .word").last()).hasAttribute("aria-selected", "true");
  }

  private static double bar(Page page, String kind) {
    return ((Number)
            page.evaluate("kind => refrain.views.causes.bars.view.rows[0].values[kind]", kind))
        .doubleValue();
  }

  @Test
  void aTypedSentenceHasNextTokensAndAHeadThatIsOffMovesThem(Reader reader) {
    Page page = opens(reader, "view=causes");
    types(page, "all cats are beautiful, all dogs are");
    Locator said = page.locator("main .readout").first();
    assertThat(said).containsText("the likeliest is");
    assertThat(page.locator("footer.strip")).isHidden(); // it has no steps
    double before = bar(page, "before");
    Locator head = page.locator(".switches [data-name='L12H3']");
    assertThat(head).hasText("H3");
    head.click();
    assertThat(head).hasAttribute("aria-pressed", "true");
    assertThat(head).hasAttribute("aria-label", Pattern.compile("^L12H3 off"));
    Locator bars = Figures.titled(page, "Next token after");
    assertThat(bars.locator(".value")).hasText("L12H3 off");
    assertThat(bars).containsText("Placebo: the same on other heads of the same layers");
    page.waitForFunction("() => refrain.views.causes.bars.view.kinds.includes('placebo')");
    assertThat(bar(page, "before")).isCloseTo(before, within(1e-6));
    assertThat(bar(page, "after")).isNotCloseTo(before, within(1e-7));
    page.getByText("all on", new Page.GetByTextOptions().setExact(true)).click();
    page.waitForFunction("() => refrain.views.causes.bars.view.kinds.length === 1");
    assertThat(bar(page, "before")).isCloseTo(before, within(1e-6));
  }

  @Test
  void attentionIsShownOverTheOwnSentence(Reader reader) {
    Page page = opens(reader, "view=attention&head=L5H2");
    types(page, "all cats are beautiful, all dogs are");
    Locator pattern = Figures.titled(page, "Head L5H2: from a word");
    List<List<String>> csv = Figures.csv(page, pattern);
    int t = page.locator("main .word").count();
    assertThat(csv).hasSize(1 + t);
    double sum = csv.getLast().stream().skip(1).mapToDouble(Double::parseDouble).sum();
    assertThat(sum).isCloseTo(1, within(.1)); // bytes hold roots in steps of 1 / 255
    assertThat(page.locator(".one figure .title").first())
        .containsText("in the 24 of 104 heads that look most at one earlier word");
  }

  @Test
  void examplesAreThereAndViewsOfTrainingSayWhyTheyAreEmpty(Reader reader) {
    Page page = opens(reader, "view=causes");
    page.locator(".picker button", new Page.LocatorOptions().setHasText("cats and kittens"))
        .click();
    assertThat(page.locator("main .word").last()).hasAttribute("aria-selected", "false");
    page.locator(".picker button", new Page.LocatorOptions().setHasText("all cats, all dogs"))
        .click();
    assertThat(page.locator("textarea[aria-label='Own text']"))
        .hasValue("all cats are beautiful, all dogs are beautiful");
    page.locator("nav a[data-view='time']").click();
    assertThat(page.locator("main"))
        .containsText("small is a model on disk: it has one state, and nobody recorded how it was");
    page.locator("main a", new Page.LocatorOptions().setHasText("Attention")).click();
    Figures.titled(page, "All heads").waitFor();
    page.locator(".runs-button").click();
    assertThat(page.locator(".drawer")).containsText("Models on disk");
  }
}
