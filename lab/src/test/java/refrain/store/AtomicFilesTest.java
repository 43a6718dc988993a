package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;

class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void replacesAFileAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("deep/down/a.txt");
    AtomicFiles.writeString(file, "one");
    AtomicFiles.writeString(file, "two");
    assertThat(file).hasContent("two");
    assertThat(file.getParent()).isDirectoryContaining(path -> path.equals(file));
    assertThat(entries(file.getParent())).hasSize(1);
  }

  @Test
  void keepsTheOldFileWhenTheBodyFailsHalfway() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFiles.writeString(file, "old");
    assertThatThrownBy(() ->
            AtomicFiles.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            file
                + ": cannot write: No space left on device; the previous file, if any, is"
                + " unchanged; free space or choose a folder that can be written")
        .hasCauseInstanceOf(IOException.class);
    assertThat(file).hasContent("old");
    assertThat(entries(folder)).containsExactly(file);
  }

  @Test
  void aFolderIsReplacedWholeOrNotAtAll() throws IOException {
    Path place = folder.resolve("deep/place");
    AtomicFiles.writeFolder(place, Map.of("a", text("1"), "b", text("2")));
    assertThat(entries(place)).hasSize(2);
    AtomicFiles.writeFolder(place, Map.of("b", text("3")));
    assertThat(entries(place)).containsExactly(place.resolve("b"));
    Map<String, AtomicFiles.Body> failing = new LinkedHashMap<>(Map.of("c", text("4")));
    failing.put(
        "d",
        out -> {
          throw new IOException("No space left on device");
        });
    assertThatThrownBy(() -> AtomicFiles.writeFolder(place, failing))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            place
                + ": cannot write: No space left on device; what was there is unchanged; free"
                + " space or choose a folder that can be written");
    assertThat(place.resolve("b")).hasContent("3");
    assertThat(entries(place.getParent())).containsExactly(place);
  }

  private static AtomicFiles.Body text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void saysSoWhenAFileStandsWhereAFolderIsNeeded() throws IOException {
    Path blocker = Files.writeString(folder.resolve("runs"), "a file");
    assertThatThrownBy(() -> AtomicFiles.writeString(blocker.resolve("run/a.txt"), "x"))
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.BAD_INPUT))
        .hasMessage(blocker + ": is a file, expected a folder; choose another");
    assertThat(blocker).hasContent("a file");
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
