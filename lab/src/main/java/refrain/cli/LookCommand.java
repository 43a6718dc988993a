package refrain.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.analysis.Measured;
import refrain.analysis.OnDisk;
import refrain.analysis.Subject;
import refrain.analysis.instrument.LookingBack;
import refrain.base.RefrainException;
import refrain.cli.term.TerminalTraits;
import refrain.model.HeadId;

/** {@code refrain look}: one head on one sentence. */
@Command(
    name = "look",
    description = {
      "Show where one head looks from the last token of a sentence, what the model predicts there,"
          + " and what is lost when the head is switched off."
    })
final class LookCommand extends Subcommand {
  @Parameters(
      paramLabel = "RUN[@STEP]|MODEL",
      description =
          "A run folder, perhaps with the step of one of its checkpoints; or a pretrained model on"
              + " disk: a folder of Hugging Face's, a GGUF file.")
  private String run = "";

  @Option(
      names = "--head",
      paramLabel = "HEAD",
      description = "Such as L1H3; by default the one of the highest prefix-matching score.")
  private @Nullable String head;

  @Option(
      names = "--prompt",
      paramLabel = "WORDS",
      description =
          "The sentence: text, or names of tokens (ba de fi ...). Without one: random tokens, said"
              + " twice.")
  private @Nullable String prompt;

  @Override
  public void run() {
    Failures.tellOfSlowKernels(line().getErr());
    if (Pretrained.isMeant(run)) {
      try (OnDisk model = Pretrained.inMemory(run, Runtime.getRuntime().availableProcessors())) {
        look(
            model,
            0,
            model.name() + ", a model on disk",
            prompt == null ? null : model.tokens(prompt));
      }
      return;
    }
    RunAtStep at = RunAtStep.parse(run);
    try (Subject subject = new Subject(at.run(), null, 1)) {
      long step = at.state();
      look(subject, step, subject.spec().name() + " at step " + step, tokens(subject));
    }
  }

  private void look(Measured subject, long step, String name, int @Nullable [] tokens) {
    print(
        "%s: layers %d, heads a layer %d",
        name, subject.model().nLayers(), subject.model().nHeads());
    HeadOnSentence show = show(subject, step);
    show.heads();
    out().println();
    show.sentence(tokens);
    out().println();
    show.losses();
  }

  private HeadOnSentence show(Measured subject, long step) {
    LookingBack looking = HeadOnSentence.looking(subject, step);
    HeadId id = head == null ? looking.best() : HeadId.parse(head);
    id.check(subject.model());
    return new HeadOnSentence(looking, subject.tokenNames(), id, out(), TerminalTraits.detect());
  }

  private int @Nullable [] tokens(Subject subject) {
    if (prompt == null) {
      return null;
    }
    int[] tokens = subject.tokenNames().parse(prompt);
    if (tokens.length == 0) {
      throw RefrainException.badInput("--prompt is empty, expected at least one token");
    }
    return Arrays.copyOfRange(
        tokens, Math.max(0, tokens.length - subject.model().nCtx()), tokens.length);
  }
}
