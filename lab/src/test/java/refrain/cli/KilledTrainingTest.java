package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;

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

  private static Process start(Path folder) throws IOException {
    List<String> command =
        JavaCommand.of(
            Main.class,
            "--add-modules",
            "jdk.incubator.vector",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC");
    command.addAll(CONFIGURATION);
    command.addAll(List.of("--out", folder.toString()));
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
