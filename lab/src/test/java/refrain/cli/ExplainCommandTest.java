package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest extends TypedCommands {
  @TempDir Path temp;

  @Test
  void anEntryIsFoundByItsTermItsSymbolAndItsPlural() {
    assertThat(run("explain", "prefix-matching", "score")).isZero();
    String whole = out.toString();
    assertThat(whole)
        .startsWith("prefix-matching score\n  symbol: pm\n  shape: [layer, head]\n  formula: mean")
        .contains("  unit: probability\n", "class: PrefixMatching\n")
        .doesNotContain("`", "](");
    out.getBuffer().setLength(0);
    run("explain", "pm");
    assertThat(out.toString()).isEqualTo(whole);
    out.getBuffer().setLength(0);
    run("explain", "induction heads");
    assertThat(out.toString()).startsWith("induction head\n");
  }

  @Test
  void aWordThatIsNotThereIsAnErrorWithTheNearest() {
    assertThat(run("explain", "prefix-maching")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("refrain: no entry 'prefix-maching' in the glossary; the nearest: ")
        .contains("'refrain explain' lists all");
  }

  @Test
  void withoutAWordAllTermsAreListed() {
    run("explain");
    assertThat(out.toString().lines())
        .contains("induction head", "verdict", "formation step")
        .hasSizeGreaterThan(100);
  }

  @Test
  void theShellsCompletionKnowsTheCommandsAndIsShell() throws Exception {
    assertThat(run("completion", "zsh")).isZero();
    String zsh = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("completion", "bash")).isZero();
    assertThat(out.toString())
        .isEqualTo(zsh.replace("completion zsh", "completion bash"))
        .contains("complete -F _complete_refrain", "reproduce", "--preset", "r0-2l-smeared");
    Path script = Files.writeString(temp.resolve("completion"), out.toString());
    Process bash = new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start();
    assertThat(bash.waitFor()).isZero();
    assertThat(run("completion", "fish")).isEqualTo(2);
    assertThat(err.toString()).contains("fish");
  }
}
