package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
  void calibrationIsATable() {
    assertThat(run("watch", "calibrate", "--arl", "1e3,1e5", LOGS.resolve("ih-L1.json").toString()))
        .isZero();
    assertThat(out.toString())
        .contains("threshold", "1e+05      543", "Alarms at threshold 100000.0: none");
  }
}
