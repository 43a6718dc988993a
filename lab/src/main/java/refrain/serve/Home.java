package refrain.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.catalog.RunRow;
import refrain.catalog.StudyUse;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import refrain.study.Opening;
import refrain.study.Study;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All runs and studies of the folder, a row each. */
final class Home {
  private final Listing listing;
  private final Tallies tallies = new Tallies();

  private final Models models;

  Home(Listing listing, Models models) {
    this.listing = listing;
    this.models = models;
  }

  Reply home(Request request) {
    request.only();
    Models.Now disk = models.now(); // before the runs, beside which an example may not stand then
    Listing.Now now = listing.now();
    ObjectNode answer =
        Json.object()
            .put("version", Version.refrain())
            .put("folder", listing.folder().toString())
            .put("example", now.example())
            .put("exampleMissing", now.exampleMissing());
    ArrayNode runs = answer.putArray("runs");
    now.runs().values().forEach(place -> row(runs.addObject(), place));
    ArrayNode studies = answer.putArray("studies");
    studies(now).forEach((folder, places) -> study(studies.addObject(), folder, places));
    ArrayNode broken = answer.putArray("broken");
    ArrayNode onDisk = answer.putArray("models");
    disk.models().values().forEach(model -> model.row(onDisk.addObject()));
    Stream.concat(now.broken().stream(), disk.broken().stream())
        .forEach(
            each -> broken.addObject().put("path", each.path()).put("message", each.message()));
    return Reply.json(answer);
  }

  /** A run as tables show it. */
  static ObjectNode row(ObjectNode object, Place place) {
    RunRow row = place.row();
    var spec = place.spec();
    object
        .put("id", place.id())
        .put("path", place.path())
        .put("example", place.example())
        .put("link", row.link())
        .put("study", row.study())
        .put("variant", row.variants().isEmpty() ? null : row.variants())
        .put("seed", row.seed())
        .put("preset", row.name())
        .put("state", row.state().word())
        .put("why", row.why())
        .put("step", row.step())
        .put("steps", row.steps())
        .put("tokens", spec.series() == null ? spec.tokens(row.step()) : null)
        .put("formed", row.formation());
    object.set("icl", Json.finite(row.icl().score()));
    object.set("iclError", Json.finite(row.icl().error()));
    object.put("iclN", row.icl().n());
    object.put("head", row.head() == null ? null : row.head().toString());
    object.set("prefix", Json.finite(row.prefixMatching()));
    object.set("loss", Json.finite(row.loss()));
    return object
        .put("layers", spec.model().nLayers())
        .put("heads", spec.model().nHeads())
        .put("context", spec.context())
        .put("vocab", spec.model().dVocab())
        .put("params", place.params())
        .put("modified", row.last().toEpochMilli())
        .put("tokensPerStep", spec.series() == null ? spec.tokensPerStep() : null)
        .put("t0", spec.optimizer().warmup())
        .put("oracle", row.oracles().isEmpty() ? null : row.oracles())
        .put("parent", row.parent());
  }

  private static Map<Path, List<Place>> studies(Listing.Now now) {
    Map<Path, List<Place>> studies = new LinkedHashMap<>();
    for (Place place : now.runs().values()) {
      StudyUse use = place.use();
      if (use != null) {
        studies.computeIfAbsent(use.folder(), _ -> new ArrayList<>()).add(place);
      }
    }
    return studies;
  }

  /**
   * A study by its id, with its runs.
   *
   * @throws HttpFault 404 where there is none
   */
  static Map.Entry<Path, List<Place>> study(Listing.Now now, String id) {
    return studies(now).entrySet().stream()
        .filter(each -> studyId(each.getKey()).equals(id))
        .findFirst()
        .orElseThrow(() ->
            new HttpFault(404, "%s: no study has this id; the list has those that there are", id));
  }

  private static String studyId(Path folder) {
    return Place.id("study " + folder);
  }

  private void study(ObjectNode object, Path folder, List<Place> places) {
    StudyUse use = Objects.requireNonNull(places.getFirst().use());
    Opening opening = use.opening();
    Optional<Place> first = opening == null ? Optional.empty() : of(opening.opens(), null, places);
    Optional<Place> run = first.or(() -> first(places));
    String beside = opening == null ? null : opening.beside();
    object
        .put("id", studyId(folder))
        .put("path", studyPath(places.getFirst()))
        .put("name", use.study())
        .put("title", use.title())
        .put("question", opening == null ? null : opening.question())
        .put("runs", places.size())
        .put("opens", opening == null ? null : opening.opens())
        .put("run", run.map(Place::id).orElse(null))
        .put(
            "beside",
            run.flatMap(main -> beside == null ? beside(main, places) : of(beside, main, places))
                .map(Place::id)
                .orElse(null));
    ArrayNode swaps = object.putArray("swaps");
    if (opening != null) {
      opening.swaps().forEach(swaps::add);
    }
    object.set("tallies", tallies.of(folder));
  }

  /** The study's folder as runs are called: a run in it lies in its folder "runs". */
  private static String studyPath(Place run) {
    int runs = run.path().lastIndexOf('/');
    int study = run.path().lastIndexOf('/', runs - 1);
    return study < 0 ? "." : run.path().substring(0, study);
  }

  /** A run of a variant, at the seed of another one; null: at the lowest that there is. */
  private static Optional<Place> of(String variant, @Nullable Place at, List<Place> places) {
    return places.stream()
        .filter(
            place -> place.isOf(variant) && (at == null || at.row().seed() == place.row().seed()))
        .min(Comparator.comparingLong(place -> place.row().seed()));
  }

  /** The run that opens: the one whose ICL score changed most among those that formed heads. */
  private static Optional<Place> first(List<Place> places) {
    return places.stream()
        .filter(place -> place.row().formed() && !Double.isNaN(place.row().icl().score()))
        .min(
            Comparator.comparing((Place place) -> place.row().variants().isEmpty())
                .thenComparingDouble(place -> place.row().icl().score()))
        .or(() -> places.stream().findFirst());
  }

  /** The run that it is compared with: that of its control at the same seed. */
  private static Optional<Place> beside(Place run, List<Place> places) {
    List<String> controls =
        run.cells().stream().map(Study.Cell::controlId).filter(Objects::nonNull).toList();
    return places.stream()
        .filter(other ->
            !other.id().equals(run.id()) && controls.stream().anyMatch(id -> isRun(other, id)))
        .findFirst();
  }

  private static boolean isRun(Place place, String id) {
    try {
      return place.row().id().equals(id) || place.folder().knownAs().contains(id);
    } catch (RefrainException e) {
      return false;
    }
  }
}
