package refrain.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import refrain.analysis.OnDisk;
import refrain.base.RefrainException;
import refrain.model.ModelSpec;
import refrain.pretrained.Found;
import refrain.pretrained.ModelOnDisk;
import refrain.serve.http.HttpFault;
import refrain.store.RunFolder;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pretrained models in the folder that is served, or the one that it is. Requests name one by
 * the hash of its path. A model's head is read again where a file of it changed.
 */
final class Models {
  private sealed interface Read {}

  private record Failed(Listing.Broken why) implements Read {}

  /**
   * One of them.
   *
   * @param id by which requests name it
   * @param path from the folder that is served; "." where it is that
   * @param name what people call it
   * @param place where it lies
   * @param signature changes whenever a file of it does
   */
  record Model(
      String id,
      String path,
      String name,
      Path place,
      String signature,
      Found found,
      ModelSpec spec,
      long weights)
      implements Read {
    /** As lists show it. */
    ObjectNode row(ObjectNode object) {
      return object
          .put("id", id)
          .put("path", path)
          .put("model", true)
          .put("name", name)
          .put("architecture", found.architecture())
          .put("format", found.format())
          .put("step", 0)
          .put("steps", 0)
          .put("state", "done")
          .put("layers", spec.nLayers())
          .put("heads", spec.nHeads())
          .put("context", Math.min(spec.nCtx(), OnDisk.MOST_POSITIONS))
          .put("vocab", spec.dVocab())
          .put("params", weights);
    }
  }

  /**
   * What is there.
   *
   * @param models by their ids
   * @param broken what looks like a model and cannot be opened
   */
  record Now(Map<String, Model> models, List<Listing.Broken> broken) {}

  private final Path folder;
  private final Stamped<Read> read = new Stamped<>(Models::signature, this::open);
  private volatile Map<String, Model> last = Map.of();
  private volatile boolean looked;

  /**
   * @param folder that holds models or is one, or the file that is one
   */
  Models(Path folder) {
    this.folder = folder;
  }

  /** Whether the folder that is served is a model itself, or a model's file. */
  static boolean isModel(Path folder) {
    return !RunFolder.isRun(folder)
        && (Files.isRegularFile(folder)
            || Files.isRegularFile(folder.resolve("config.json"))
            || Files.isDirectory(folder.resolve("snapshots")))
        && ModelOnDisk.isModel(folder);
  }

  /** What is there now. */
  synchronized Now now() {
    Map<String, Model> models = new LinkedHashMap<>();
    List<Listing.Broken> broken = new ArrayList<>();
    for (Path place : places()) {
      switch (read.of(place)) {
        case Model model -> models.put(model.id(), model);
        case Failed failed -> broken.add(failed.why);
      }
    }
    last = models;
    looked = true;
    return new Now(models, broken);
  }

  private List<Path> places() {
    if (isModel(folder)) {
      return List.of(folder);
    }
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !RunFolder.isRun(entry) && ModelOnDisk.isModel(entry))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw RefrainException.badFile(folder + ": cannot be listed: " + e, e);
    }
  }

  private Read open(Path place, String signature) {
    String path = Place.path(folder, place);
    try (ModelOnDisk model = ModelOnDisk.open(place)) {
      return new Model(
          Place.id("model " + path),
          path,
          ModelOnDisk.name(place),
          place,
          signature,
          model.found(),
          model.spec(),
          model.weights());
    } catch (RefrainException e) {
      return new Failed(new Listing.Broken(path, String.valueOf(e.getMessage())));
    }
  }

  private static String signature(Path place) {
    if (Files.isRegularFile(place)) {
      return Place.stamp(place);
    }
    try (Stream<Path> files = Files.walk(place, 4)) {
      return files.sorted().map(file -> file + Place.stamp(file)).collect(Collectors.joining());
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether an id is one of a model. */
  boolean has(String id) {
    return known().containsKey(id);
  }

  /** Whether there is one. */
  boolean any() {
    return !known().isEmpty();
  }

  /** As it was when somebody looked last. */
  private Map<String, Model> known() {
    return looked ? last : now().models();
  }

  /**
   * The model of that id.
   *
   * @throws HttpFault 410 where it is there no longer
   */
  Model model(String id) {
    Model known = last.get(id);
    if (known == null || !Files.exists(known.place())) {
      throw new HttpFault(410, "%s: this model is there no longer", id);
    }
    return known;
  }
}
