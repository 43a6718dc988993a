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

/** {@code .mvn/paths.sh}, by which ./refrain starts java, with a {@code locale} made to say so. */
class PathLocaleTest {
  @TempDir private Path bin;

  @BeforeEach
  void onUnixOnly() {
    ShellScript.onUnixOnly();
  }

  /** A system on which each of these locales has a character set, and all others have ASCII. */
  private void locales(String cases) throws IOException {
    Path file =
        Files.writeString(
            bin.resolve("locale"),
            """
            #!/bin/sh
            case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
            %s
            *) echo ANSI_X3.4-1968 ;;
            esac
            """
                .formatted(cases));
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private String chosen(Map<String, String> environment) throws Exception {
    Map<String, String> all = new HashMap<>(Map.of("PATH", bin.toString()));
    all.putAll(environment);
    ShellScript.Answer answer =
        ShellScript.run(
            ".mvn/paths.sh", "refrain_utf8_paths; echo \"${LC_ALL-} $refrain_output\"", all);
    assertThat(answer.code()).isZero();
    return answer.text().strip();
  }

  @Test
  void aLocaleOfAsciiIsReplacedAndTheTerminalKeepsIt() throws Exception {
    locales("C.UTF-8) echo UTF-8 ;;");
    String chosen = "C.UTF-8 -Dstdout.encoding=US-ASCII -Dstderr.encoding=US-ASCII";
    assertThat(chosen(Map.of())).isEqualTo(chosen);
    assertThat(chosen(Map.of("LC_ALL", "C"))).isEqualTo(chosen);
    assertThat(chosen(Map.of("LANG", "fa_IR.UTF-8"))).as("not installed").isEqualTo(chosen);
  }

  @Test
  void otherLocalesStay() throws Exception {
    locales("C.UTF-8|fa_IR) echo UTF-8 ;;\nde_DE) echo ISO-8859-1 ;;");
    assertThat(chosen(Map.of("LC_ALL", "fa_IR"))).isEqualTo("fa_IR");
    assertThat(chosen(Map.of("LC_ALL", "de_DE"))).isEqualTo("de_DE");
    assertThat(chosen(Map.of("LANG", "fa_IR"))).isEmpty();
  }

  @Test
  void whereThereIsNoBetterLocaleNothingIsChanged() throws Exception {
    assertThat(chosen(Map.of("LC_ALL", "C"))).as("no locale command").isEqualTo("C");
    locales("en_US.UTF-8x) ;;");
    assertThat(chosen(Map.of("LC_ALL", "C"))).isEqualTo("C");
  }
}
