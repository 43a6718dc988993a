package refrain.watch.act;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.watch.act.ActionJournal.State;
import refrain.watch.follow.WatchEvent;

/**
 * Climbs a ladder for events that are in the book, in their order, on a thread of its own, so that
 * the watch goes on while an acknowledgement is waited for. What cannot be done is written down and
 * told; it ends nothing.
 */
public final class Actor implements AutoCloseable {
  private static final Duration[] WAITS = {
    Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(15)
  };

  private static final int EXEC_SECONDS = 60;
  private static final long LOOK_MILLIS = 100;

  private final Ladder ladder;
  private final ActionJournal journal;
  private final Consumer<String> say;
  private final WebhookPost webhook;
  private final ExecutorService hands =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("actions").factory());

  private Actor(Ladder ladder, ActionJournal journal, Consumer<String> say) {
    this.ladder = ladder;
    this.journal = journal;
    this.say = say;
    this.webhook = new WebhookPost(System.getenv(WebhookPost.SECRET), WAITS);
  }

  /**
   * Opens.
   *
   * @param state folder of the book and of the journal
   * @param say told what was done, a line each, by another thread
   * @throws RefrainException of kind BAD_INPUT where the process is another one than before
   */
  public static Actor open(Ladder ladder, Path state, Consumer<String> say) {
    ActionJournal journal = ActionJournal.open(state);
    Target target = ladder.target();
    if (target != null) {
      try {
        target.pin(state);
      } catch (RefrainException e) {
        journal.close();
        throw e;
      }
    }
    return new Actor(ladder, journal, say);
  }

  /**
   * Does what was planned and is not done yet.
   *
   * @param row that the log has come to
   */
  public void act(WatchEvent event, List<Action> planned, long row) {
    if (!planned.isEmpty()) {
      boolean stale = row - event.row() > Ladder.ROWS;
      hands.execute(() -> climb(event, planned, stale));
    }
  }

  private void climb(WatchEvent event, List<Action> planned, boolean stale) {
    try {
      for (int i = 0; i < planned.size(); i++) {
        Action action = planned.get(i);
        State state = journal.state(event.id(), i).orElse(null);
        if (state == null || state == State.BEGUN) {
          state = take(event, i, action, planned, stale, state == State.BEGUN);
        }
        if (action.pauses() && state != State.ACKNOWLEDGED) {
          return; // nothing is done to a training that has not said that it is saved
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what was begun stays so in the journal
    } catch (RefrainException e) {
      say.accept("actions: " + e.getMessage());
    }
  }

  private State take(
      WatchEvent event, int rung, Action action, List<Action> planned, boolean stale, boolean begun)
      throws InterruptedException {
    boolean again = action instanceof Action.Webhook || action instanceof Action.Touch;
    if (begun && !again) {
      return end(event, rung, action, planned, State.UNKNOWN, "the watch was killed meanwhile");
    }
    if (stale && action.pauses()) {
      return end(event, rung, action, planned, State.STALE, "the run has gone on for long since");
    }
    FileTime before = time();
    journal.note(event.id(), rung, action.text(), State.BEGUN, "");
    Optional<String> failed = perform(event, action, planned);
    if (failed.isPresent()) {
      return end(event, rung, action, planned, State.FAILED, failed.get());
    }
    Ladder.Acknowledgement asked = ladder.acknowledgement();
    Target target = ladder.target();
    if (asked == null || !action.pauses()) {
      return end(event, rung, action, planned, State.DONE, "");
    }
    Instant until = Instant.now().plusMillis((long) (asked.seconds() * 1e3));
    while (Instant.now().isBefore(until)) {
      FileTime now = time();
      if (now != null && !now.equals(before)) {
        return end(event, rung, action, planned, State.ACKNOWLEDGED, "");
      }
      if (target != null && !target.lives()) {
        return end(event, rung, action, planned, State.DONE, "the process has ended");
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return end(
        event,
        rung,
        action,
        planned,
        State.UNACKNOWLEDGED,
        asked.file() + " did not come in " + asked.seconds() + " s");
  }

  private @Nullable FileTime time() {
    Ladder.Acknowledgement asked = ladder.acknowledgement();
    try {
      return asked == null ? null : Files.getLastModifiedTime(asked.file());
    } catch (IOException e) {
      return null; // it is not there
    }
  }

  private State end(
      WatchEvent event, int rung, Action action, List<Action> planned, State state, String why)
      throws InterruptedException {
    journal.note(event.id(), rung, action.text(), state, why);
    String says = action.text() + ": " + state.text() + (why.isEmpty() ? "" : ", " + why);
    say.accept("action for step " + Math.round(event.finding().step()) + ": " + says);
    if (action.pauses() && (state == State.UNACKNOWLEDGED || state == State.FAILED)) {
      // An alert, and no kill.
      for (Action other : planned) {
        if (other instanceof Action.Webhook(var to)) {
          webhook
              .post(to, event.id(), event.json(says))
              .ifPresent(failed -> say.accept("action " + other.text() + ": " + failed));
        }
      }
    }
    return state;
  }

  private Optional<String> perform(WatchEvent event, Action action, List<Action> planned)
      throws InterruptedException {
    try {
      return switch (action) {
        case Action.Webhook(var to) ->
            webhook.post(to, event.id(), event.json(Ladder.text(planned)));
        case Action.Touch(var file) -> touch(file);
        case Action.Exec(var command) -> exec(command, event.json(Ladder.text(planned)));
        case Action.Send(var signal) -> {
          Target target = ladder.target();
          String failed = target == null ? "no process is known" : target.send(signal);
          yield failed.isEmpty() ? Optional.empty() : Optional.of(failed);
        }
      };
    } catch (IOException e) {
      return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  private static Optional<String> touch(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    return Optional.empty();
  }

  private static Optional<String> exec(String command, String event)
      throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    shell.environment().put("REFRAIN_EVENT", event);
    Process process = shell.start();
    process.getOutputStream().close();
    if (!process.waitFor(EXEC_SECONDS, TimeUnit.SECONDS)) {
      return Optional.of("still running after " + EXEC_SECONDS + " s; left alone");
    }
    return process.exitValue() == 0
        ? Optional.empty()
        : Optional.of("ended with " + process.exitValue());
  }

  /** Waits until all is done that was planned. */
  public void finish() {
    hands.shutdown();
    try {
      hands.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS); // each action has its own patience
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    hands.shutdownNow();
    journal.close();
  }
}
