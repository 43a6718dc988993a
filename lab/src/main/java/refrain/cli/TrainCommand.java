package refrain.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.cli.term.TerminalDisplay;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.store.Written;
import refrain.train.EngineKind;
import refrain.train.LaterProbing;
import refrain.train.Overrides;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.RunText;
import refrain.train.Runs;
import refrain.train.TrainControl;
import refrain.train.TrainResult;
import refrain.train.Trainer;

/** {@code refrain train}: one run. */
@Command(
    name = "train",
    description = {
      "Train one model and keep everything about it in a folder.",
      "The configuration is a preset, then a file, then single settings, the later over the"
          + " earlier."
    })
final class TrainCommand extends Subcommand {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "Where the configuration starts, r0-2l by default: ${COMPLETION-CANDIDATES}.",
      completionCandidates = PresetNames.class)
  private @Nullable String preset;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML or JSON over the preset; -: standard input.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = "A setting over both, such as model.nLayers=3; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--seed", description = "Short for seeds.init and seeds.data.")
  private @Nullable Integer seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The run's folder; by default the one in runs/ that has it, or a new one named by its"
              + " identifier.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in this folder, under its own configuration.")
  private @Nullable Path resume;

  @Mixin private final EarlierRun earlier = new EarlierRun();

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description =
          "fused: float32 on vectors, the default. reference: float64 in plain loops, the"
              + " specification, for small sizes.")
  private @Nullable EngineKind engine;

  @Option(names = "--threads", description = "Threads; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = OTHER_ARITHMETIC, description = OTHER_ARITHMETIC_MEANS)
  private boolean otherArithmetic;

  @Option(names = "--print-config", description = "Print the whole configuration and stop.")
  private boolean printConfig;

  /** For --help and completion. */
  static final class PresetNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    PresetNames() {
      super(Presets.names());
    }
  }

  @Override
  public void run() {
    PrintWriter terminal = out();
    RunSpec asked = resume == null ? configured() : resumed(resume);
    if (printConfig) {
      terminal.print(Json.yaml(asked));
      terminal.flush();
      return;
    }
    positive("--threads", threads);
    Failures.tellOfSlowKernels(line().getErr());
    RunSpec spec = resume == null && out == null ? asked.pinned() : asked;
    Path folder = resume != null ? resume : out != null ? out : place(spec);
    try (StopSignal signal = StopSignal.install()) {
      TrainResult result;
      try (TerminalDisplay display = TerminalDisplay.open()) {
        result = train(spec, folder, display, signal);
        if (result.end() != TrainResult.End.INTERRUPTED) {
          LaterProbing.make(RunFolder.at(folder), spec.probing(), threads)
              .ifPresent(lacking -> display.event("warning: " + lacking));
        }
      }
      switch (result.end()) {
        case DONE, SETTLED -> {
          print(
              "%s: %d steps in %.1f s, in %s",
              spec.name(), result.step(), result.seconds(), folder);
          RunEnding.of(folder, threads).forEach(line -> print("%s", line));
        }
        case INTERRUPTED ->
            print(
                "%s: saved after step %d; go on with: %s",
                spec.name(), result.step(), RunFolder.resume(folder));
      }
      terminal.flush();
    }
  }

  private Path place(RunSpec spec) {
    Runs runs = new Runs(Path.of("runs"));
    runs.unreadable().forEach(said -> line().getErr().println(Printable.line(said)));
    Path place = runs.place(spec);
    if (!RunFolder.isRun(place)) {
      runs.onAnotherText(spec)
          .ifPresent(other ->
              print(
                  "the text has changed since %s%s: this is a new run, %s",
                  other.path(), RunText.changes(other, spec), place));
    }
    return place;
  }

  private TrainResult train(RunSpec spec, Path folder, TerminalDisplay display, StopSignal signal) {
    RunFollower follower = new RunFollower(spec.name(), spec, display);
    TrainControl control = new TrainControl(signal::requested, () -> threads, otherArithmetic);
    return earlier.train(spec, folder, control, follower);
  }

  private RunSpec configured() {
    RunSpec base = earlier.base();
    if (base != null && preset != null) {
      throw RefrainException.badInput(
          "--from starts from that run's configuration; leave out --preset, and set what differs");
    }
    Overrides overrides =
        Overrides.of(base != null ? base : Presets.get(preset == null ? "r0-2l" : preset));
    if (config != null) {
      if (config.toString().equals("-")) {
        overrides.part(Written.stream(System.in, "standard input"));
      } else {
        overrides.file(config);
      }
    }
    settings.forEach(overrides::set);
    if (engine != null) {
      overrides.set("engine=" + engine);
    }
    if (seed != null) {
      overrides.set("seeds={init: " + seed + ", data: " + seed + "}");
    }
    return earlier.descended(overrides.resolve("configuration"));
  }

  private RunSpec resumed(Path folder) {
    if (config != null || !settings.isEmpty() || seed != null || engine != null || out != null) {
      throw RefrainException.badInput(
          "--resume goes on with the configuration that the folder has; leave out --config, --set,"
              + " --seed, --engine and --out");
    }
    return earlier.resumed(folder, Trainer.spec(RunFolder.at(folder)));
  }
}
