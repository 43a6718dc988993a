package refrain.serve;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.base.Printable;
import refrain.serve.http.HttpFault;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Processes that were started from the page, for as long as the server runs. A run needs no server:
 * what it is and how it stands is on the disk; here is what its process said.
 */
final class Jobs {
  /** More at once would only wait for each other. */
  private static final int MOST = 8;

  private static final int KEPT = 64;
  private static final int TAIL = 4000;
  private static final int LINES = 12;

  /** By itself, interrupted, and asked to stop: a run then saves itself first. */
  private static final Set<Integer> GOOD_ENDS = Set.of(0, 128 + 2, 128 + 15);

  /**
   * A process.
   *
   * @param what it does: train, resume, reproduce or report
   * @param run that it writes; null: several
   * @param path from the folder that is served
   */
  private record Job(
      int id, String what, @Nullable String run, String path, Process process, Path log) {
    ObjectNode json() {
      boolean running = process.isAlive();
      int exit = running ? 0 : process.exitValue();
      boolean ended = GOOD_ENDS.contains(exit);
      ObjectNode json =
          Json.object()
              .put("id", id)
              .put("what", what)
              .put("run", run)
              .put("path", path)
              .put("state", running ? "running" : ended ? "ended" : "failed")
              .put("log", log.toString());
      List<String> said = Program.tail(log, TAIL).lines().map(Printable::line).toList();
      ArrayNode says = json.putArray("says");
      said.subList(Math.max(0, said.size() - LINES), said.size()).forEach(says::add);
      json.put(
          "message",
          said.stream()
              .filter(line -> line.startsWith("refrain: "))
              .reduce((a, b) -> b)
              .map(line -> line.substring("refrain: ".length()))
              .orElse(ended ? "" : "it ended with code " + exit));
      return json;
    }
  }

  private final Program program;
  private final Consumer<JsonNode> changed;
  private final List<Job> all = new CopyOnWriteArrayList<>();
  private int last;

  /**
   * @param changed hears of each job that begins or ends
   */
  Jobs(Program program, Consumer<JsonNode> changed) {
    this.program = program;
    this.changed = changed;
  }

  /** Starts the program; returns at once. */
  synchronized ObjectNode start(
      String what, @Nullable String run, String path, List<String> arguments) {
    if (all.stream().filter(job -> job.process.isAlive()).count() >= MOST) {
      throw new HttpFault(
          429, "%s processes that were started here are running; wait for one, or stop it", MOST);
    }
    Path log = Program.log();
    Job job = new Job(++last, what, run, path, program.start(arguments, log), log);
    all.add(job);
    while (all.size() > KEPT) {
      all.removeFirst();
    }
    changed.accept(job.json());
    var _ = job.process.onExit().thenRun(() -> changed.accept(job.json()));
    return job.json();
  }

  /** Whether one of them is still at work on a path. */
  boolean isAt(String path) {
    return all.stream().anyMatch(job -> job.path.equals(path) && job.process.isAlive());
  }

  ArrayNode json() {
    ArrayNode list = Json.object().putArray("jobs");
    all.forEach(job -> list.add(job.json()));
    return list;
  }
}
