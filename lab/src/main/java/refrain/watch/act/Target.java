package refrain.watch.act;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.Json;

/**
 * A process that signals are sent to: it is known by its number and by when it started, since
 * numbers are given again.
 *
 * @param pid its number
 * @param started ISO-8601, as the system tells it
 */
public record Target(long pid, String started) {
  private static final String NAME = "target.json";
  private static final int SIGNAL_SECONDS = 10;

  /**
   * The process that has a number now.
   *
   * @throws RefrainException of kind BAD_INPUT where there is none, where the system does not say
   *     when it started, or where it is this one
   */
  public static Target of(long pid) {
    if (pid == ProcessHandle.current().pid() || pid <= 1) {
      throw RefrainException.badInput("--pid %s: expected the process of a training", pid);
    }
    return new Target(
        pid,
        started(pid)
            .orElseThrow(() ->
                RefrainException.badInput(
                    "--pid %s: no such process that the system says a start of", pid)));
  }

  private static Optional<String> started(long pid) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(process -> process.info().startInstant())
        .map(Instant::toString);
  }

  /** Whether it is still this one. */
  public boolean lives() {
    return started(pid).filter(started::equals).isPresent();
  }

  /**
   * Written down at the first start of a watch, so that one that is started again does not take
   * another process for it.
   *
   * @throws RefrainException of kind BAD_INPUT where the number has been given to another one since
   */
  void pin(Path state) {
    Path file = state.resolve(NAME);
    Json.readIfThere(file, Target.class)
        .filter(before -> before.pid == pid && !before.equals(this))
        .ifPresent(before -> {
          throw RefrainException.badInput(
              "--pid %s: is another process than the one that %s was told of: that started %s, this"
                  + " one %s; delete the file if this one is meant",
              pid, file, before.started, started);
        });
    AtomicFiles.writeString(file, Json.line(this));
  }

  /** Sends a signal; the reason where it was not sent, or an empty one. */
  String send(Action.Signal signal) throws IOException, InterruptedException {
    if (!lives()) {
      return "process " + pid + " that started " + started + " has ended";
    }
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", signal.name(), Long.toString(pid))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!kill.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      return "kill -s " + signal + " " + pid + " failed";
    }
    return "";
  }
}
