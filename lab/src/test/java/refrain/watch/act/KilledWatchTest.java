package refrain.watch.act;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.cli.Main;

/**
 * A watch that is killed at random moments and started again has the events of one that was not,
 * and has acted once. Ten kills; {@code -Drefrain.kills=200} for more.
 */
class KilledWatchTest {
  private static final int ROWS = 400;
  private static final int CHANGE = 310;

  @TempDir private Path folder;

  @Test
  void killedAtRandomMomentsItHasTheSameEventsAndActsOnce() throws Exception {
    writeLog();
    Path whole = folder.resolve("whole");
    assertThat(watch(whole).waitFor()).isEqualTo(20);
    assertThat(Files.readAllLines(whole.resolve("count"))).hasSize(1);
    assertThat(Files.readString(whole.resolve("events.jsonl")).lines().count()).isGreaterThan(9);
    Random random = new Random(16);
    int kills = Integer.getInteger("refrain.kills", 10);
    long bytes = written(whole);
    int killed = 0;
    for (int round = 0; killed < kills; round++) {
      assertThat(round).as("rounds in which none was killed").isLessThan(3 * kills);
      Path state = folder.resolve("state" + round);
      for (boolean ended = false; !ended; ) {
        Process process = watch(state);
        // A moment within its writing, and not of the start of Java.
        long now = written(state);
        // A watch that was killed has written more than one that was not: what it took up again.
        boolean kill = killed < kills && now <= bytes;
        long until = kill ? random.nextLong(now, bytes + 1) : Long.MAX_VALUE;
        while (process.isAlive() && written(state) < until) {
          Thread.yield();
        }
        ended = !process.isAlive();
        killed += ended ? 0 : 1;
        process.destroyForcibly().waitFor();
      }
      assertThat(state.resolve("events.jsonl"))
          .hasSameTextualContentAs(whole.resolve("events.jsonl"));
      List<String> acted =
          Files.exists(state.resolve("count"))
              ? Files.readAllLines(state.resolve("count"))
              : List.of();
      assertThat(acted).doesNotHaveDuplicates();
    }
  }

  private static long written(Path state) throws Exception {
    long bytes = 0;
    for (String name : List.of("events.jsonl", "actions.jsonl")) {
      Path file = state.resolve(name);
      bytes += Files.exists(file) ? Files.size(file) : 0;
    }
    return bytes;
  }

  /** Two losses and an accuracy that take off at the same step, noise on each. */
  private void writeLog() throws Exception {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder();
    for (int row = 1; row <= ROWS; row++) {
      double change = 1 / (1 + Math.exp((CHANGE - row) / 3.0));
      rows.append(
          String.format(
              Locale.ROOT,
              "{\"step\":%s,\"loss\":%s,\"val_loss\":%s,\"acc\":%s}%n",
              10 * row,
              3 - 1.5 * change + 0.02 * random.nextGaussian(),
              row % 50 == 7 ? 9 : 3.1 - 1.4 * change + 0.02 * random.nextGaussian(),
              0.1 + 0.6 * change + 0.01 * random.nextGaussian()));
    }
    Files.writeString(log(), rows);
  }

  private Path log() {
    return folder.resolve("log.jsonl");
  }

  private Process watch(Path state) throws Exception {
    Files.createDirectories(state);
    List<String> command =
        new ArrayList<>(JavaCommand.of(Main.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(
        List.of(
            "watch",
            "--once",
            "--state",
            state.toString(),
            "--action",
            "exec:echo \"$REFRAIN_EVENT\" >> count",
            log().toString()));
    return new ProcessBuilder(command)
        .directory(state.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
