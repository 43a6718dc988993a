package refrain.serve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.catalog.Catalog;
import refrain.catalog.RunRow;
import refrain.catalog.StudyUse;
import refrain.model.Layout;
import refrain.serve.http.HttpFault;
import refrain.store.RunFolder;
import refrain.train.RunSpec;
import refrain.train.Trainer;

/**
 * The runs of the folder that is served. A run is read again only where one of its files changed.
 */
final class Listing {
  /**
   * A folder that is no readable run.
   *
   * @param path as in {@link Place}
   */
  record Broken(String path, String message) {}

  /**
   * All runs by their ids, in the order of their paths, and what cannot be read.
   *
   * @param example whether those of the recorded example are shown, since the folder had none
   * @param exampleMissing why they are not although it has none; "" where they are or need not be
   */
  record Now(
      Map<String, Place> runs, List<Broken> broken, boolean example, String exampleMissing) {}

  private record Kept(String signature, Object read) {}

  /** How paths of the recorded example begin in answers. */
  private static final String EXAMPLE = "example/";

  private final Path folder;
  private final Models models;
  private final RecordedExample recorded;

  /** The folder of the recorded example, from when it was shown first; null: it was not. */
  private @Nullable Path example;

  private final Map<Path, Kept> kept = new ConcurrentHashMap<>();
  private String studiesOf = "";
  private Map<Path, StudyUse> studies = Map.of();
  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private volatile Now last = new Now(Map.of(), List.of(), false, "");

  /**
   * @param folder that holds runs, or is one
   * @param models what it has beside
   * @param recorded what is shown while the folder has neither, and from then on beside its runs
   */
  Listing(Path folder, Models models, RecordedExample recorded) {
    this.folder = folder;
    this.models = models;
    this.recorded = recorded;
  }

  Path folder() {
    return folder;
  }

  /** What was there when somebody looked last. */
  Now last() {
    return last;
  }

  /** What is there now. */
  synchronized Now now() {
    Catalog.Places found = places();
    boolean own = !found.runs().isEmpty();
    boolean model = models.any();
    String exampleMissing = own || model ? "" : showExample();
    List<Path> all = new ArrayList<>(found.runs());
    boolean shown = example != null && (own || !model);
    if (shown && example != null) {
      all.addAll(Catalog.places(example).runs());
    }
    kept.keySet().retainAll(Set.copyOf(all));
    Map<Path, StudyUse> uses = studies(all);
    List<Object> read = all.parallelStream().map(run -> kept(run, uses.get(run)).read()).toList();
    Map<String, Place> runs = new LinkedHashMap<>();
    List<Broken> broken = new ArrayList<>();
    for (Object each : read) {
      if (each instanceof Place place) {
        runs.put(place.id(), place);
        seen.put(place.id(), place.path());
      } else {
        broken.add((Broken) each);
      }
    }
    for (Path lost : found.remains()) {
      broken.add(new Broken(Place.path(folder, lost), RunFolder.lost(lost)));
    }
    last = new Now(runs, broken, shown, exampleMissing);
    return last;
  }

  /**
   * @return why the recorded example cannot be shown; "": it is
   */
  private String showExample() {
    try {
      example = recorded.folder();
      return "";
    } catch (RefrainException e) {
      return String.valueOf(e.getMessage());
    }
  }

  boolean isExample(Path run) {
    return example != null && run.startsWith(example);
  }

  private String path(Path run) {
    return example != null && isExample(run)
        ? EXAMPLE + Place.path(example, run)
        : Place.path(folder, run);
  }

  /** None while the folder is not there: the first run makes it. */
  private Catalog.Places places() {
    return Files.isDirectory(folder) && !Models.isModel(folder)
        ? Catalog.places(folder)
        : new Catalog.Places(List.of(), List.of());
  }

  /** Each study is read again only where its file or the list of runs changed. */
  private Map<Path, StudyUse> studies(List<Path> runs) {
    Set<Path> files = new TreeSet<>();
    for (Path run : runs) {
      Path parent = run.toAbsolutePath().normalize().getParent();
      if (parent != null) {
        files.add(parent.resolveSibling("study.json"));
      }
    }
    String signature =
        runs + files.stream().map(file -> file + Place.stamp(file)).collect(Collectors.joining());
    if (!signature.equals(studiesOf)) {
      studies = StudyUse.ofRuns(runs);
      studiesOf = signature;
    }
    return studies;
  }

  private Kept kept(Path run, @Nullable StudyUse use) {
    String signature = Place.signature(run, use);
    Kept known = kept.get(run);
    if (known != null && known.signature.equals(signature)) {
      return known;
    }
    Kept now = new Kept(signature, read(run, use));
    kept.put(run, now);
    return now;
  }

  private Object read(Path run, @Nullable StudyUse use) {
    String path = path(run);
    try {
      Inside.check(run);
      RunFolder at = RunFolder.at(run);
      RunSpec spec = Trainer.spec(at);
      return new Place(
          Place.id(path),
          path,
          at,
          RunRow.of(at, use),
          spec,
          use,
          Layout.of(spec.model()).length(),
          isExample(run));
    } catch (RefrainException e) {
      return new Broken(path, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return new Broken(
          path, run + ": cannot be read (" + e + "); move the folder away, or put it back");
    }
  }

  /**
   * The run of that id.
   *
   * @throws HttpFault 404 where there is none, 410 where it is there no longer
   * @throws RefrainException where it cannot be read
   */
  Place run(String id) {
    Place known = last.runs.get(id);
    if (known != null && RunFolder.isRun(known.folder().path())) {
      return known;
    }
    Place found = now().runs.get(id);
    if (found != null) {
      return found;
    }
    for (Broken each : last.broken) {
      if (Place.id(each.path()).equals(id)) {
        throw RefrainException.badFile(each.message());
      }
    }
    String before = seen.get(id);
    if (before != null) {
      throw new HttpFault(
          410, "%s: this run is there no longer; the list of runs has those that are", before);
    }
    throw new HttpFault(
        404, "%s: no run has this id; the list of runs has those that there are", id);
  }

  /** The same without a look at the disk. */
  Place known(String id) {
    Place known = last.runs.get(id);
    if (known == null) {
      throw new HttpFault(404, "%s: no run has this id", id);
    }
    return known;
  }

  /** The same, with its row as it is now. */
  Place runNow(String id) {
    now();
    return run(id);
  }

  /** Runs that other processes train, as far as they were listed. */
  List<Place> running() {
    return last.runs.values().stream()
        .filter(place -> place.row().state() == RunRow.State.RUNNING)
        .filter(place -> place.folder().writer().isPresent())
        .toList();
  }

  /** Changes whenever a run comes or goes, or how it stands; reads no run. */
  String pulse() {
    Catalog.Places found = places();
    return found.remains()
        + found.runs().stream()
            .map(run -> run + " " + Place.state(run))
            .collect(Collectors.joining("\n"));
  }
}
