package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.catalog.RunRow;
import refrain.catalog.StudyUse;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.study.StudyFolder;
import refrain.train.RunSpec;
import refrain.train.Runs;
import refrain.train.Trainer;
import refrain.train.sweep.Forecast;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Starts, stops, resumes and forks runs. All of it is done by processes of the program itself: this
 * one writes nothing, and a run that was started here needs no server to go on.
 */
final class Control {
  private static final int CONFLICT = 409;

  /** How much later than its lock a process may say that it began: clocks are coarse. */
  private static final Duration COARSE = Duration.ofSeconds(2);

  /** How a stop is asked for: {@code others} says that runs of the same process may stop too. */
  record Stop(@Default("false") boolean others) {}

  /**
   * How a run goes on.
   *
   * @param steps in all; null: as many as it was planned for
   */
  record Resume(
      @Default("null") @Nullable Integer steps, @Default("null") @Nullable Integer threads) {}

  /** A study of the program's own. */
  record Reproduce(@Default("null") @Nullable Integer threads) {}

  private final Listing listing;
  private final @Nullable Jobs jobs;
  private final Speed speed;

  /**
   * @param jobs null: this server starts and stops nothing
   */
  Control(Listing listing, @Nullable Jobs jobs, Speed speed) {
    this.listing = listing;
    this.jobs = jobs;
    this.speed = speed;
  }

  static List<String> threads(@Nullable Integer threads) {
    return threads == null ? List.of() : List.of("--threads", threads.toString());
  }

  private Jobs jobs() {
    if (jobs == null) {
      throw new HttpFault(
          403, "this server only shows runs; start it without --read-only to train and stop some");
    }
    return jobs;
  }

  /** Whether runs can be started here, and the processes that were. */
  Reply all(Request request) {
    request.only();
    ObjectNode answer = Json.object().put("control", jobs != null);
    answer.set("jobs", jobs == null ? answer.arrayNode() : jobs.json());
    return Reply.json(answer);
  }

  private static <T> T body(Request request, Class<T> type) {
    String text = new String(request.body(), UTF_8);
    return Json.read(text.isBlank() ? Json.object() : Json.parse(text, "request"), type, "request");
  }

  /** Says what a run would be, or what is wrong with it, which is an answer too. */
  Reply check(Request request) {
    request.only();
    try {
      Asked asked = body(request, Asked.class);
      return Reply.json(outlook(asked, asked.spec(listing, served())));
    } catch (Asked.Faults e) {
      return Reply.json(faults(e.getMessage(), e.fields()));
    } catch (RefrainException e) {
      return Reply.json(faults(e.getMessage(), Map.of()));
    }
  }

  /** Starts a run: anew, or from a step of another. */
  Reply start(Request request) {
    Jobs running = jobs();
    request.only();
    Asked asked = body(request, Asked.class);
    try {
      RunSpec spec = asked.spec(listing, served());
      same(spec)
          .ifPresent(there -> {
            throw new HttpFault(
                CONFLICT, "%s is this very run already; nothing was started", there.path());
          });
      Path folder = asked.place(spec, served(), new Runs(served()));
      String path = Place.path(served(), folder);
      if (running.isAt(path)) {
        throw new HttpFault(CONFLICT, "%s is being started already", path);
      }
      requireWritable();
      return Reply.json(
          running.start("train", Place.id(path), path, asked.arguments(listing, folder)));
    } catch (Asked.Faults e) {
      byte[] said = faults(e.getMessage(), e.fields()).toString().getBytes(UTF_8);
      return new Reply.Whole(400, Reply.JSON, said, null);
    }
  }

  private static ObjectNode faults(@Nullable String message, Map<String, String> of) {
    ObjectNode tree = Json.object();
    tree.putObject("error").put("where", "").put("message", message).put("remedy", "");
    ObjectNode fields = tree.putObject("fields");
    of.forEach(fields::put);
    return tree;
  }

  private ObjectNode outlook(Asked asked, RunSpec spec) {
    ObjectNode answer = Json.object();
    answer.put("name", spec.name());
    answer.put("there", same(spec).map(Place::id).orElse(null));
    answer.put("parameters", Forecast.parameters(spec));
    answer.put("steps", spec.steps());
    answer.put("begins", spec.begins());
    answer.put("tokens", Forecast.tokens(spec));
    int threads = asked.threads() == null ? Speed.CORES : asked.threads();
    answer.set("seconds", Json.finite(speed.seconds(spec, threads)));
    return answer;
  }

  private Optional<Place> same(RunSpec spec) {
    String id = spec.id();
    return listing.now().runs().values().stream()
        .filter(place -> place.spec().id().equals(id))
        .filter(place -> !listing.isExample(place.folder().path()))
        .findFirst();
  }

  private Path served() {
    return listing.folder();
  }

  private void requireWritable() {
    Path folder = served();
    if (RunFolder.isRun(folder)) {
      throw new HttpFault(
          CONFLICT,
          "%s is a run itself; serve the folder above it to train others beside it",
          folder);
    }
    if (Files.exists(folder) && !Files.isWritable(folder)) {
      throw new HttpFault(CONFLICT, "%s may not be written to; nothing was started", folder);
    }
  }

  /**
   * Asks the process that writes a run to save it and stop, as Ctrl-C does. The process is the one
   * that holds the run's lock; an id that some other process has by now is never asked.
   */
  Reply stop(Request request) {
    jobs();
    request.only();
    Stop how = body(request, Stop.class);
    Place place = listing.runNow(request.named("id"));
    ProcessHandle process = writer(place);
    List<Place> others =
        listing.now().runs().values().stream()
            .filter(other -> !other.id().equals(place.id()))
            .filter(other -> other.row().state() == RunRow.State.RUNNING)
            .filter(other -> other.folder().writer().equals(place.folder().writer()))
            .toList();
    if (!others.isEmpty() && !how.others) {
      throw new HttpFault(
          CONFLICT,
          "%s is trained by a process that trains %s more: %s; they would stop with it",
          place.path(),
          others.size(),
          String.join(", ", others.stream().map(Place::path).toList()));
    }
    if (!process.destroy()) {
      throw new HttpFault(
          CONFLICT, "process %s may not be stopped by this user; nothing was done", process.pid());
    }
    ObjectNode answer = Json.object().put("pid", process.pid());
    ArrayNode stopping = answer.putArray("stopping").add(place.id());
    others.forEach(other -> stopping.add(other.id()));
    return Reply.json(answer);
  }

  private static ProcessHandle writer(Place place) {
    String pid = place.folder().writer().orElse("");
    if (pid.isEmpty()) {
      throw new HttpFault(CONFLICT, "%s is not being trained; nothing was done", place.path());
    }
    ProcessHandle process = pid.matches("\\d{1,18}") ? Program.running(Long.parseLong(pid)) : null;
    if (process == null
        || process.pid() == ProcessHandle.current().pid()
        || !beganBefore(process, place.folder().path().resolve("run.lock"))) {
      throw new HttpFault(
          CONFLICT,
          "%s is written by process %s, which is none of this program on this machine; stop it where"
              + " it was started",
          place.path(),
          pid);
    }
    return process;
  }

  /** A process that took over an id is younger than the lock in which the id stands. */
  private static boolean beganBefore(ProcessHandle process, Path lock) {
    try {
      Instant written = Files.getLastModifiedTime(lock).toInstant();
      return process
          .info()
          .startInstant()
          .map(began -> began.isBefore(written.plus(COARSE)))
          .orElse(true);
    } catch (IOException e) {
      return false;
    }
  }

  /** Goes on with a run that was stopped, or makes one longer that has ended. */
  Reply resume(Request request) {
    Jobs running = jobs();
    request.only();
    Resume how = body(request, Resume.class);
    Place place = listing.runNow(request.named("id"));
    RunFolder run = place.folder();
    if (run.writer().isPresent() || running.isAt(place.path())) {
      throw new HttpFault(CONFLICT, "%s is being trained already", place.path());
    }
    requireInside(place);
    if (how.steps == null && place.row().state() == RunRow.State.DONE) {
      throw new HttpFault(
          CONFLICT,
          "%s has ended at its last step; say how many steps it is to have",
          place.path());
    }
    List<String> line =
        new ArrayList<>(
            List.of("train", "--resume", run.path().toAbsolutePath().normalize().toString()));
    if (how.steps != null) {
      StudyUse.refuseExtension(run, Trainer.spec(run), how.steps);
      Trainer.extended(run.path(), how.steps);
      line.addAll(List.of("--extend", how.steps.toString()));
    }
    line.addAll(threads(how.threads));
    return Reply.json(running.start("resume", place.id(), place.path(), line));
  }

  private void requireInside(Place place) {
    try {
      if (place.folder().path().toRealPath().startsWith(served().toRealPath())) {
        return;
      }
    } catch (IOException e) {
      throw RefrainException.badFile(place.path() + ": this run is there no longer", e);
    }
    throw new HttpFault(
        CONFLICT,
        "%s is a link out of the folder that is served; resume it where it lies",
        place.path());
  }

  /** Runs the quick study, or goes on with it. */
  Reply reproduce(Request request) {
    Jobs running = jobs();
    request.only();
    Reproduce how = body(request, Reproduce.class);
    Path folder = served().resolve("quick");
    if (running.isAt("quick") || isWritten(folder)) {
      throw new HttpFault(CONFLICT, "quick is being run already");
    }
    requireWritable();
    List<String> line =
        new ArrayList<>(
            List.of("reproduce", "--out", folder.toAbsolutePath().normalize().toString()));
    line.addAll(threads(how.threads));
    return Reply.json(running.start("reproduce", null, "quick", line));
  }

  private boolean isWritten(Path study) {
    return StudyFolder.isStudy(study)
        && listing.now().runs().values().stream()
            .filter(place -> place.folder().path().startsWith(study))
            .anyMatch(place -> place.folder().writer().isPresent());
  }

  /** Judges a study's claims on the runs that are there. */
  Reply judge(Request request) {
    Jobs running = jobs();
    request.only();
    Map.Entry<Path, List<Place>> study = Home.study(listing.now(), request.named("id"));
    Path folder = study.getKey().toAbsolutePath().normalize();
    String path = "report of " + folder.getFileName();
    if (running.isAt(path)) {
      throw new HttpFault(CONFLICT, "its report is being made already");
    }
    return Reply.json(running.start("report", null, path, List.of("report", folder.toString())));
  }

  /** The presets, what they take, and all fields of a run with what is said of them. */
  Reply presets(Request request) {
    request.only();
    return Reply.json(Form.of(speed, jobs != null, served()));
  }
}
