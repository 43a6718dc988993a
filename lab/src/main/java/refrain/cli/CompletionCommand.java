package refrain.cli;

import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code refrain completion}: the shell completes commands and options. */
@Command(
    name = "completion",
    description = {
      "Print a script by which the shell completes commands and options. In bash:"
          + " source <(./refrain completion bash); in zsh: source <(./refrain completion zsh)."
    })
final class CompletionCommand extends Subcommand {
  /** The shells; one script, which finds out by itself which of them reads it. */
  enum Shell {
    BASH,
    ZSH
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.BASH;

  @Override
  public void run() {
    print(
        "# To be read by the shell: source <(./refrain completion %s)",
        shell.name().toLowerCase(Locale.ROOT));
    out().print(AutoComplete.bash("refrain", line().getParent()));
    out().flush();
  }
}
