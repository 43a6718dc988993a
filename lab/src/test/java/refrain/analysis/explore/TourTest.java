package refrain.analysis.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Subject;
import refrain.data.Iid;
import refrain.model.HandBuilt;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.store.CheckpointSchedule;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** What six gestures say of models whose heads are known: perfect ones, idle ones, none. */
class TourTest {
  private static final int VOCAB = 16;
  private static final int CONTEXT = 24;
  private static final int STEPS = 4;

  @TempDir Path temp;

  private Path train(ModelSpec model, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(
        Presets.get("tiny")
            .with(
                s -> s.model = model,
                s -> s.data = new Iid(model.dVocab(), 1),
                s -> s.context = model.nCtx(),
                s -> s.steps = STEPS,
                s -> s.batch = 2,
                s -> s.checkpoints = CheckpointSchedule.every(2)),
        folder,
        TrainControl.threads(1),
        TrainListener.NONE);
    return folder;
  }

  /** A run of this shape whose last state is made by hand, and whose other ones know nothing. */
  private Tour tour(Parameters last, String name) {
    try (Subject run = new Subject(RunFolder.at(train(last.spec(), name)), null, 1)) {
      return Tour.of(
          run,
          step ->
              new Explored(
                  run,
                  run.tokenNames(),
                  ExactState.stored(
                      step, step == 0, "", step == STEPS ? last : Parameters.zeros(last.spec()))),
          List.of(),
          Watch.NONE);
    }
  }

  private static Tour.Gesture gesture(Tour tour, Tour.Kind kind) {
    return tour.gestures().stream().filter(g -> g.kind() == kind).findFirst().orElseThrow();
  }

  @SuppressWarnings("unchecked")
  private static List<Double> doubles(Object list) {
    return (List<Double>) list;
  }

  @Test
  void aPerfectCircuitIsShownWithItsDoseAndItsEdge() {
    Tour tour = tour(HandBuilt.induction(4, 2, VOCAB, CONTEXT), "perfect");
    assertThat(tour.gestures()).extracting(Tour.Gesture::kind).containsExactly(Tour.Kind.values());
    assertThat(tour.step()).isEqualTo(STEPS);

    Tour.Gesture hover = gesture(tour, Tour.Kind.HOVER);
    assertThat(hover.offered()).isTrue();
    assertThat(hover.numbers().get("head")).isIn("L1H0", "L1H1");
    assertThat((double) hover.numbers().get("attention")).isEqualTo(1, within(1e-5));
    assertThat(hover.sentence()).contains("looks back in L1H", "with 1.00 of its attention");
    assertThat(hover.state()).containsEntry("view", "attention").containsEntry("step", 4L);

    Tour.Gesture off = gesture(tour, Tour.Kind.SWITCH);
    assertThat(off.offered()).isTrue();
    List<Double> dose = doubles(off.numbers().get("after"));
    // Each of the two adds 10 to the logit of the copied token.
    assertThat(dose.get(0)).isEqualTo(Math.exp(10) / (Math.exp(10) + VOCAB - 1), within(1e-4));
    assertThat(dose.get(1)).isEqualTo(1.0 / VOCAB, within(1e-5));
    assertThat(doubles(off.numbers().get("placebo")).get(1)).isEqualTo(1, within(1e-4));
    assertThat(off.sentence())
        .contains("off, one after another, it has 1.00, 0.06. With 2 other heads of the same layer")
        .doesNotContain("hardly");

    Tour.Gesture cut = gesture(tour, Tour.Kind.CUT);
    assertThat(cut.offered()).isTrue();
    assertThat(cut.numbers()).containsEntry("from", "L0H0");
    assertThat((double) cut.numbers().get("afterAll")).isLessThan(.5);
    assertThat((double) cut.numbers().get("placeboAll")).isEqualTo(1, within(1e-4));
    assertThat(cut.state()).containsEntry("edge", List.of("L0H0", cut.numbers().get("to"), "K"));
  }

  @Test
  void headsThatDoNotMatterAreSaidNotToMatter() {
    Parameters idle = HandBuilt.induction(4, 1, VOCAB, CONTEXT);
    var output = idle.layout().get("blocks.1.attn.W_O");
    Arrays.fill(idle.arena(), output.offset(), output.offset() + output.size(), 0);
    Tour tour = tour(idle, "idle");
    assertThat(gesture(tour, Tour.Kind.HOVER).offered()).as("the head still looks").isTrue();
    Tour.Gesture off = gesture(tour, Tour.Kind.SWITCH);
    assertThat(off.offered()).isFalse();
    assertThat(off.sentence())
        .endsWith("These heads hardly matter here.")
        .contains("has a probability of 0.06; with L1H0 off it has 0.06.");
    Tour.Gesture cut = gesture(tour, Tour.Kind.CUT);
    assertThat(cut.offered()).isFalse();
    assertThat(cut.sentence()).endsWith("This edge hardly matters here.");
  }

  @Test
  void whereNoHeadMatchesThereIsNoneToSwitchOff() {
    Tour tour = tour(HandBuilt.lookingBack(2, VOCAB, CONTEXT), "back");
    assertThat(gesture(tour, Tour.Kind.SWITCH).offered()).isFalse();
    assertThat(gesture(tour, Tour.Kind.SWITCH).sentence())
        .isEqualTo(
            "No head of this run matches prefixes at step 4, so there is none to switch off.");
    assertThat(gesture(tour, Tour.Kind.CUT).sentence())
        .isEqualTo("No head of this run matches prefixes at step 4, so no edge leads to one.");
  }

  @Test
  void aRunThatWasNotDatedHasNoWindowAndSaysSo() {
    Path run = train(Presets.get("tiny").model(), "trained");
    try (Explorer explorer = new Explorer(RunFolder.at(run), new StateCache(null, 0))) {
      Tour tour = Tour.of(explorer, List.of(), Watch.NONE);
      for (Tour.Kind kind : List.of(Tour.Kind.DRAG, Tour.Kind.PLAY)) {
        assertThat(gesture(tour, kind).offered()).isFalse();
        assertThat(gesture(tour, kind).sentence()).startsWith("This run has not been dated");
      }
      assertThat(gesture(tour, Tour.Kind.HOVER).sentence()).contains("no head points");
      assertThat(gesture(tour, Tour.Kind.SWAP).sentence()).startsWith("No other run is named");
    }
  }

  @Test
  void theWindowIsThatOfTheDatingAndABendIsNone() throws IOException {
    Path run = train(Presets.get("tiny").model(), "dated");
    dated(run, 1);
    assertThat(drag(run).sentence())
        .startsWith("Between steps 1 and 3 the in-context-learning score goes from ")
        .endsWith("That is no fall to see.");
    dated(run, 0);
    assertThat(drag(run).sentence()).startsWith("No abrupt change");
  }

  private static void dated(Path run, int exists) throws IOException {
    Files.createDirectories(run.resolve("analyses"));
    Files.writeString(
        run.resolve("analyses/dating.json"),
        """
        {"made":{"step":%s},"values":{"date.icl.exists":%s,"date.icl.onset":1,"date.icl.end":3}}
        """
            .formatted(String.valueOf(STEPS), String.valueOf(exists)));
  }

  private static Tour.Gesture drag(Path run) {
    try (Explorer explorer = new Explorer(RunFolder.at(run), new StateCache(null, 0))) {
      return gesture(Tour.of(explorer, List.of(), Watch.NONE), Tour.Kind.DRAG);
    }
  }

  @Test
  void aSwapReadsTheSameTokensAtTheSameStepOrAtTheEnd() {
    Path run = train(Presets.get("tiny").model(), "one");
    Path other = train(Presets.get("tiny").model(), "two");
    try (Explorer explorer = new Explorer(RunFolder.at(run), new StateCache(null, 0))) {
      Tour tour =
          Tour.of(
              explorer, List.of(new Tour.Beside("other", "abc", RunFolder.at(other))), Watch.NONE);
      Tour.Gesture swap = gesture(tour, Tour.Kind.SWAP);
      assertThat(swap.offered()).isTrue();
      Map<?, ?> there = (Map<?, ?>) ((List<?>) swap.numbers().get("there")).getFirst();
      // Both runs are of one seed: the same model, read in another way.
      assertThat((double) there.get("probability"))
          .isEqualTo((double) swap.numbers().get("here"), within(1e-6));
      assertThat(there.get("step")).isEqualTo(4L);
      assertThat(swap.sentence()).contains("swapped: other 0.").doesNotContain("ended");
    }
  }

  @Test
  void nobodyWaitsForATourThatIsGivenUp() {
    Path run = train(Presets.get("tiny").model(), "left");
    try (Explorer explorer = new Explorer(RunFolder.at(run), new StateCache(null, 0))) {
      Assertions.assertThatThrownBy(() -> Tour.of(explorer, List.of(), () -> true))
          .isInstanceOf(CancellationException.class);
    }
  }
}
