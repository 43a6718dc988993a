package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import refrain.analysis.explore.Tour;
import refrain.base.Version;
import refrain.catalog.StudyUse;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import refrain.study.Opening;

/** The tour of each run, computed once as long as the run and what it is swapped for stand. */
final class Tours {
  private static final int KEPT = 64;

  private final Listing listing;
  private final Runs runs;
  private final States states;
  private final Recent<String, Reply> kept = new Recent<>(KEPT, tour -> 1, tour -> {});

  Tours(Listing listing, Runs runs, States states) {
    this.listing = listing;
    this.runs = runs;
    this.states = states;
  }

  Reply tour(Request request) {
    request.only();
    Place place = runs.place(request);
    List<Tour.Beside> beside = beside(place);
    String key =
        Place.hash(
            Version.refrain()
                + place.path()
                + Place.signature(place.folder().path(), place.use())
                + beside.stream().map(Tour.Beside::id).collect(Collectors.joining(" ")));
    Reply known = kept.get(key);
    return known != null ? known : made(request.path(), place, beside, key);
  }

  /** Who asks while another one's is computed finds it done when his turn comes. */
  private Reply made(String where, Place place, List<Tour.Beside> beside, String key) {
    Question question =
        new Question(0, new Desk.Caller(where, null, System.nanoTime()), Json.object());
    return states
        .ask(
            Desk.Lane.LONG,
            place,
            question,
            (explorer, watch) -> {
              Reply known = kept.get(key);
              if (known != null) {
                return known;
              }
              States.checkInside(place.folder());
              beside.forEach(other -> States.checkInside(other.run()));
              Tour tour = Tour.of(explorer, beside, watch);
              byte[] body = Json.finite(tour).toString().getBytes(UTF_8);
              Reply made = new Reply.Whole(200, Reply.JSON, body, key);
              kept.put(key, made);
              return made;
            })
        .await();
  }

  /** What the study of a run swaps it for, at the same seed. */
  private List<Tour.Beside> beside(Place place) {
    StudyUse use = place.use();
    Opening opening = use == null ? null : use.opening();
    if (use == null || opening == null) {
      return List.of();
    }
    List<Tour.Beside> beside = new ArrayList<>();
    for (String variant : opening.swaps()) {
      listing.last().runs().values().stream()
          .filter(other -> Objects.equals(other.use(), use) && !other.id().equals(place.id()))
          .filter(other -> other.row().seed() == place.row().seed() && other.isOf(variant))
          .min(Comparator.comparing(Place::path))
          .ifPresent(other -> beside.add(new Tour.Beside(variant, other.id(), other.folder())));
    }
    return beside;
  }
}
