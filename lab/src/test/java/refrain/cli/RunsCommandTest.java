package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.Seeds;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/**
 * {@code refrain runs} on a folder that holds a study of two runs, and three runs of a single
 * command: seeds 0 and 1, and one of seed 0 that is a step longer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunsCommandTest extends TypedCommands {
  private static final String STUDY =
      """
      name: little
      title: A study for tests
      seeds: 2
      variants:
        - {name: plain, preset: tiny, set: {steps: 4}}
      """;

  @TempDir static Path temp;

  @Override
  int run(String... args) {
    forget();
    return super.run(args);
  }

  private String printed(String... args) {
    assertThat(run(args)).as(err.toString()).isZero();
    return out.toString();
  }

  private String refused(String... args) {
    assertThat(run(args)).as(out.toString()).isEqualTo(2);
    return err.toString();
  }

  private static Path train(Path folder, int seed, int steps) {
    Trainer.run(
        Presets.get("tiny").with(s -> s.steps = steps, s -> s.seeds = Seeds.replicate(seed)),
        folder,
        TrainControl.threads(1),
        TrainListener.NONE);
    return folder;
  }

  private Path all = Path.of("");
  private Path used = Path.of("");

  @BeforeAll
  void makeRuns() throws IOException {
    all = Files.createDirectory(temp.resolve("all"));
    train(all.resolve("deep").resolve("er").resolve("zero"), 0, 5);
    train(all.resolve("one"), 1, 5);
    train(all.resolve("longer"), 0, 6);
    Path file = Files.writeString(temp.resolve("little.yaml"), STUDY);
    Path study = all.resolve("little");
    assertThat(run("study", "run", file.toString(), "--out", study.toString())).isZero();
    used = RunFolder.list(study.resolve("runs")).getFirst().path();
  }

  @Test
  void runsInFoldersInsideAreListedWithTheStudyThatUsesThem() {
    String listed = printed("runs", all.toString());
    assertThat(listed.lines().findFirst().orElseThrow())
        .matches("run +name +study +variant +seed +step +formed +ICL \\(n\\) +age +size +state");
    assertThat(listed)
        .containsPattern(
            "(?m)^\\S+/deep/er/zero +tiny +0 +5 +no +-?\\d\\.\\d\\d \\(\\d+\\) +\\d+ s +"
                + "[0-9.]+ KiB +done: all steps were taken$")
        .containsPattern(
            "(?m)^\\S+/little/runs/\\w{12} +plain +little +plain +1 +4 +no +\\S+ \\+- \\S+ \\(256\\) ")
        .containsPattern("(?m)^\\S+/one +tiny +1 ")
        .contains(
            "ICL: score at the end in nats, +- one standard error, over (n) sequences of the");
    assertThat(listed.lines()).hasSize(7);
  }

  @Test
  void rowsAreSortedChosenAndPrintedForPrograms() {
    JsonNode rows =
        Json.parse(printed("runs", all + "", "--json", "--sort=-seed", "--filter", "name=ti*"), "");
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).path("seed").asInt()).isEqualTo(1);
    assertThat(rows.get(0).path("formed").asBoolean()).isFalse();
    assertThat(rows.get(0).path("formation").isNull()).isTrue();
    assertThat(rows.get(0).path("icl").isDouble()).isTrue();
    assertThat(rows.get(0).path("state").asString()).isEqualTo("done");
    assertThat(rows.get(0).path("size").asLong()).isPositive();

    List<String> csv =
        printed("runs", all + "", "--csv", "--sort", "run", "--filter", "step>4,formed=no")
            .lines()
            .toList();
    assertThat(csv.getFirst())
        .isEqualTo(
            "run,id,name,study,variant,seed,step,steps,formed,formation,icl,error,n,head,prefix,"
                + "loss,age,size,state,oracle,parent");
    assertThat(csv).hasSize(4);
    assertThat(csv.get(1)).startsWith(all.resolve("deep").resolve("er").resolve("zero") + ",");
    assertThat(csv.get(2)).contains("/longer,").contains(",tiny,,,0,6,6,no,,");

    for (String condition :
        List.of(
            "study=little",
            "step<=4",
            "variant!=none",
            "state=done,steps=4",
            "age<2h,name=plain",
            "size>1kB,study=l*e")) {
      assertThat(printed("runs", all + "", "--csv", "--filter", condition).lines())
          .as(condition)
          .hasSize(3);
    }
    assertThat(printed("runs", all + "", "--filter", "formed=yes"))
        .isEqualToNormalizingNewlines("none of 5 runs meets the filter\n");
  }

  @Test
  void whatCannotBeListedIsRefusedWithTheColumns() {
    String columns =
        "there are run, id, name, study, variant, seed, step, steps, formed, formation, icl, error,"
            + " n, head, prefix, loss, age, size, state, oracle, parent";
    String folder = all.toString();
    assertThat(refused("runs", folder, "--sort", "speed"))
        .contains("--sort speed: no column 'speed'; " + columns);
    assertThat(refused("runs", folder, "--filter", "nam=x"))
        .contains("--filter nam=x: no column 'nam'; " + columns);
    assertThat(refused("runs", folder, "--filter", "tiny"))
        .contains("--filter tiny: expected a column, one of = != < <= > >=, and a value");
    assertThat(refused("runs", folder, "--filter", "step>many"))
        .contains("--filter step>many: step is a number, or none, found 'many'");
    assertThat(refused("runs", folder, "--filter", "name>x"))
        .contains("name is a text, in which * stands for anything; compare it with = or !=");
    assertThat(refused("runs", folder, "--filter", "formed=maybe"))
        .contains("formed is yes or no, found 'maybe'");
    assertThat(refused("runs", folder, "--csv", "--json"))
        .contains("--json: would be ignored beside --csv");
    assertThat(refused("runs", all.resolve("one") + "", "--sort", "icl"))
        .contains("--sort: would be ignored beside " + all.resolve("one") + ", which is a single");
  }

  @Test
  void oneRunIsShown() {
    assertThat(printed("runs", used.toString()))
        .startsWith(used + "\n  name          plain\n  study         little, variant plain\n")
        .contains("  steps         4 of 4\n", "  formation     none\n")
        .containsPattern("ICL score     -?[0-9.]+ \\+- [0-9.]+ nats, over 256 evaluation")
        .containsPattern("best head     L\\dH\\d, prefix matching 0\\.")
        .contains("  state         done: all steps were taken\n");
    assertThat(printed("runs", used.toString(), "--json")).contains("\"study\" : \"little\"");
  }

  @Test
  void twoRunsAreComparedSettingBySettingAndBitByBit() {
    String zero = all.resolve("deep").resolve("er").resolve("zero").toString();
    assertThat(printed("runs", "compare", zero, all.resolve("longer").toString()))
        .containsPattern("(?m)^steps +5 +6$")
        .containsPattern("(?m)^steps taken +5 +6$")
        .containsPattern("(?m)^heads formed at +not formed +not formed$")
        .containsPattern("(?m)^ICL score \\(n\\) +-?[0-9.]+ \\(\\d+\\) +-?[0-9.]+ \\(")
        .containsPattern("(?m)^best heads, last probe +L\\dH\\d 0\\.\\d+ +L\\dH\\d 0\\.")
        .containsPattern("(?m)^loss of the last batch +[0-9.]+ +[0-9.]+$")
        .contains("Curves: the same in all that both recorded, up to step 5.")
        .doesNotContain("seeds");
    assertThat(printed("runs", "compare", zero, all.resolve("one").toString()))
        .containsPattern("(?m)^seeds.data +0 +1$")
        .contains("Weights at step 5, the last that both kept: different.")
        .contains("Curves: different from the beginning; at step 0 loss is ");
    assertThat(printed("runs", "compare", zero, zero))
        .contains("Weights at step 5, the last that both kept: the same to the bit.");
    assertThat(refused("runs", "--csv", "compare", zero, zero))
        .contains("--csv: would be ignored beside compare");
  }

  @Test
  void removalAsksAndRefusesWhatIsUsed() {
    Path place = train(temp.resolve("free").resolve("one"), 3, 2);
    assertThat(refused("runs", "rm", place.toString()))
        .contains(
            "nothing is removed: there is no terminal to ask on; add --yes to remove " + place)
        .contains("(tiny, seed 3, step 2, ");
    assertThat(place).exists();
    assertThat(refused("runs", "rm", place.toString(), used.toString(), "--yes"))
        .contains(used + ": is used by the study 'little' in ")
        .contains("(plain seed ")
        .contains("), whose report would lack it; to remove it all the same, move it out of that");
    assertThat(place).as("all or none").exists();
    assertThat(refused("runs", "rm", temp.toString(), "--yes")).contains("holds no run");
    assertThat(printed("runs", "rm", place.toString(), "--yes"))
        .startsWith("removed " + place + " (tiny, seed 3, step 2, ");
    assertThat(place.getParent()).isEmptyDirectory();
  }

  @Test
  void aRunUnderWayIsListedAndNotRemoved() {
    List<String> seen = new ArrayList<>();
    Path place = temp.resolve("live").resolve("one");
    TrainListener looking =
        new TrainListener() {
          @Override
          public void measured(MetricsRow row, boolean probed) {
            if (row.step() == 2) {
              seen.add(printed("runs", place.getParent().toString()));
              seen.add(refused("runs", "rm", place.toString(), "--yes"));
            }
          }
        };
    Trainer.run(
        Presets.get("tiny").with(s -> s.steps = 3), place, TrainControl.threads(1), looking);
    assertThat(seen.get(0)).containsPattern("one +tiny +0 +2/3 .* running\\R");
    assertThat(seen.get(1)).contains("is being written by process ").contains("; stop it first");
    assertThat(place).exists();
  }

  @Test
  void ofALinkTheLinkIsRemovedAndWhatAKilledRemovalLeftIsNoRun() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("links"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), all.resolve("one"));
    Path here = train(folder.resolve("here"), 4, 2);
    Path outside = Files.writeString(temp.resolve("outside"), "precious");
    Files.createSymbolicLink(here.resolve("pointer"), outside);
    Files.move(train(temp.resolve("half"), 5, 2), folder.resolve(".half.removed.7-1.tmp"));
    assertThat(printed("runs", folder.toString()))
        .containsPattern("link +tiny .* done: all steps were taken \\(a link\\)")
        .doesNotContain("half");
    assertThat(printed("runs", "rm", link.toString(), "--yes"))
        .contains("removed " + link + ", a link; the run that it points to ");
    assertThat(all.resolve("one")).isDirectory();
    assertThat(printed("runs", "rm", here.toString(), "--yes")).contains("removed " + here);
    assertThat(folder).isEmptyDirectory();
    assertThat(outside).hasContent("precious");
  }

  /** What an ended run should have beside its numbers, and has not, is said where it is read. */
  @Test
  void missingFilesOfAnEndedRunAreNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("lost.yaml"), STUDY.replace("little", "lost"));
    Path study = temp.resolve("lost");
    assertThat(run("study", "run", file.toString(), "--out", study.toString())).isZero();
    assertThat(printed("report", study.toString())).doesNotContain("warning");
    Path lost = RunFolder.list(study.resolve("runs")).getFirst().path();
    Files.delete(lost.resolve("timing.json"));
    Files.delete(lost.resolve("head-pattern.json"));
    Files.delete(lost.resolve("stop.json"));
    String time =
        "warning: "
            + lost.resolve("timing.json")
            + ": is missing, so the time that the run took counts as 0 s\n";
    String pattern =
        "warning: "
            + lost.resolve("head-pattern.json")
            + ": is missing, so nothing shows the attention of its best head\n";
    assertThat(printed("runs", lost.toString())).endsWith(time + pattern);
    assertThat(printed("report", study.toString())).contains(time + pattern);
    Path outcome = lost.resolve("outcome.json");
    Files.writeString(outcome, Files.readString(outcome).replace("\"done\"", "\"stopped\""));
    assertThat(printed("runs", lost.toString()))
        .endsWith(
            lost.resolve("stop.json")
                + ": is missing, so nobody knows by which rule it stopped, and to go on trains to"
                + " the last step\n");
  }
}
