package refrain.cli.term;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttentionStripTest {
  private static final List<String> NAMES = List.of("ba", "de", "fi", "ba");
  private static final double[] ATTENTION = {.01, .934, .0, .056};

  private static Ink ink(Map<String, String> environment, boolean terminal) {
    return new Ink(TerminalTraits.from(environment, terminal, StandardCharsets.UTF_8));
  }

  @Test
  void sharesStandBelowTheirTokensAndTheReaderInBrackets() {
    assertThat(AttentionStrip.lines(NAMES, ATTENTION, 80, ink(Map.of(), false), true))
        .containsExactly(" ba  de   fi [ba]", "     .93      .06");
    assertThat(
            AttentionStrip.lines(NAMES, new double[] {0, 1, 0, 0}, 9, ink(Map.of(), false), true))
        .containsExactly(" ba  de", "     1", " fi [ba]", "");
  }

  @Test
  void aTerminalShadesThemByTheirShare() {
    List<String> lines = AttentionStrip.lines(NAMES, ATTENTION, 80, ink(Map.of(), true), true);
    assertThat(lines.getFirst())
        .isEqualTo(" ba \u001b[30;48;5;202m de \u001b[0m  fi \u001b[1;7m[ba]\u001b[0m");
    assertThat(lines.getLast()).isEqualTo("     .93      .06");
  }

  @Test
  void noColourIsUsedWhereNoneIsWantedAndAlwaysWhereItIs() {
    assertThat(ink(Map.of("NO_COLOR", "1"), true).strong("x")).isEqualTo("x");
    assertThat(ink(Map.of(), false).strong("x")).isEqualTo("x");
    assertThat(ink(Map.of("CLICOLOR_FORCE", "0"), false).strong("x")).isEqualTo("x");
    assertThat(ink(Map.of("CLICOLOR_FORCE", "1"), false).strong("x"))
        .isEqualTo("\u001b[1mx\u001b[0m");
    assertThat(ink(Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1"), false).strong("x"))
        .isEqualTo("x");
  }

  @Test
  void proseIsBrokenAtBlanks() {
    assertThat(Paragraph.lines("one two three  four five six", 20, "  "))
        .containsExactly("one two three four", "  five six");
    assertThat(Paragraph.lines("a", 20, "")).containsExactly("a");
  }
}
