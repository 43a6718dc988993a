package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import refrain.analysis.Curves;
import refrain.analysis.Subject;
import refrain.analysis.instrument.LookingBack;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.cli.term.Ink;
import refrain.cli.term.Paragraph;
import refrain.cli.term.TerminalDisplay;
import refrain.cli.term.TerminalTraits;
import refrain.data.TokenNames;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;
import refrain.train.Overrides;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.Runs;
import refrain.train.TrainControl;
import refrain.train.TrainResult;
import refrain.train.Trainer;

/** {@code refrain tour}: the whole idea in five minutes. */
@Command(
    name = "tour",
    description = {
      "Five minutes: train one two-layer model, look at one head that looks back, switch it off and"
          + " see what is lost.",
      "The run is kept in runs/ and used again."
    })
final class TourCommand extends Subcommand {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "What is trained (${DEFAULT-VALUE}).")
  private String preset = "r0-2l";

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = "A setting over the preset, such as steps=600; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--seed", description = "Short for seeds.init and seeds.data.")
  private int seed;

  @Option(names = "--threads", description = "Threads; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  private @Nullable TerminalTraits traits;

  @Override
  public void run() {
    positive("--threads", threads);
    Failures.tellOfSlowKernels(line().getErr());
    for (String setting : settings) {
      if (setting.startsWith("seeds=") || setting.matches("seeds\\.(init|data)=.*")) {
        throw RefrainException.badInput(
            "--set %s: would be ignored, for the tour sets it by --seed; use that", setting);
      }
    }
    Overrides overrides = Overrides.of(Presets.get(preset));
    settings.forEach(overrides::set);
    overrides.seed(seed);
    RunSpec spec = overrides.resolve("configuration");
    Runs runs = new Runs(Path.of("runs"));
    runs.unreadable().forEach(said -> line().getErr().println(Printable.line(said)));
    Path folder = runs.place(spec);
    heading("1. A model learns to look back");
    boolean there = RunFolder.isRun(folder) && RunFolder.at(folder).hasResult();
    say(
        "%s: %d layers of %d attention heads on sequences of made-up words, many of which start"
            + " again at some point. Whoever looks back at what came next the last time knows how"
            + " they go on.",
        spec.name(), spec.model().nLayers(), spec.model().nHeads());
    if (there) {
      say("It was trained already: %s", folder);
    } else if (!train(spec, folder)) {
      print("saved; the same command goes on");
      return;
    }
    look(folder);
  }

  /** Looked at once, when the command runs: every start of the program makes one of this class. */
  private TerminalTraits traits() {
    if (traits == null) {
      traits = TerminalTraits.detect();
    }
    return traits;
  }

  /** False: it was interrupted. */
  private boolean train(RunSpec spec, Path folder) {
    try (StopSignal signal = StopSignal.install();
        TerminalDisplay display = TerminalDisplay.open()) {
      TrainResult result =
          Trainer.run(
              spec,
              folder,
              new TrainControl(signal::requested, () -> threads, false),
              new RunFollower(spec.name(), spec, display));
      return result.end() != TrainResult.End.INTERRUPTED;
    }
  }

  private void look(Path folder) {
    RunFolder run = RunFolder.at(folder);
    Checkpoint last = new RunAtStep(run, OptionalLong.empty()).checkpoint();
    OptionalLong formed = Curves.of(run.metrics()).formed();
    say(
        formed.isPresent()
            ? "Induction heads had formed at step "
                + formed.getAsLong()
                + " of "
                + last.step()
                + "."
            : "No induction head formed in " + last.step() + " steps.");
    try (Subject subject = new Subject(run, null, threads)) {
      LookingBack looking = HeadOnSentence.looking(subject, last.step());
      TokenNames names = subject.tokenNames();
      HeadOnSentence show = new HeadOnSentence(looking, names, looking.best(), out(), traits());
      heading("2. One head, on one sentence");
      show.heads();
      out().println();
      show.sentence(null);
      heading("3. What is lost without it");
      show.losses();
      heading("4. Go on");
      next(run, formed, looking, names);
    }
  }

  private void next(RunFolder run, OptionalLong formed, LookingBack looking, TokenNames names) {
    String place = run.path().toString();
    long before =
        run.checkpoints().list().stream()
            .mapToLong(Checkpoint::step)
            .filter(step -> step < formed.orElse(0))
            .max()
            .orElse(0);
    if (before > 0) {
      command(
          "the same model before its heads had formed", "look " + Shell.word(place + "@" + before));
    }
    command(
        "the sentence, continued without that head",
        "generate %s --temperature 0 --steps 8 --off %s --prompt %s"
            .formatted(
                Shell.word(place), looking.best(), Shell.word(names.join(looking.sentence()))));
    command("what the words mean", "explain induction head");
    if (before == 0) {
      command("the whole picture, over training and seeds", "reproduce");
    }
  }

  private void command(String what, String words) {
    print("  ./refrain %s", words);
    out().println("      " + new Ink(traits()).faint(what));
  }

  private void heading(String text) {
    out().println();
    out().println(new Ink(traits()).strong(text));
  }

  private void say(String format, @Nullable Object... values) {
    Paragraph.print(out(), traits(), format, values);
  }
}
