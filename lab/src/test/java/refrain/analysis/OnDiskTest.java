package refrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.explore.AskedText;
import refrain.analysis.explore.Explored;
import refrain.analysis.explore.Explorer;
import refrain.analysis.explore.Pass;
import refrain.analysis.explore.StateCache;
import refrain.analysis.explore.Watch;
import refrain.analysis.measure.InterventionWords;
import refrain.analysis.measure.Match;
import refrain.base.RefrainException;
import refrain.pretrained.Golden;
import refrain.pretrained.ModelOnDisk;
import refrain.probe.RepeatedSequences;

/** A model on disk says what the run says that it was written from. */
class OnDiskTest {
  private static final String TEXT = "all cats are beautiful, all dogs are";

  @TempDir static Path temp;
  private static SmallModel small;

  @BeforeAll
  static void train() throws Exception {
    small = SmallModel.in(temp);
  }

  private static OnDisk open(Path place) {
    try (ModelOnDisk disk = ModelOnDisk.open(place)) {
      return OnDisk.of(disk, ModelOnDisk.name(place), 1);
    }
  }

  @Test
  void aPassIsThatOfTheRun() {
    try (OnDisk model = open(small.model());
        Explorer explorer = new Explorer(small.run(), new StateCache(null, 0))) {
      List<Integer> tokens = Arrays.stream(model.tokens(TEXT)).boxed().toList();
      Pass.Asked asked =
          new Pass.Asked(new AskedText.Tokens(tokens), InterventionWords.of("zero L1H0"));
      Pass expected = explorer.at(SmallModel.STEPS, false, Watch.NONE).pass(asked, Watch.NONE);
      Explored explored = Explored.of(model);
      Pass found = explored.pass(asked, Watch.NONE);
      assertThat(found.names()).isEqualTo(expected.names());
      assertThat(found.before()).containsExactly(expected.before(), within(1e-5f));
      assertThat(found.after()).containsExactly(expected.after(), within(1e-5f));
      assertThat(found.placebo().sets()).hasSameSizeAs(expected.placebo().sets());
      assertThat(found.notes()).isEmpty(); // an ICL score is of whole sequences of a run
      assertThat(found.step()).isZero();
      // Read one sequence at a time, so that others may ask in between: the same verdicts.
      assertThat(explored.matches(Watch.NONE))
          .isEqualTo(Match.of(model.state(0), List.of(), model.probe().seed(), model.pairs()));
    }
  }

  @Test
  void whatItReadsIsEnglishAndRandomTokens() {
    try (OnDisk model = open(small.model())) {
      int[][] english = model.evaluation(3).tokens();
      assertThat(english).hasDimensions(3, SmallModel.CONTEXT + 1);
      assertThat(model.tokenNames().join(english[0])).startsWith("Fellow-Citizens of the Senate");
      RepeatedSequences repeated = model.repeated(2);
      int start = model.tokenNames().endOfText().orElseThrow();
      for (int[] sequence : repeated.batch().tokens()) {
        assertThat(sequence[0]).isEqualTo(start);
        assertThat(Arrays.stream(sequence).skip(1)).doesNotContain(start);
      }
    }
  }

  @Test
  void aTextHasToFit() {
    try (OnDisk model = open(small.model())) {
      assertThatThrownBy(() -> model.tokens("x".repeat(100)))
          .isInstanceOf(RefrainException.class)
          .hasMessage("the text has 100 tokens of small, expected 1 to 64");
      assertThat(model.tokens("")).hasSize(1); // the token that begins texts
    }
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("other"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(Golden.ROOT.resolve("gpt2").resolve(file), folder.resolve(file));
    }
    assertThatThrownBy(() -> open(folder))
        .hasMessage(
            folder + ": has no tokenizer; put the tokenizer.json of the model beside its weights");
    Files.copy(small.model().resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    try (OnDisk model = open(folder)) {
      assertThatThrownBy(() -> model.tokens("zebra"))
          .hasMessageMatching(
              "other: its tokenizer gives token \\d+, and its vocabulary has 0 to 46: they are not"
                  + " of one model");
    }
  }

  @Test
  void moreWeightsThanMemoryAreRefused() {
    OnDisk.checkMemory("m.gguf", 100_000_000, 2L << 30);
    assertThatThrownBy(() -> OnDisk.checkMemory("m.gguf", 1_100_000_000, 4L << 30))
        .hasMessage(
            "m.gguf: has 1100 million weights, which take 9.1 GB of memory; java may use 4.3 GB;"
                + " where the machine has more, give it with REFRAIN_JAVA_OPTS=-Xmx10g");
  }
}
