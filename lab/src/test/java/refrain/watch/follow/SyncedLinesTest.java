package refrain.watch.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.store.TinyDisk;

class SyncedLinesTest {
  @TempDir private Path temp;

  private static List<String> lines(Path file) {
    List<String> read = new ArrayList<>();
    try (SyncedLines lines = SyncedLines.open(file, (line, where) -> read.add(line.toString()))) {
      assertThat(lines).isNotNull();
    }
    return read;
  }

  @Test
  void aLineThatAKillCutIsLeftOutByReadersAndCutByTheNextWriter() throws Exception {
    Path file = temp.resolve("a/b/events.jsonl");
    try (SyncedLines lines = SyncedLines.open(file, (line, where) -> {})) {
      lines.add("{\"id\":\"1\"}");
    }
    Files.writeString(file, Files.readString(file) + "{\"id\":\"\u00fc");
    assertThat(SyncedLines.read(file)).singleElement().hasToString("{\"id\":\"1\"}");
    assertThat(lines(file)).containsExactly("{\"id\":\"1\"}");
    assertThat(file).hasContent("{\"id\":\"1\"}\n");
    assertThat(SyncedLines.read(temp.resolve("none"))).isEmpty();
  }

  @Test
  void aDamagedWholeLineIsNamed() throws Exception {
    Path file = Files.writeString(temp.resolve("x.jsonl"), "{}\noops\n");
    assertThatThrownBy(() -> SyncedLines.read(file))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("x.jsonl:2");
  }

  @Test
  void aLineThatDoesNotFitLeavesNoPartOfItself() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(temp.resolve("tiny"), 32)) {
      Path file = disk.folder().resolve("events.jsonl");
      String line = "{\"says\":\"" + "x".repeat(5_000) + "\"}";
      int[] written = {0};
      try (SyncedLines lines = SyncedLines.open(file, (l, where) -> {})) {
        assertThatThrownBy(
                () -> {
                  while (written[0] < 100) {
                    lines.add(line);
                    written[0]++;
                  }
                })
            .isInstanceOf(RefrainException.class)
            .hasMessageContaining("events.jsonl: cannot be written: No space left on device");
        assertThat(Files.size(file)).isEqualTo(written[0] * (line.length() + 1L));
        lines.add("{}"); // what fits goes behind the last whole line
      }
      assertThat(lines(file)).hasSize(written[0] + 1).endsWith("{}");
    }
  }
}
