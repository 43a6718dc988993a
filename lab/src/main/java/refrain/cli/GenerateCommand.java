package refrain.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.EditedReader;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.InterventionWords;
import refrain.base.Printable;
import refrain.cli.term.Ink;
import refrain.cli.term.TerminalTraits;
import refrain.data.TokenNames;
import refrain.intervene.Intervention;
import refrain.model.Decoder;
import refrain.model.FusedTransformer;
import refrain.model.Generation;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Sampling;
import refrain.model.TokenReader;
import refrain.model.Transformer;
import refrain.pretrained.ModelOnDisk;

/** {@code refrain generate}: what a trained model goes on with. */
@Command(
    name = "generate",
    description = {
      "Continue a prompt with what a trained model predicts, token by token. Text is typed and"
          + " printed as text; tokens of a synthetic language have names (ba de fi ...), and '|'"
          + " stands where the prompt ends.",
      "The same seed draws the same tokens. A window longer than the context slides by halves."
    })
final class GenerateCommand extends Subcommand {
  private static final String MARK = "|";

  @Parameters(
      paramLabel = "RUN[@STEP]|MODEL",
      description =
          "A run folder, perhaps with the step of one of its checkpoints; or a pretrained model on"
              + " disk: a folder of Hugging Face's, a GGUF file.")
  private String run = "";

  @Option(
      names = "--prompt",
      paramLabel = "WORDS",
      description =
          "What is continued. Without one: the beginning of a document, or a first token drawn from"
              + " the language.")
  private @Nullable String prompt;

  @Option(names = "--steps", description = "Tokens to generate (${DEFAULT-VALUE}).")
  private int steps = 64;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "Logits are divided by it; 0: always the likeliest (${DEFAULT-VALUE}).")
  private double temperature = 1;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K likeliest tokens only; 0: from all (${DEFAULT-VALUE}).")
  private int topK;

  @Option(names = "--seed", description = "Of the draws (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--off",
      paramLabel = "HEAD",
      split = ",",
      description = "Switch heads off: their output is zero, such as L1H3,L1H0.")
  private List<String> off = new ArrayList<>();

  @Option(
      names = "--intervene",
      paramLabel = "FILE|WORDS",
      description =
          "A file with a list of interventions, or words such as \"zero L1H3\"; those that take"
              + " values from other sequences have none here.")
  private List<String> interventions = new ArrayList<>();

  @Override
  public void run() {
    positive("--steps", steps);
    if (temperature == 0) {
      refuseBeside("--temperature 0", "which always takes the likeliest token", "--top-k");
    }
    if (topK == 1) {
      refuseBeside("--top-k 1", "which always takes the likeliest token", "--temperature");
    }
    if ((temperature == 0 || topK == 1) && prompt != null) {
      refuseBeside("always the likeliest token", "where nothing is drawn", "--seed");
    }
    Sampling sampling = new Sampling(temperature, topK, seed);
    if (Pretrained.isMeant(run)) {
      pretrained(sampling);
      return;
    }
    RunAtStep at = RunAtStep.parse(run);
    try (Subject subject = new Subject(at.run(), null, 1)) {
      ModelState model = subject.state(at.state());
      List<Intervention> more = more(model.spec());
      boolean edited = !more.isEmpty() || !model.own().isEmpty();
      TokenReader reader = edited ? new EditedReader(model, more) : new Decoder(model.parameters());
      TokenNames names = subject.tokenNames();
      int[] tokens = prompt(names, subject);
      write(names, tokens, reader, model.spec().nCtx(), sampling);
    }
  }

  /** A model that others trained. It is given as much context as the text needs. */
  private void pretrained(Sampling sampling) {
    try (ModelOnDisk whole = ModelOnDisk.open(Path.of(run))) {
      int[] tokens = Pretrained.prompt(whole, prompt == null ? "" : prompt);
      int wanted = (int) Math.min(whole.spec().nCtx(), (long) tokens.length + steps);
      ModelOnDisk model = whole.within(wanted);
      List<Intervention> more = more(model.spec());
      TokenNames names = Pretrained.names(whole);
      if (more.isEmpty()) {
        write(names, tokens, model.tokenReader(), wanted, sampling);
        return;
      }
      try (Transformer engine = FusedTransformer.ofConstant(model.spec(), 1)) {
        ModelState state = ModelState.of(engine, model.parameters());
        write(names, tokens, new EditedReader(state, more), wanted, sampling);
      }
    }
  }

  /** What is switched off and what else is done. */
  private List<Intervention> more(ModelSpec spec) {
    List<HeadId> heads = off.stream().map(HeadId::parse).distinct().toList();
    heads.forEach(head -> head.check(spec));
    List<Intervention> more = new ArrayList<>(Ablation.FULL_ZERO.of(heads, spec));
    interventions.forEach(text -> more.addAll(InterventionWords.of(text)));
    return more;
  }

  /** At least one token; a mark that an earlier output had in it is left out. */
  private int[] prompt(TokenNames names, Subject subject) {
    boolean text = names.endOfText().isPresent();
    String typed = prompt == null ? "" : text ? prompt : prompt.replace(MARK, " ");
    int[] tokens = names.parse(typed);
    if (tokens.length > 0) {
      return tokens;
    }
    return text
        ? new int[] {names.endOfText().getAsInt()}
        : Arrays.copyOf(
            subject.data().evaluation(seed, 1, subject.spec().context()).tokens()[0], 1);
  }

  private void write(
      TokenNames names, int[] tokens, TokenReader reader, int context, Sampling sampling) {
    int endOfText = names.endOfText().orElse(-1);
    TerminalTraits traits = TerminalTraits.detect();
    Ink ink = new Ink(traits);
    PrintWriter out = out();
    boolean words = endOfText < 0;
    Wrapped page = new Wrapped(out, words && traits.redraws() ? traits.width() - 1 : 0);
    TokenNames.Stream stream = names.stream();
    for (int token : tokens) {
      page.print(token == endOfText ? "" : stream.next(token), ink::faint);
    }
    page.print(words ? " " + MARK : "", ink::faint);
    out.flush();
    try (StopSignal signal = StopSignal.install()) {
      Generation.generate(
          reader,
          context,
          tokens,
          steps,
          sampling,
          Generation.WhenFull.SLIDE,
          token -> {
            if (token == endOfText) {
              return false; // the model ended its document
            }
            page.print(stream.next(token), text -> text);
            return !out.checkError() && !signal.requested(); // flushed; the reader may be gone
          });
      page.print(stream.end(), text -> text);
      out.println();
      out.flush();
    }
  }

  /** Text as a terminal can take it: no control characters, words not broken at its edge. */
  private static final class Wrapped {
    private final PrintWriter out;
    private final int width;
    private int column;

    /**
     * @param width columns; 0: never broken
     */
    Wrapped(PrintWriter out, int width) {
      this.out = out;
      this.width = width;
    }

    void print(String text, UnaryOperator<String> ink) {
      String clean = clean(text);
      if (width > 0 && column > 0 && column + clean.length() > width) {
        out.println();
        clean = clean.strip();
        column = 0;
      }
      column += clean.length();
      out.print(ink.apply(clean));
    }

    private static String clean(String text) {
      StringBuilder clean = new StringBuilder();
      text.codePoints()
          .forEach(c -> clean.append(c == '\t' ? "\t" : Printable.of(Character.toString(c))));
      return clean.toString();
    }
  }
}
