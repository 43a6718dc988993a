package refrain.watch.act;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import refrain.base.RefrainException;
import refrain.store.Json;
import refrain.watch.follow.SyncedLines;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was done about events, on the disk: each action's beginning before it is taken, and its end.
 * After a kill it is known what may have been done and what was not.
 */
final class ActionJournal implements AutoCloseable {
  private static final String NAME = "actions.jsonl";

  /** How far an action came. */
  enum State {
    /** It was about to be taken; what came of it is not known if nothing follows. */
    BEGUN,
    DONE,
    /** Done, and the training said that it paused. */
    ACKNOWLEDGED,
    /** Done, and it did not say so in time. */
    UNACKNOWLEDGED,
    /** It was tried and could not be done. */
    FAILED,
    /** Not taken: the run has long gone on. */
    STALE,
    /** The watch was killed while it was taken; it is not taken twice. */
    UNKNOWN;

    /** As in files. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final SyncedLines lines;
  private final Map<String, State> states;

  private ActionJournal(SyncedLines lines, Map<String, State> states) {
    this.lines = lines;
    this.states = states;
  }

  static ActionJournal open(Path folder) {
    Map<String, State> states = new HashMap<>();
    SyncedLines lines =
        SyncedLines.open(
            folder.resolve(NAME),
            (line, where) -> {
              String text = line.path("state").asString("");
              State state =
                  Arrays.stream(State.values())
                      .filter(each -> each.text().equals(text))
                      .findFirst()
                      .orElseThrow(() ->
                          RefrainException.badFile(
                              "%s: expected an action with its state; move the file away, then what"
                                  + " it names may be done again",
                              where));
              states.put(key(line.path("event").asString(""), line.path("rung").asInt(-1)), state);
            });
    return new ActionJournal(lines, states);
  }

  private static String key(String event, int rung) {
    return event + "/" + rung;
  }

  /** How far an action came; empty: it was not begun. */
  Optional<State> state(String event, int rung) {
    return Optional.ofNullable(states.get(key(event, rung)));
  }

  void note(String event, int rung, String action, State state, String says) {
    ObjectNode line = Json.object();
    line.put("event", event);
    line.put("rung", rung);
    line.put("action", action);
    line.put("state", state.text());
    line.put("says", says);
    line.put("at", Instant.now().toString());
    lines.add(line.toString());
    states.put(key(event, rung), state);
  }

  @Override
  public void close() {
    lines.close();
  }
}
