package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.Repository;

class WatchCommandTest extends TypedCommands {
  private static final Path LOGS = Repository.ROOT.resolve("lab/src/test/resources/logs");

  @TempDir private Path folder;

  @Test
  void aReplaySaysWhatItFoundAndEndsWithItsCode() {
    assertThat(
            run("watch", "--replay", "--metric", "ind_acc", LOGS.resolve("ih-L2.json").toString()))
        .isEqualTo(20);
    assertThat(out.toString())
        .contains("confirmed  step ", "a JSON document; steps from 'step'", "schedule unknown");
    forget();
    assertThat(run("watch", "--replay", LOGS.resolve("ih-L1.json").toString())).isZero();
    assertThat(out.toString()).contains("An alarm says that a curve left its law, never why.");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void eventsAreLinesOfJsonAndToldOnceWhereTheyAreKept() throws Exception {
    String log = LOGS.resolve("ih-L2.json").toString();
    String state = folder.resolve("state").toString();
    assertThat(run("watch", "--replay", "--json", "--state", state, log)).isEqualTo(21);
    assertThat(out.toString().lines()).isNotEmpty().allMatch(line -> line.startsWith("{\"id\":\""));
    assertThat(out.toString())
        .isEqualTo(Files.readString(folder.resolve("state/events.jsonl")))
        .contains("\"kind\":\"confirmed\"", "\"action\":\"log\"");
    forget();
    assertThat(run("watch", "--replay", "--json", "--state", state, log)).isEqualTo(21);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void whatCannotBeReadIsASentence() throws Exception {
    assertThat(run("watch")).isEqualTo(2);
    assertThat(err.toString()).contains("expected a log, or a folder that holds one");
    forget();
    assertThat(run("watch", "--replay", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("no row of numbers was found");
    forget();
    Path binary = Files.write(folder.resolve("x"), new byte[] {0, 1, 2});
    assertThat(run("watch", "--once", binary.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is binary; expected TensorBoard events");
    forget();
    assertThat(run("watch", "--scheduled-at", "x", "--once", binary.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("expected a step, or two as 7000-9000");
  }

  @Test
  void whatARunKeptOfItsTwinsChangeIsSaidAndDrawn() throws Exception {
    Path twin = run("twin", 700);
    Path stopped = run("stopped", 390);
    Path picture = folder.resolve("kept.svg");
    Files.createDirectories(stopped.resolve("watch"));
    Files.writeString(
        stopped.resolve("watch/events.jsonl"),
        "{\"id\":\"1\",\"kind\":\"suspected\",\"step\":310}\n{\"id\":\"2\",\"ki"); // cut by a kill
    forget();
    assertThat(
            run("watch", "kept", stopped.toString(), twin.toString(), "--svg", picture.toString()))
        .isZero();
    // Means of the last five values, and of those in the 30 steps before the onset, 367.
    assertThat(out.toString())
        .contains("stopped at step 390: ICL score -0.6", "of the change", "to -2.50: 1");
    assertThat(picture).content().contains("40 % of the change", "suspected", "confirmed, stopped");
    assertThat(run("watch", "kept", twin.toString(), run("short", 100).toString())).isEqualTo(2);
    assertThat(err.toString()).contains("has 11 probes of the ICL score, expected 20 or more");
  }

  /** A run whose ICL score falls by 2.2 nats at step 400. */
  private Path run(String name, int steps) throws Exception {
    Path run = folder.resolve(name);
    assertThat(run("train", "--preset", "tiny", "--set", "steps=1", "--out", run.toString()))
        .isZero();
    StringBuilder rows = new StringBuilder();
    for (int step = 0; step <= steps; step += 10) {
      double icl = -0.3 - 2.2 / (1 + Math.exp((400 - step) / 15.0));
      rows.append("{\"step\":" + step + ",\"icl\":" + icl + "}\n");
    }
    Files.writeString(run.resolve("metrics.jsonl"), rows);
    return run;
  }

  @Test
  void formationsAreForetoldAndHowWellIsSaidByArm() throws Exception {
    for (String arm : List.of("early", "late", "never")) {
      for (int seed = 0; seed < 4; seed++) {
        int formed = arm.equals("never") ? 10_000 : (arm.equals("early") ? 300 : 500) + 10 * seed;
        forming(arm, seed, formed);
      }
    }
    Path picture = folder.resolve("lead.svg");
    forget();
    assertThat(run("watch", "forecast", folder.toString(), "--svg", picture.toString())).isZero();
    assertThat(out.toString())
        .contains("runs, arm new", "early", "315 [300, 330]", "4 of 4", "0 of 4", "never");
    assertThat(picture).content().contains("How early heads are forecast", "late");
    forget();
    assertThat(run("watch", "forecast", folder.resolve("early").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("expected runs of two arms or more that form heads");
  }

  private void forming(String arm, int seed, int formed) throws Exception {
    Path run = folder.resolve(arm).resolve("run-" + seed);
    assertThat(
            run(
                "train",
                "--preset=tiny",
                "--set=steps=1",
                "--set=data.c=" + (arm.equals("early") ? 0.5 : arm.equals("late") ? 0.75 : 1),
                "--seed=" + seed,
                "--out=" + run))
        .isZero();
    StringBuilder rows = new StringBuilder();
    for (int step = 0; step <= Math.min(formed + 50, 600); step += 10) {
      double previous = 1 / (1 + Math.max(0, formed - step) / 40.0) * 0.9;
      rows.append(
          String.format(
              Locale.ROOT,
              "{\"step\":%d,\"pm.best\":%s,\"prev.best.L0\":%.4f,\"comp.k.best.z\":1.5}\n",
              step,
              step < formed ? 0.05 : 0.6,
              previous));
    }
    Files.writeString(run.resolve("metrics.jsonl"), rows);
  }

  @Test
  void nothingIsDoneWithoutAPlaceToWriteItDownFirst() {
    String log = LOGS.resolve("ih-L2.json").toString();
    assertThat(run("watch", "--once", "--action", "touch:x", log)).isEqualTo(2);
    assertThat(err.toString())
        .contains("--action: expected --state DIR, where each event is written before anything");
    forget();
    Path pause = folder.resolve("pause");
    assertThat(run("watch", "--replay", "--json", "--action", "touch:" + pause, log)).isEqualTo(21);
    assertThat(out.toString()).contains("\"action\":\"touch:" + pause + "\"");
    assertThat(pause).as("a replay acts on nothing").doesNotExist();
  }

  @Test
  void calibrationIsATable() {
    assertThat(run("watch", "calibrate", "--arl", "1e3,1e5", LOGS.resolve("ih-L1.json").toString()))
        .isZero();
    assertThat(out.toString())
        .contains("threshold", "1e+05      543", "Alarms at threshold 100000.0: none");
  }
}
