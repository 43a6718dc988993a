package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.base.RefrainException;

class JavaSourcesTest {
  @TempDir Path folder;

  private Path zip(String name, String... entriesAndTexts) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < entriesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(entriesAndTexts[i]));
        zip.write(entriesAndTexts[i + 1].getBytes(UTF_8));
        zip.closeEntry();
      }
    }
    return file;
  }

  private static String sha256(Path file) throws IOException {
    return Sha256.hex(Sha256.of(Files.readAllBytes(file)));
  }

  private static List<String> documents(Corpus corpus) {
    List<String> all = new ArrayList<>();
    corpus.forEach(d -> all.add(d.name() + "=" + new String(d.text(), UTF_8)));
    return all;
  }

  @Test
  void readsPinnedJarsInOrder() throws IOException {
    Path b = zip("java/b.jar", "B.java", "/* licence */\npackage b;");
    Path a =
        zip("java/a.jar", "z/Z.java", "z", "A.java", "// x\na", "not.txt", "no", "E.java", "//");
    Map<String, String> pins = Map.of("b.jar", sha256(b), "a.jar", sha256(a));
    assertThat(documents(JavaSources.pinned(folder.resolve("java"), pins)))
        .containsExactly("a.jar!A.java=a", "a.jar!z/Z.java=z", "b.jar!B.java=package b;");
  }

  @Test
  void refusesAJarThatIsNotThePinnedOne() throws IOException {
    Path a = zip("java/a.jar", "A.java", "a");
    assertThatThrownBy(() -> JavaSources.pinned(a.getParent(), Map.of("a.jar", "00")))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("a.jar: expected sha256 00, found " + sha256(a));
    assertThatThrownBy(() -> JavaSources.pinned(a.getParent(), Map.of("b.jar", "00")))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("b.jar: missing");
  }

  @Test
  void fallsBackToTheJdksSources() throws IOException {
    Path jdk = zip("src.zip", "java.base/A.java", "a", "java.desktop/B.java", "b");
    assertThat(documents(JavaSources.find(folder.resolve("absent"), jdk)))
        .containsExactly("src.zip!java.base/A.java=a");
    assertThatThrownBy(() -> JavaSources.find(null, folder.resolve("no.zip")))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("no Java sources to train on")
        .hasMessageContaining("no.zip");
    Path broken = Files.write(folder.resolve("broken.zip"), new byte[] {1, 2, 3});
    JavaSources sources = JavaSources.find(null, broken);
    assertThatThrownBy(() -> documents(sources)).hasMessageContaining("not a readable source");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          package a;|package a;
          /* l */package a;|package a;
          /*/ still */ x|x
          /**/y|y
          /***/ /** doc */ z|z
          // l~~ // m~package a; // n|package a; // n
          / x|/ x
          /* open|''
          // open|''
          '   '|''
          /|/
          """)
  void cutsLeadingComments(String text, String code) {
    byte[] bytes = text.replace('~', '\n').getBytes(UTF_8);
    int end = JavaSources.endOfLeadingComments(bytes);
    assertThat(new String(bytes, end, bytes.length - end, UTF_8)).isEqualTo(code);
  }
}
