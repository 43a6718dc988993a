package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/** Fills real, very small disks. */
class FullDiskTest {
  private static final JsonNode SPEC = Json.tree(Map.of("layers", 2));

  @TempDir Path parent;

  private static Checkpoint.Contents contents(long step, int floats) {
    NamedTensor weights = new NamedTensor("embed.W_E", new int[] {floats}, new float[floats]);
    NamedTensor moment = new NamedTensor("m", new int[] {1}, new float[] {step});
    return new Checkpoint.Contents(step, List.of(weights), List.of(moment), Json.object());
  }

  private static void assertDisk(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.DISK));
  }

  @Test
  void aFullDiskAndAReadOnlyOneKeepTheOldFile() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(parent.resolve("tiny"), 64)) {
      Path file = disk.folder().resolve("a.bin");
      AtomicFiles.write(file, out -> out.write(new byte[20_000]));
      assertThatThrownBy(() -> AtomicFiles.write(file, out -> out.write(new byte[200_000])))
          .satisfies(FullDiskTest::assertDisk)
          .hasMessageContaining("a.bin: cannot write: No space left on device");
      assertThat(file).hasSize(20_000);
      assertThat(entries(disk.folder())).containsExactly(file);
      disk.makeReadOnly();
      assertThatThrownBy(() -> AtomicFiles.writeString(file, "x"))
          .satisfies(FullDiskTest::assertDisk)
          .hasMessageContaining("a.bin: cannot write: Read-only file system");
      assertThat(file).hasSize(20_000);
    }
  }

  @Test
  void aCheckpointThatDoesNotFitLeavesTheOneBefore() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(parent.resolve("tiny"), 256)) {
      Path folder = disk.folder().resolve("run");
      try (RunWriter run = RunFolderTest.open(folder, SPEC, Map.of())) {
        run.append(MetricsRow.at(10).put("loss", 1));
        run.checkpoint(contents(10, 10_000));
        run.append(MetricsRow.at(20).put("loss", .5));
        assertThatThrownBy(() -> run.checkpoint(contents(20, 100_000)))
            .satisfies(FullDiskTest::assertDisk)
            .hasMessageContaining("step-00000020: cannot write checkpoint: No space left on device")
            .hasMessageContaining("earlier checkpoints are kept");
        assertThat(entries(folder.resolve("checkpoints"))).hasSize(1);
      }
      try (RunWriter run = RunFolderTest.open(folder, SPEC, Map.of())) {
        assertThat(run.resumeFrom().orElseThrow().step()).isEqualTo(10);
        assertThat(run.warnings()).isEmpty();
      }
    }
  }

  @Test
  void aRowThatDoesNotFitLeavesNoPartOfItself() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(parent.resolve("tiny"), 32)) {
      Path file = disk.folder().resolve("metrics.jsonl");
      double[] third = new double[300];
      Arrays.fill(third, 1 / 3.0);
      long[] written = {0};
      try (MetricsLog log = MetricsLog.open(file, -1)) {
        assertThatThrownBy(
                () -> {
                  for (long step = 1; step < 100; step++) {
                    log.append(MetricsRow.at(step).put("byIndex", third));
                    written[0] = step;
                  }
                })
            .satisfies(FullDiskTest::assertDisk)
            .hasMessageContaining("metrics.jsonl: cannot append the row of step ")
            .hasMessageContaining("No space left on device; rows already written are kept");
      }
      assertThat(written[0]).isPositive();
      assertThat(Files.readString(file)).endsWith("}\n");
      assertThat(MetricsTable.read(file).steps()).hasSize((int) written[0]);
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
