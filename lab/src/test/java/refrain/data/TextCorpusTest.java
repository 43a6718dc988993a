package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;

class TextCorpusTest {
  @TempDir Path folder;

  private void write(String name, byte... bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static TextCorpus files(Path path, boolean lenient) {
    return TextCorpus.of(path, lenient, TextFormat.FILES);
  }

  private static List<String> texts(Corpus corpus) {
    List<String> texts = new ArrayList<>();
    corpus.forEach(document -> texts.add(new String(document.text(), UTF_8)));
    return texts;
  }

  @Test
  void readsAFolderInTheOrderOfPathsWithoutEmptyAndHiddenFiles() throws IOException {
    write("b.txt", "second\r\n".getBytes(UTF_8));
    write("a/z.md", (byte) 0xEF, (byte) 0xBB, (byte) 0xBF, (byte) 'x');
    write("empty.txt");
    write("mark.txt", (byte) 0xEF, (byte) 0xBB, (byte) 0xBF);
    write(".git/config", (byte) 0xFF);
    write(".hidden", (byte) 0xFF);
    assertThat(texts(files(folder, false))).containsExactly("x", "second\n");
  }

  @Test
  void theOrderIsThatOfTheBytesOfTheNames() throws IOException {
    // UTF-16 has the second before the first, and ASCII alone knows both as U+FFFD.
    write("\uFB01.txt", "ligature".getBytes(UTF_8));
    write("\uD83D\uDE00.txt", "face".getBytes(UTF_8));
    write("\u00FC.txt", "umlaut".getBytes(UTF_8));
    assertThat(texts(files(folder, false))).containsExactly("umlaut", "ligature", "face");
  }

  @Test
  void namesTheFileAndOffsetOfABadByte() throws IOException {
    write("sub/latin1.txt", (byte) 'c', (byte) 'a', (byte) 0xE9);
    assertThatThrownBy(() -> files(folder, false))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(folder.resolve("sub/latin1.txt") + ": byte 0xE9 at offset 2");
    assertThat(texts(files(folder, true))).containsExactly("ca\uFFFD");
  }

  @Test
  void readsAFileOrAStream() throws IOException {
    write("one", (byte) 'a');
    assertThat(texts(files(folder.resolve("one"), false))).containsExactly("a");
    assertThat(texts(TextCorpus.of("in", new ByteArrayInputStream("q".getBytes(UTF_8)), false)))
        .containsExactly("q");
    assertThatThrownBy(() -> files(folder.resolve("none"), false))
        .hasMessageContaining("none: no such file or folder");
  }

  @Test
  void theFingerprintIsOfTheTexts() throws IOException {
    write("a", "x".getBytes(UTF_8));
    write("b", "yz".getBytes(UTF_8));
    String before = files(folder, false).fingerprint();
    assertThat(files(folder, false).fingerprint()).isEqualTo(before);
    write("a", "xy".getBytes(UTF_8));
    write("b", "z".getBytes(UTF_8));
    assertThat(files(folder, false).fingerprint()).isNotEqualTo(before);
  }

  @Test
  void carriesTheSpeeches() {
    List<Document> speeches = new ArrayList<>();
    new Speeches().forEach(speeches::add);
    assertThat(speeches).hasSize(233);
    assertThat(speeches.getFirst().name()).isEqualTo("1790_george_washington_n.txt");
    assertThat(speeches.stream().mapToInt(d -> d.text().length).sum()).isEqualTo(10_761_413);
    assertThat(speeches.stream().mapToInt(d -> Utf8.firstBad(d.text())).max()).hasValue(-1);
  }
}
