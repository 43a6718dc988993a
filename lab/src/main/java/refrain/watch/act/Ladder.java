package refrain.watch.act;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.watch.EventKind;
import refrain.watch.follow.WatchEvent;

/**
 * What is done about events, rung by rung. Only what is confirmed, and harm, may pause a training;
 * a further pausing rung is taken only once the one before was acknowledged, so that nothing is
 * terminated that has not said that it is saved.
 *
 * @param rungs in order; none: events are logged and nothing is done
 * @param most events of a run that are acted on; later ones are logged alone
 * @param acknowledgement by which the training says that it paused; null: nothing is waited for
 * @param target that signals are sent to; null where none are
 */
public record Ladder(
    List<Action> rungs,
    int most,
    @Nullable Acknowledgement acknowledgement,
    @Nullable Target target) {
  /** Of a run that are acted on, unless something else is said. */
  public static final int MOST = 10;

  /** What only tells tells these. */
  private static final Set<EventKind> TOLD =
      EnumSet.of(
          EventKind.SUSPECTED,
          EventKind.CONFIRMED,
          EventKind.WITHDRAWN,
          EventKind.HARM,
          EventKind.RECOVERED,
          EventKind.NAN,
          EventKind.STALLED);

  private static final Set<EventKind> PAUSING = EnumSet.of(EventKind.CONFIRMED, EventKind.HARM);

  /**
   * Rows within which what is found in one metric after the other is one thing; a run that has gone
   * on for longer than that since an event is not paused for it.
   */
  static final long ROWS = 60;

  /**
   * A file that the training makes, or renews, once it has saved itself.
   *
   * @param file which
   * @param seconds that are waited for it
   */
  public record Acknowledgement(Path file, double seconds) {
    /** Checks the time. */
    public Acknowledgement {
      RefrainException.require(
          seconds > 0 && seconds <= 86_400,
          "--ack-timeout: expected seconds, up to a day, found %s",
          seconds);
    }
  }

  /** Checks that what is asked for can be done. */
  public Ladder {
    rungs = List.copyOf(rungs);
    RefrainException.require(most >= 1, "--most: expected 1 or more, found %s", most);
    long pausing = rungs.stream().filter(Action::pauses).count();
    RefrainException.require(
        pausing <= 1 || acknowledgement != null,
        "--action: a second rung that may pause is taken once the first was acknowledged; say --ack"
            + " FILE, which the training makes when it has saved itself");
    RefrainException.require(
        acknowledgement == null || pausing > 0,
        "--ack: nothing in the ladder may pause, so nothing is acknowledged; add --action touch:FILE"
            + " or signal:USR1");
    RefrainException.require(
        target != null || rungs.stream().noneMatch(Action.Send.class::isInstance),
        "--action signal: expected --pid, the process to send it to");
  }

  /** Which rungs events set off: it depends on them and on those before alone. */
  public final class Plan {
    private final Map<String, Acted> runs = new HashMap<>();

    private static final class Acted {
      private int events;
      private int attempt;
      private double step = Double.NEGATIVE_INFINITY;
      private long pausedAt = Long.MIN_VALUE;
    }

    /** Of the next event. */
    public List<Action> of(WatchEvent event) {
      Acted acted = runs.computeIfAbsent(event.run(), any -> new Acted());
      boolean pauses =
          PAUSING.contains(event.kind())
              && (acted.pausedAt == Long.MIN_VALUE || event.row() - acted.pausedAt > ROWS);
      boolean seen = event.attempt() > acted.attempt && event.finding().step() <= acted.step;
      if (!TOLD.contains(event.kind()) || seen || acted.events >= most) {
        return List.of();
      }
      List<Action> chosen = rungs.stream().filter(rung -> !rung.pauses() || pauses).toList();
      if (chosen.isEmpty()) {
        return chosen;
      }
      acted.events++;
      if (chosen.stream().anyMatch(Action::pauses)) {
        acted.pausedAt = event.row();
        acted.attempt = event.attempt();
        acted.step = event.finding().step();
      }
      return chosen;
    }
  }

  /** Begins to follow events. */
  public Plan plan() {
    return new Plan();
  }

  /** As in files: the rungs, or that it is only logged. */
  public static String text(List<Action> rungs) {
    return rungs.isEmpty()
        ? "log"
        : rungs.stream().map(Action::text).collect(Collectors.joining(", "));
  }
}
