package refrain.cli.term;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTraitsTest {
  private static TerminalTraits of(Map<String, String> env, boolean terminal) {
    return TerminalTraits.from(env, terminal, StandardCharsets.UTF_8);
  }

  @Test
  void redrawsOnlyInATerminalThatCan() {
    assertThat(of(Map.of("TERM", "xterm"), true))
        .isEqualTo(new TerminalTraits(true, true, true, 80, 24));
    assertThat(of(Map.of("TERM", "xterm"), false).redraws()).isFalse();
    assertThat(of(Map.of("TERM", "dumb"), true).redraws()).isFalse();
    assertThat(of(Map.of("CI", "true"), true).redraws()).isFalse();
    assertThat(of(Map.of("CI", "false"), true).redraws()).isTrue();
  }

  @Test
  void noColorKeepsRedrawingWithoutStyles() {
    TerminalTraits traits = of(Map.of("NO_COLOR", "1"), true);
    assertThat(traits.redraws()).isTrue();
    assertThat(traits.styles()).isFalse();
    assertThat(of(Map.of("NO_COLOR", ""), true).styles()).isTrue();
  }

  @Test
  void fallsBackToAsciiWithoutUtf8() {
    assertThat(TerminalTraits.from(Map.of(), true, StandardCharsets.US_ASCII).glyphs())
        .isEqualTo(Glyphs.ASCII);
  }

  @Test
  void readsItsSize() {
    TerminalTraits traits = of(Map.of("COLUMNS", "132", "LINES", "x"), true);
    assertThat(traits.width()).isEqualTo(132);
    assertThat(traits.height()).isEqualTo(24);
    assertThat(traits.sizedBy("50 101\n").width()).isEqualTo(101);
    assertThat(traits.sizedBy("50 101\n").height()).isEqualTo(50);
    assertThat(traits.sizedBy("0 0\n")).isEqualTo(traits);
    assertThat(traits.sizedBy("stty: no such device")).isEqualTo(traits);
  }
}
