package refrain.serve;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.catalog.RunRow;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import refrain.study.Argument;
import refrain.study.Claim;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.train.Trainer;
import refrain.train.sweep.Forecast;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a study is and what it has shown. Verdicts are those of its {@code report.json}, which
 * the study's own command writes: judging takes longer than a page waits, and a study that runs is
 * not disturbed. Beside them stands how many runs they are of and how many there are now.
 */
final class StudyAnswer {
  private final Listing listing;
  private final Stamped<Study> studies =
      new Stamped<>(file -> new StudyFolder(file.resolveSibling("")).study());
  private final Stamped<Optional<JsonNode>> reports = new Stamped<>(Tallies::report);

  StudyAnswer(Listing listing) {
    this.listing = listing;
  }

  /**
   * An object with {@code id, name, title, path, seeds}, {@code runs}, a list of {@code {variant,
   * preset, seed, run, state, step, steps}} in the study's order ({@code run} null: not begun),
   * {@code done, running, left}, {@code secondsLeft} of one core by the runs that are done (null:
   * none is), {@code report}, null or {@code {made, runs, registration, tallies}}, and {@code
   * arguments}, a list of {@code {id, label, title, paper, claims}} with the claims' {@code
   * verdict} as in {@code report.json}, null where none was made.
   */
  Reply study(Request request) {
    request.only();
    Map.Entry<Path, List<Place>> found = Home.study(listing.now(), request.named("id"));
    Path folder = found.getKey();
    Study study = studies.of(folder.resolve("study.json"));
    ObjectNode answer =
        Json.object()
            .put("id", request.named("id"))
            .put("name", study.name())
            .put("title", study.title())
            .put("path", folder.toString())
            .put("seeds", study.seeds());
    progress(answer, study, found.getValue());
    JsonNode report = reports.of(folder.resolve(Tallies.REPORT)).orElse(null);
    answer.set("report", report == null ? null : made(folder, report));
    arguments(answer.putArray("arguments"), study, report);
    return Reply.json(answer);
  }

  private static ObjectNode made(Path folder, JsonNode report) {
    ObjectNode node =
        Json.object()
            .put("made", folder.resolve(Tallies.REPORT).toFile().lastModified())
            .put("runs", report.path("runs").size());
    node.set("registration", report.path("registration"));
    node.set("tallies", report.path("tallies"));
    return node;
  }

  private static void progress(ObjectNode answer, Study study, List<Place> places) {
    Map<String, Place> byLabel = new HashMap<>();
    for (Place place : places) {
      place.cells().forEach(cell -> byLabel.put(cell.label(), place));
    }
    Map<String, double[]> took = new HashMap<>();
    double[] all = new double[2];
    for (Place place : places) {
      if (isDone(place) && place.row().step() > 0) {
        double each = Trainer.seconds(place.folder()) / place.row().step() / place.params();
        add(took.computeIfAbsent(place.row().variants(), any -> new double[2]), each);
        add(all, each);
      }
    }
    ArrayNode runs = answer.putArray("runs");
    int done = 0;
    int running = 0;
    double left = 0;
    for (Study.Cell cell : study.cells()) {
      Place place = byLabel.get(cell.label());
      long step = place == null ? 0 : place.row().step();
      boolean ended = place != null && isDone(place);
      boolean goesOn = place != null && place.row().state() == RunRow.State.RUNNING;
      done += ended ? 1 : 0;
      running += goesOn ? 1 : 0;
      runs.addObject()
          .put("variant", cell.variant().name())
          .put("preset", cell.variant().preset())
          .put("seed", cell.seed())
          .put("run", place == null ? null : place.id())
          .put("state", place == null ? "not begun" : place.row().state().word())
          .put("step", step)
          .put("steps", cell.spec().steps());
      if (!ended) {
        double[] like = took.getOrDefault(cell.variant().name(), all);
        long parameters = Forecast.parameters(cell.spec());
        left += like[0] / like[1] * parameters * (cell.spec().steps() - step);
      }
    }
    answer.put("done", done).put("running", running).put("left", runs.size() - done - running);
    answer.set("secondsLeft", Json.finite(left));
  }

  private static void add(double[] sum, double each) {
    sum[0] += each;
    sum[1]++;
  }

  private static boolean isDone(Place place) {
    return place.folder().ended().isPresent() && place.row().state() != RunRow.State.DIVERGED;
  }

  private static void arguments(ArrayNode arguments, Study study, @Nullable JsonNode report) {
    Map<String, JsonNode> verdicts = new LinkedHashMap<>();
    if (report != null) {
      report.path("claims").forEach(each -> verdicts.put(each.path("id").asString(""), each));
    }
    for (Argument argument : study.arguments()) {
      ObjectNode node =
          arguments
              .addObject()
              .put("id", argument.id())
              .put("label", argument.label())
              .put("title", argument.title())
              .put("paper", argument.paper());
      ArrayNode claims = node.putArray("claims");
      for (Claim claim : study.claims()) {
        if (study.argument(claim.argument()).id().equals(argument.id())) {
          claims
              .addObject()
              .put("id", claim.id())
              .put("sentence", claim.sentence())
              .put("kind", claim.kind().words())
              .put("data", claim.data())
              .put("needs", claim.seeds())
              .put("bar", claim.test().bar().words())
              .put("quantity", claim.test().words())
              .set("verdict", verdicts.get(claim.id()));
        }
      }
    }
  }
}
