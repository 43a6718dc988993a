package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.cli.ShellScript.Answer;

/** {@code .mvn/jdk.sh}, which ./mvnw and ./refrain ask for a JDK, on folders made to look so. */
class JdkSearchTest {
  @TempDir private Path root;

  @BeforeEach
  void onUnixOnly() {
    ShellScript.onUnixOnly();
  }

  private Path jdk(String folder, String version) throws IOException {
    Path jdk = root.resolve(folder);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"),
        "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"Linux\"\n");
    for (String tool : new String[] {"java", "javac"}) {
      Path file = Files.writeString(jdk.resolve("bin").resolve(tool), "#!/bin/sh\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return jdk;
  }

  /** What the search printed (the JDK found, or why none) and its exit code. */
  private Answer search(Map<String, String> environment) throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("PATH", "/bin"); // readlink; a java there fits no better than ours
    all.put("REFRAIN_JDK_PATHS", root.resolve("jvm").toString());
    all.putAll(environment);
    return ShellScript.run(".mvn/jdk.sh", "refrain_find_jdk || exit 2; echo \"$REFRAIN_JDK\"", all);
  }

  @Test
  void findsA25BesideAnOlderDefault() throws Exception {
    Path old = jdk("jvm/java-17", "17.0.15");
    Path wanted = jdk("jvm/temurin 25", "25.0.3");
    assertThat(search(Map.of("PATH", old.resolve("bin") + ":/bin")))
        .isEqualTo(new Answer(0, wanted + "\n"));
  }

  @Test
  void javaHomeComesFirstWhereItFits() throws Exception {
    jdk("jvm/temurin-25", "25.0.3");
    Path home = jdk("home", "25.0.4");
    assertThat(search(Map.of("JAVA_HOME", home + "/"))).isEqualTo(new Answer(0, home + "\n"));
  }

  @Test
  void javaHomeWithAnOlderJdkDoesNotHideA25() throws Exception {
    Path old = jdk("home", "17.0.15");
    Path wanted = jdk("jvm/temurin-25", "25.0.3");
    assertThat(search(Map.of("JAVA_HOME", old.toString()))).isEqualTo(new Answer(0, wanted + "\n"));
  }

  @Test
  void followsJavaOnThePathToItsJdk() throws Exception {
    Path wanted = jdk("somewhere", "25.0.3").toRealPath();
    Path bin = Files.createDirectories(root.resolve("links"));
    Files.createSymbolicLink(bin.resolve("java"), wanted.resolve("bin/java"));
    assertThat(search(Map.of("PATH", bin + ":/bin"))).isEqualTo(new Answer(0, wanted + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"25.0.3", "25.0.9", "25.0.10", "25.0.3.1", "25.1"})
  void takes25FromItsThirdUpdateOn(String version) throws Exception {
    Path jdk = jdk("jvm/jdk", version);
    assertThat(search(Map.of())).isEqualTo(new Answer(0, jdk + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17.0.15", "25", "25.0.2", "25.0.1", "26", "26.0.3", "1.8.0_25", "25-ea"})
  void saysWhatIsMissingAndWhatItFound(String version) throws Exception {
    Path jdk = jdk("jvm/jdk", version);
    Answer answer = search(Map.of());
    assertThat(answer.code()).isEqualTo(2);
    assertThat(answer.text())
        .startsWith("refrain: needs a JDK 25 (25.0.3 or later in the 25 line) and found none")
        .contains("found " + version + " in " + jdk)
        .contains("set REFRAIN_JAVA to its folder");
  }

  @Test
  void aRuntimeWithoutACompilerIsNoJdk() throws Exception {
    Files.delete(jdk("jvm/jre", "25.0.3").resolve("bin/javac"));
    assertThat(search(Map.of()).code()).isEqualTo(2);
  }

  @Test
  void refrainJavaIsUsedOrRefusedNeverPassedOver() throws Exception {
    Path wanted = jdk("jvm/temurin-25", "25.0.3");
    Path old = jdk("old", "17.0.15");
    assertThat(search(Map.of("REFRAIN_JAVA", wanted + "/bin/java")))
        .isEqualTo(new Answer(0, wanted + "\n"));
    assertThat(search(Map.of("REFRAIN_JAVA", old.toString())))
        .isEqualTo(
            new Answer(
                2,
                "refrain: REFRAIN_JAVA is '"
                    + old
                    + "', which is not a JDK 25 (25.0.3 or later in the 25 line)\n  found 17.0.15"
                    + " in "
                    + old
                    + "\n"));
  }
}
