package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.base.RefrainException;

/** Kills real processes at random moments and looks at what they left. */
class CrashTest {
  @TempDir Path parent;

  @Test
  void aRunKilledAtAnyMomentGoesOnWithTheSameBits() throws Exception {
    Path folder = parent.resolve("run");
    SplittableRandom random = new SplittableRandom(2211);
    long last = 0;
    for (int kill = 0; kill < 10; kill++) {
      Process process = start(folder);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        assertThat(out.readLine()).isEqualTo("from " + last);
        if (kill == 3) {
          assertThatThrownBy(() -> RunFolderTest.open(folder, CrashingRun.SPEC, Map.of()))
              .isInstanceOf(RefrainException.class)
              .hasMessageContaining("is being written by process " + process.pid());
        }
        TimeUnit.MICROSECONDS.sleep(random.nextLong(250_000));
      } finally {
        process.destroyForcibly().waitFor(); // SIGKILL
      }
      long before = last;
      last = checkWhatIsLeft(folder);
      assertThat(last).isGreaterThanOrEqualTo(before);
    }
    assertThat(last).isPositive();
    try (RunWriter run = RunFolderTest.open(folder, CrashingRun.SPEC, Map.of())) {
      long[] steps = run.folder().metrics().steps();
      assertThat(steps).hasSize((int) last);
      double[] losses = run.folder().metrics().series("loss").values();
      long state = 42;
      for (int i = 0; i < steps.length; i++) {
        state = CrashingRun.next(state);
        assertThat(steps[i]).isEqualTo(i + 1);
        assertThat(losses[i]).isEqualTo(CrashingRun.loss(state));
      }
    }
    assertThat(RunFolder.at(folder).info().sessions().size()).isGreaterThanOrEqualTo(10);
  }

  private static long checkWhatIsLeft(Path folder) {
    RunFolder run = RunFolder.at(folder);
    Checkpoints.LatestGood found = run.checkpoints().latestGood();
    assertThat(found.warnings()).isEmpty();
    long[] steps = run.metrics().steps();
    if (found.checkpoint().isEmpty()) {
      return 0;
    }
    Checkpoint checkpoint = found.checkpoint().get();
    long state = CrashingRun.state(checkpoint);
    assertThat(checkpoint.model()).containsExactly(CrashingRun.model(state, 30_000));
    assertThat(checkpoint.optimizer()).containsExactly(CrashingRun.model(state + 1, 60_000));
    assertThat(steps.length).isGreaterThanOrEqualTo((int) checkpoint.step());
    return checkpoint.step();
  }

  private static Process start(Path folder) throws IOException {
    List<String> command =
        JavaCommand.of(
            CrashingRun.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");
    command.add(folder.toString());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
