package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;
import refrain.train.Trainer;

/** {@code refrain train} in processes of its own, killed and resumed. */
class KilledTrainingTest {
  private static final List<String> CONFIGURATION =
      List.of(
          "train",
          "--preset",
          "tiny",
          "--set",
          "steps=400",
          "--set",
          "probing.every=10",
          "--threads",
          "1");

  @TempDir Path temp;

  @Test
  void aRunKilledAgainAndAgainEndsWithTheBytesOfAnUndisturbedOne() throws Exception {
    Path whole = temp.resolve("whole");
    assertThat(start(whole).waitFor()).isZero();
    Path folder = temp.resolve("killed");
    SplittableRandom random = new SplittableRandom(7);
    int kills = 0;
    for (int i = 0; i < 5; i++) {
      Process process = start(folder);
      waitForRows(process, folder, random.nextInt(20, 80));
      if (process.isAlive()) {
        kills++;
      }
      process.destroyForcibly().waitFor(); // SIGKILL
    }
    assertThat(kills).isPositive();
    assertThat(start(folder).waitFor()).isZero();
    assertSameBytes(RunFolder.at(whole), RunFolder.at(folder));
  }

  @Test
  void aRunAskedToStopSavesItselfAndGoesOn() throws Exception {
    Path folder = temp.resolve("asked");
    Process process = start(folder);
    waitForRows(process, folder, 30);
    process.destroy(); // SIGTERM
    process.waitFor();
    RunFolder run = RunFolder.at(folder);
    assertThat(run.outcome()).isEmpty();
    assertThat(run.checkpoints().list().getLast().step())
        .as("it saved the step that it had reached")
        .isEqualTo(run.metrics().rows().getLast().step());
    assertThat(start(folder).waitFor()).isZero();
    assertThat(RunFolder.at(folder).metrics().rows()).hasSize(401);
  }

  @Test
  void anExtensionKilledAtAnyMomentEndsWithTheBytesOfARunPlannedSoLong() throws Exception {
    Path whole = temp.resolve("whole");
    assertThat(start(whole, "--set", "steps=200").waitFor()).isZero();
    Path folder = temp.resolve("extended");
    assertThat(start(folder, "--set", "steps=93").waitFor()).isZero();
    List<String> extend =
        List.of("train", "--threads", "1", "--resume", folder.toString(), "--extend", "200");
    SplittableRandom random = new SplittableRandom(11);
    Path record = folder.resolve("run.json");
    byte[] planned = Files.readAllBytes(record);
    Process process = start(extend);
    while (process.isAlive() && Arrays.equals(Files.readAllBytes(record), planned)) {
      Thread.onSpinWait();
    }
    process.destroyForcibly().waitFor(); // as soon as it is planned longer
    assertThat(Trainer.spec(RunFolder.at(folder)).steps()).isEqualTo(200);
    for (int i = 0; i < 2; i++) {
      process = start(extend);
      waitForRows(process, folder, random.nextInt(1, 40));
      process.destroyForcibly().waitFor();
    }
    assertThat(start(List.of("train", "--resume", folder.toString())).waitFor()).isZero();
    assertSameBytes(RunFolder.at(whole), RunFolder.at(folder));
  }

  /** Waits until so many rows more than now are in the metrics. */
  private static void waitForRows(Process process, Path folder, int more) throws Exception {
    Path metrics = folder.resolve("metrics.jsonl");
    long wanted = lines(metrics) + more;
    while (process.isAlive() && lines(metrics) < wanted) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static long lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    long lines = 0;
    for (byte b : Files.readAllBytes(file)) {
      lines += b == '\n' ? 1 : 0;
    }
    return lines;
  }

  private static Process start(Path folder, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(CONFIGURATION);
    arguments.addAll(List.of("--out", folder.toString()));
    arguments.addAll(List.of(more));
    return start(arguments);
  }

  private static Process start(List<String> arguments) throws IOException {
    List<String> command =
        JavaCommand.of(
            Main.class,
            "--add-modules",
            "jdk.incubator.vector",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC");
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void assertSameBytes(RunFolder a, RunFolder b) throws IOException {
    assertThat(Files.readString(b.path().resolve("metrics.jsonl")))
        .isEqualTo(Files.readString(a.path().resolve("metrics.jsonl")));
    Checkpoint x = a.checkpoints().list().getLast();
    Checkpoint y = b.checkpoints().list().getLast();
    for (String file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      assertThat(Files.readAllBytes(y.folder().resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(x.folder().resolve(file)));
    }
  }
}
