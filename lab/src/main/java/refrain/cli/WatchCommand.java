package refrain.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExitCodeGenerator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.ExitCode;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.watch.DetectorSettings;
import refrain.watch.act.Action;
import refrain.watch.act.Actor;
import refrain.watch.act.Ladder;
import refrain.watch.act.Target;
import refrain.watch.follow.EventBook;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.WatchEvent;
import refrain.watch.follow.WatchOptions;
import refrain.watch.log.LogPlaces;
import refrain.watch.log.LogSource;

/** {@code refrain watch}: anybody's training log, watched for changes while it is written. */
@Command(
    name = "watch",
    description = {
      "Watch a training log, of any program, for changes that leave the curve's own law.",
      "Tells of them, and does nothing else unless --action says so; only what is confirmed, and"
          + " harm, may pause a training, and nothing is ever killed.",
      "Reads TensorBoard events, JSON lines and documents, trainer_state.json, tables (Lightning,"
          + " W&B, monitors), printed keys and values, one JSON file a checkpoint, and runs of"
          + " refrain. Ctrl-C ends the watch, and no training with it."
    },
    subcommands = {
      WatchCalibrateCommand.class,
      WatchKeptCommand.class,
      WatchBenchCommand.class,
      WatchForecastCommand.class
    })
final class WatchCommand extends Subcommand implements IExitCodeGenerator {
  private static final long POLL_MILLIS = 500;
  private static final long STANDING_NANOS = 60_000_000_000L;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description = "A log, or a folder that holds one.")
  private List<Path> paths = new ArrayList<>();

  @Mixin private WatchReading reading = new WatchReading();

  @Option(
      names = "--arl",
      paramLabel = "A",
      description =
          "Suspect at evidence A: about one false suspicion in A observations at most. By default"
              + " 1e5.")
  private double threshold = DetectorSettings.DEFAULT.threshold();

  @Option(
      names = "--replay",
      description = "Read the log as that of a run that has ended: the same events, at once.")
  private boolean replay;

  @Option(names = "--once", description = "Read what is there, and end.")
  private boolean once;

  @Option(names = "--json", description = "Print events alone, a line of JSON each.")
  private boolean json;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Keep the events here, so that a watch that is started again tells none of them twice.")
  private @Nullable Path state;

  @Mixin private WatchActions actions = new WatchActions();

  private Ladder ladder = WatchActions.NONE;
  private Ladder.Plan plan = ladder.plan();
  private @Nullable EventBook book;
  private final List<Planned> planned = new ArrayList<>();
  private ExitCode exit = ExitCode.OK;

  /** What an event sets off once the rows that were there are read. */
  private record Planned(WatchEvent event, List<Action> rungs) {}

  @Override
  public void run() {
    if (paths.isEmpty()) {
      throw RefrainException.badInput("watch: expected a log, or a folder that holds one");
    }
    WatchOptions options = reading.options(threshold);
    Pattern pattern = reading.pattern();
    List<RunWatch> runs = new ArrayList<>();
    for (Path path : paths) {
      for (LogSource source : LogPlaces.find(path, pattern)) {
        runs.add(new RunWatch(source, options, this::tell));
      }
    }
    ladder = actions.ladder(state, replay);
    plan = ladder.plan();
    Path acting = replay || ladder.rungs().isEmpty() ? null : state;
    try (EventBook opened = state == null ? null : EventBook.open(state);
        Actor actor = acting == null ? null : Actor.open(ladder, acting, this::tellDone)) {
      book = opened;
      if (replay || once) {
        runs.forEach(run -> read(run, actor));
      } else {
        follow(runs, actor);
      }
      if (actor != null) {
        actor.finish();
      }
    }
  }

  private void tellDone(String line) {
    say(List.of(line));
  }

  /** Acts on what the last poll found. */
  private void act(RunWatch run, @Nullable Actor actor) {
    if (actor != null) {
      long row = run.view().rows();
      planned.forEach(each -> actor.act(each.event, each.rungs, row));
    }
    planned.clear();
  }

  private void read(RunWatch run, @Nullable Actor actor) {
    run.poll();
    if (replay) {
      run.end();
    }
    act(run, actor);
    say(WatchText.head(run.view(), threshold));
    say(WatchText.standing(run.view()));
  }

  private void follow(List<RunWatch> runs, @Nullable Actor actor) {
    List<RunWatch> unsaid = new ArrayList<>(runs);
    long told = System.nanoTime();
    Target process = ladder.target();
    while (true) {
      boolean last = process != null && !process.lives();
      boolean quiet = System.nanoTime() - told < STANDING_NANOS;
      for (RunWatch run : runs) {
        boolean news = run.poll();
        if (last) {
          run.end();
        } else {
          run.clock(System.currentTimeMillis() * 1e-3, news);
        }
        act(run, actor);
        if (!run.view().series().isEmpty() && unsaid.remove(run)) {
          say(WatchText.head(run.view(), threshold));
          say(WatchText.standing(run.view()));
        } else if (!quiet) {
          say(WatchText.standing(run.view()));
        }
      }
      told = quiet ? told : System.nanoTime();
      out().flush();
      if (process != null && last) {
        say(List.of("process " + process.pid() + " has ended, and so does the watch"));
        return;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void tell(WatchEvent event) {
    List<Action> rungs = plan.of(event);
    String action = Ladder.text(rungs);
    boolean isNew = book == null || book.add(event, action);
    exit = worse(exit, event);
    planned.add(new Planned(event, rungs));
    if (!isNew) {
      return;
    }
    if (json) {
      out().println(event.json(action));
    } else {
      print("%-10s step %s: %s", event.kind().text(), step(event), event.text());
    }
    out().flush();
  }

  private static String step(WatchEvent event) {
    return WatchText.shown(event.finding().step());
  }

  /** Divergence is worse than a phase change, and that than silence. */
  private static ExitCode worse(ExitCode before, WatchEvent event) {
    return switch (event.kind()) {
      case HARM, NAN -> ExitCode.DIVERGED;
      case CONFIRMED -> before == ExitCode.DIVERGED ? before : ExitCode.PHASE_CHANGE;
      case STALLED -> before == ExitCode.OK ? ExitCode.STALLED : before;
      default -> before;
    };
  }

  private synchronized void say(List<String> lines) {
    PrintWriter to = json ? line().getErr() : out();
    for (String each : lines) {
      to.println(Printable.line(each));
    }
    to.flush();
  }

  @Override
  public int getExitCode() {
    return exit.code();
  }
}
