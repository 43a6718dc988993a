package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.watch.act.Action;
import refrain.watch.act.Ladder;
import refrain.watch.act.Target;

/** What a watch does about its events. */
final class WatchActions {
  static final Ladder NONE = new Ladder(List.of(), Ladder.MOST, null, null);

  private static final String LOG = "log";

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description =
          "What to do about events, repeatable, in this order: log (the default: nothing),"
              + " webhook:URL (POST, signed with the secret in REFRAIN_WEBHOOK_SECRET), touch:FILE,"
              + " exec:COMMAND (the event in REFRAIN_EVENT), signal:USR1 (or USR2, HUP, INT, TERM)."
              + " Needs --state.")
  private List<String> actions = new ArrayList<>();

  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "The training's process: signals go to it, and the watch ends with it.")
  private @Nullable Long pid;

  @Option(
      names = "--ack",
      paramLabel = "FILE",
      description =
          "The training makes or renews this file when it has saved itself; without it no further"
              + " rung that may pause is taken.")
  private @Nullable Path ack;

  @Option(
      names = "--ack-timeout",
      paramLabel = "SECONDS",
      description = "How long that is waited for. By default ${DEFAULT-VALUE}.")
  private double ackTimeout = 600;

  @Option(
      names = "--most",
      paramLabel = "N",
      description = "Act on at most so many events of a run. By default ${DEFAULT-VALUE}.")
  private int most = Ladder.MOST;

  /**
   * The ladder.
   *
   * @param state where events are written before anything is done
   * @param replay whether nothing is done at all
   */
  Ladder ladder(@Nullable Path state, boolean replay) {
    List<Action> rungs =
        actions.stream().filter(text -> !text.equals(LOG)).map(Action::parse).toList();
    if (!rungs.isEmpty() && state == null && !replay) {
      throw RefrainException.badInput(
          "--action: expected --state DIR, where each event is written before anything is done about"
              + " it");
    }
    return new Ladder(
        rungs,
        most,
        ack == null ? null : new Ladder.Acknowledgement(ack, ackTimeout),
        pid == null ? null : Target.of(pid));
  }
}
