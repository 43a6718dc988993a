package refrain.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
import refrain.train.LeakCheck;
import refrain.train.Overrides;
import refrain.train.PhaseAction;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.RunText;
import refrain.train.Runs;
import refrain.train.TrainControl;
import refrain.train.TrainResult;
import refrain.train.Trainer;
import refrain.train.sweep.Sweep;

/** {@code refrain train}: one run, or several side by side. */
@Command(
    name = "train",
    description = {
      "Train one model, or several side by side (--seeds, --grid), and keep everything about each in"
          + " a folder.",
      "The configuration is a preset, then a file, then single settings, the later over the"
          + " earlier."
    })
final class TrainCommand extends Subcommand {
  private static final Path RUNS = Path.of("runs");
  private static final String PAUSE = "--pause-at-phase-change";
  private static final String NO_LEAK_CHECK = "--no-leak-check";
  private static final String STOP = "--stop-at-phase-change";

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
              + " identifier. With --seeds or --grid: the folder of all the runs.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in this folder, under its own configuration.")
  private @Nullable Path resume;

  @Mixin private final OwnText text = new OwnText();

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

  @Option(
      names = "--watch",
      description =
          "Tell when induction heads form, by the head measures; every step is probed from a"
              + " suspicion on. The run keeps its bits.")
  private boolean watch;

  @Option(names = PAUSE, description = "The same, and save and end there; --resume goes on.")
  private boolean pauseAtChange;

  @Option(names = STOP, description = "The same, and end the run there.")
  private boolean stopAtChange;

  @Mixin private SweepOptions sweep = new SweepOptions();

  @Option(
      names = NO_LEAK_CHECK,
      description =
          "Do not find out, after training under interventions whose place depends on the tokens,"
              + " what the places alone tell; the run carries the word oracle.")
  private boolean noLeakCheck;

  private @Nullable Written input;

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
    requireNoneIgnored();
    if (sweep.many()) {
      positive("--threads", threads);
      Runs runs = new Runs(out == null ? RUNS : out);
      List<Sweep.Cell> cells = cells();
      text.say(this, cells.getFirst().spec(), null, threads);
      Sweeps sweeps = new Sweeps(this, cells, runs, threads);
      if (sweep.dryRun) {
        sweeps.forecast();
      } else {
        sweeps.train(otherArithmetic, sweep.csv);
      }
      return;
    }
    RunSpec asked = resume == null ? configured(List.of(), seed) : resumed(resume);
    if (printConfig) {
      terminal.print(Json.yaml(asked));
      terminal.flush();
      return;
    }
    positive("--threads", threads);
    RunSpec spec = resume == null && out == null ? asked.pinned() : asked;
    Path folder = resume != null ? resume : out != null ? out : place(spec);
    text.say(this, spec, folder, threads);
    if (sweep.dryRun) {
      Sweeps.forecast(this, spec, folder, threads);
      return;
    }
    Failures.tellOfSlowKernels(line().getErr());
    try (StopSignal signal = StopSignal.install()) {
      TrainResult result;
      boolean there;
      try (TerminalDisplay display = TerminalDisplay.open()) {
        RunFollower follower = new RunFollower(spec.name(), spec, display);
        TrainControl control =
            new TrainControl(signal::requested, () -> threads, otherArithmetic, phaseAction());
        result = earlier.train(spec, folder, control, follower);
        there = !follower.trained();
        if (result.end() != TrainResult.End.INTERRUPTED) {
          LaterProbing.make(RunFolder.at(folder), spec.probing(), threads)
              .ifPresent(lacking -> display.event("warning: " + lacking));
        }
      }
      switch (result.end()) {
        case DONE, SETTLED -> {
          print(
              "%s: %s%d steps in %.1f s, in %s%s",
              spec.name(),
              there ? "already there: " : "",
              result.step(),
              result.seconds(),
              folder,
              there ? "; nothing was trained" : "");
          RunEnding.of(folder, threads).forEach(line -> print("%s", line));
          if (!noLeakCheck && LeakCheck.concerns(spec)) {
            print("leak check: %s", LeakCheck.kept(RunFolder.at(folder), spec, threads).words());
          }
        }
        case INTERRUPTED ->
            print(
                "%s: saved after step %d; go on with: %s",
                spec.name(), result.step(), RunFolder.resume(folder));
      }
      terminal.flush();
    }
  }

  private PhaseAction phaseAction() {
    if (stopAtChange) {
      return PhaseAction.STOP;
    }
    return pauseAtChange ? PhaseAction.PAUSE : watch ? PhaseAction.TELL : PhaseAction.NONE;
  }

  private Path place(RunSpec spec) {
    Runs runs = new Runs(RUNS);
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

  private List<Sweep.Cell> cells() {
    Set<String> set = settings.stream().map(TrainCommand::path).collect(Collectors.toSet());
    for (String grid : sweep.grids) {
      String path = path(grid);
      if (set.contains(path)) {
        throw RefrainException.badInput(
            "--set %s: would be ignored beside --grid %s, which sets the same; leave it out",
            path, grid);
      }
      if (path.equals("seeds") || path.startsWith("seeds.")) {
        throw RefrainException.badInput("--grid %s: seeds are varied with --seeds 0..4", grid);
      }
    }
    return Sweep.cells(
        sweep.grids, sweep.seeds, (more, each) -> configured(more, each == null ? seed : each));
  }

  private static String path(String setting) {
    return setting.replaceFirst("=.*", "").strip();
  }

  /** Refuses what would do nothing in this combination. */
  private void requireNoneIgnored() {
    if (resume != null) {
      refuseBeside(
          "--resume",
          "which goes on with the configuration that the folder has",
          "--text",
          "--preset",
          "--config",
          "--set",
          "--seed",
          "--seeds",
          "--grid",
          "--csv",
          "--engine",
          "--out");
    }
    if (printConfig) {
      refuseBeside(
          "--print-config",
          "which prints one configuration and trains nothing",
          "--out",
          "--threads",
          OTHER_ARITHMETIC,
          "--seeds",
          "--grid",
          "--csv",
          "--dry-run",
          "--watch",
          PAUSE,
          STOP);
    }
    if (stopAtChange) {
      refuseBeside(STOP, "which ends the run", PAUSE);
    }
    if (sweep.many() || sweep.dryRun) {
      refuseBeside(
          sweep.many() ? "--seeds and --grid" : "--dry-run",
          sweep.many() ? "which train several runs" : "which trains nothing",
          "--watch",
          PAUSE,
          STOP);
    }
    if (!sweep.many() && sweep.csv != null) {
      throw RefrainException.badInput(
          "--csv: writes the table of several runs; it needs --seeds or --grid");
    }
    if (sweep.seeds != null) {
      refuseBeside("--seeds", "which says all the seeds", "--seed");
    }
    for (String setting : settings) {
      String path = path(setting);
      String seeds = sweep.seeds != null ? "--seeds" : seed != null ? "--seed" : null;
      boolean seedSet = seeds != null && Set.of("seeds", "seeds.init", "seeds.data").contains(path);
      if (seedSet || engine != null && path.equals("engine")) {
        throw RefrainException.badInput(
            "--set %s: would be ignored beside %s, which sets the same; leave one of them out",
            setting, seedSet ? seeds : "--engine");
      }
    }
  }

  /**
   * @param more settings over all others
   * @param replicate of start and batches; null: as it is configured
   */
  private RunSpec configured(List<String> more, @Nullable Integer replicate) {
    RunSpec base = earlier.base();
    if (base != null && preset != null) {
      throw RefrainException.badInput(
          "--from starts from that run's configuration; leave out --preset, and set what differs");
    }
    if (base != null && text.given()) {
      throw RefrainException.badInput(
          "--from starts from that run's configuration, and its text; leave out --text");
    }
    RunSpec own = base == null ? text.base(preset, settings) : base;
    Overrides overrides =
        Overrides.of(own != null ? own : Presets.get(preset == null ? "r0-2l" : preset));
    if (config != null) {
      if (config.toString().equals("-")) {
        overrides.part(standardInput());
      } else {
        overrides.file(config);
      }
    }
    settings.forEach(overrides::set);
    more.forEach(overrides::set);
    if (engine != null) {
      overrides.set("engine=" + engine);
    }
    if (replicate != null) {
      overrides.seed(replicate);
    }
    return earlier.descended(overrides.resolve("configuration"));
  }

  /** Read once, however many runs are configured with it. */
  private Written standardInput() {
    if (input == null) {
      input = Written.stream(System.in, "standard input");
    }
    return input;
  }

  private RunSpec resumed(Path folder) {
    return earlier.resumed(folder, Trainer.spec(RunFolder.at(folder)));
  }
}
