package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.store.Arithmetic;
import refrain.store.Machine;
import refrain.store.RunFolder;
import refrain.store.RunInfo;

/** Runs that were interrupted, with a record of their sitting as another machine would write it. */
class OtherArithmeticTest {
  private static final RunSpec TINY = Presets.get("tiny").with(s -> s.steps = 30);
  private static final Arithmetic HERE = Engines.arithmetic();
  private static final String REMEDY =
      ", or add --other-arithmetic to go on all the same, or move the folder away to train it from the"
          + " beginning";

  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void interrupt() {
    folder = temp.resolve("run");
    goOn(14, false);
    assertThat(RunFolder.at(folder).outcome()).isEmpty();
  }

  /** Trains for so many steps more, at most, and says what the user was warned of. */
  private List<String> goOn(int steps, boolean otherArithmetic) {
    int[] asked = {0};
    List<String> warnings = new ArrayList<>();
    TrainListener listener =
        new TrainListener() {
          @Override
          public void warned(String sentence) {
            warnings.add(sentence);
          }
        };
    Trainer.run(
        TINY,
        folder,
        new TrainControl(() -> asked[0]++ == steps, () -> 1, otherArithmetic),
        listener);
    return warnings;
  }

  private void record(String pattern, String instead) throws IOException {
    Path file = folder.resolve("run.json");
    String text = Files.readString(file);
    String changed = text.replaceFirst(pattern, instead);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(file, changed);
  }

  private void otherKernels() throws IOException {
    record("\"kernels\" : \\d+", "\"kernels\" : 0");
  }

  private void assertRefused(String made, String takes) throws IOException {
    String before = Files.readString(folder.resolve("run.json"));
    assertThatThrownBy(() -> goOn(99, false))
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.BAD_INPUT))
        .hasMessage(
            folder
                + ": step 14 was made with "
                + made
                + ", here is "
                + HERE.words()
                + ", so it cannot go on to the same bits: use "
                + takes
                + REMEDY);
    assertThat(Files.readString(folder.resolve("run.json"))).isEqualTo(before);
    assertThat(RunFolder.at(folder).metrics().rows()).hasSize(15);
  }

  @Test
  void otherKernelsAreRefusedAndNothingIsWritten() throws IOException {
    otherKernels();
    assertRefused(
        HERE.processor() + ", " + HERE.width() + ", kernels 0",
        "the version of Refrain that made it");
  }

  @Test
  void anotherProcessorIsRefused() throws IOException {
    record("\"processor\" : \"[^\"]*\"", "\"processor\" : \"Other (1/2/3)\"");
    assertRefused(
        "Other (1/2/3), " + HERE.width() + ", kernels " + HERE.kernels(), "such a machine");
    otherKernels();
    assertRefused(
        "Other (1/2/3), " + HERE.width() + ", kernels 0",
        "such a machine and the version of Refrain that made it");
  }

  @Test
  void otherVectorsAreRefusedWithTheOptionThatGivesThemBack() throws IOException {
    boolean plain = HERE.vectors().equals(Arithmetic.PLAIN);
    boolean x86 = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    for (String other : List.of("plain", "256", "512")) {
      if (other.equals(HERE.vectors())) {
        continue;
      }
      record("\"vectors\" : \"\\w+\"", "\"vectors\" : \"" + other + "\"");
      String made = other.equals("plain") ? "plain kernels" : "vectors of " + other + " bits";
      String option =
          switch (other) {
            case "plain" -> " (REFRAIN_JAVA_OPTS=-Drefrain.kernels=plain)";
            case "256" -> plain || !x86 ? "" : " (REFRAIN_JAVA_OPTS=-XX:UseAVX=2)";
            default -> plain || !x86 ? "" : " (REFRAIN_JAVA_OPTS=-XX:UseAVX=3)";
          };
      assertRefused(HERE.processor() + ", " + made + ", kernels " + HERE.kernels(), made + option);
    }
  }

  @Test
  void ofAnOldRunNobodyKnowsThatItsBitsAreTheseHere() throws IOException {
    record(",\\s*\"arithmetic\" : \\{[^}]*\\}", "");
    String cpu = Machine.here().cpu();
    assertRefused(
        cpu + ", vectors and kernels not recorded", "the version of Refrain that made it");
    record("\"cpu\" : \"[^\"]*\"", "\"cpu\" : \"Other\"");
    assertRefused(
        "Other, vectors and kernels not recorded",
        "such a machine and the version of Refrain that made it");
  }

  @Test
  void whoAsksForItGoesOnIsWarnedAndTheSittingIsRecorded() throws IOException {
    otherKernels();
    assertThat(goOn(6, true))
        .containsExactly(
            "step 14 was made with "
                + HERE.processor()
                + ", "
                + HERE.width()
                + ", kernels 0, here is "
                + HERE.words()
                + ": it goes on, and no machine will repeat it to the same bits");
    List<RunInfo.Session> sittings = RunFolder.at(folder).info().sessions();
    assertThat(sittings).extracting(RunInfo.Session::resumedFrom).containsExactly(-1L, 14L);
    assertThat(sittings.getLast().arithmetic()).isEqualTo(HERE);
    assertThat(goOn(99, false)).as("from what was made here").isEmpty();
    RunFolder run = RunFolder.at(folder);
    assertThat(run.outcome().orElseThrow().step()).isEqualTo(30);
    assertThat(RunInfo.makers(run.info().sessions(), 30)).hasSize(3);
    // Only its record was changed, so it has the bits of an undisturbed run.
    folder = temp.resolve("whole");
    goOn(99, false);
    TrainerTest.assertSameBytes(RunFolder.at(folder), run);
  }

  @Test
  void aSittingThatSavedNothingMadeNothing() throws IOException {
    otherKernels();
    goOn(6, true);
    Path saved = RunFolder.at(folder).checkpoints().at(20).folder();
    Files.move(saved, temp.resolve("lost"));
    assertRefusedAgain();
    assertThat(goOn(99, true)).hasSize(1);
    RunInfo info = RunFolder.at(folder).info();
    assertThat(info.sessions()).hasSize(3);
    assertThat(RunInfo.makers(info.sessions(), 30))
        .containsExactly(info.sessions().getFirst(), info.sessions().getLast());
    assertThat(RunInfo.makers(info.sessions(), 14)).containsExactly(info.sessions().getFirst());
  }

  private void assertRefusedAgain() {
    assertThatThrownBy(() -> goOn(99, false))
        .hasMessageStartingWith(folder + ": step 14 was made with ")
        .hasMessageContaining(", kernels 0, here is ");
  }

  @Test
  void whereNothingWasSavedNothingGoesOn() throws IOException {
    otherKernels();
    Files.move(folder.resolve("checkpoints"), temp.resolve("lost"));
    Path metrics = folder.resolve("metrics.jsonl");
    Files.write(metrics, Files.readAllLines(metrics).subList(0, 10)); // killed before step 10
    assertThat(goOn(99, false)).isEmpty();
    RunInfo info = RunFolder.at(folder).info();
    assertThat(RunInfo.makers(info.sessions(), 30)).containsExactly(info.sessions().getLast());
  }

  @Test
  void aRunThatHasEndedIsNotRefused() throws IOException {
    goOn(99, false);
    otherKernels();
    String before = Files.readString(folder.resolve("run.json"));
    assertThat(goOn(0, false)).isEmpty();
    assertThat(Files.readString(folder.resolve("run.json"))).isEqualTo(before);
  }
}
