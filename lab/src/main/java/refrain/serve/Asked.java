package refrain.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.data.CodeText;
import refrain.data.EnglishText;
import refrain.data.TextFiles;
import refrain.store.Written;
import refrain.train.Inheritance;
import refrain.train.Overrides;
import refrain.train.Presets;
import refrain.train.RunSpec;
import tools.jackson.databind.JsonNode;

/**
 * A run that somebody asks for on the page. It is put together and checked as the command line
 * does, and handed to it as its own options.
 *
 * @param preset where it starts; null: from a run
 * @param from the run and the step that it goes on from; null: it begins anew
 * @param set settings over it, by their paths, as YAML values
 * @param seed of start and batches; null: as configured
 * @param name of its folder; null: its identifier
 * @param threads null: as many as there are cores
 */
record Asked(
    @Default("null") @Nullable String preset,
    @Default("null") @Nullable From from,
    @Default("{}") Map<String, String> set,
    @Default("null") @Nullable Integer seed,
    @Default("null") @Nullable String name,
    @Default("null") @Nullable Integer threads) {

  /** A run by its id, after a step. */
  record From(String run, long step) {}

  private static final Pattern PATH =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int MOST_THREADS = 1024;

  /** Where a value names a file or a folder. */
  private static final Set<String> PLACES = Set.of("path", "tokenizer", "ref", "formationOf");

  Asked {
    set = new LinkedHashMap<>(set);
    RefrainException.require(
        (preset == null) != (from == null), "a run starts from a preset or from a run: give one");
    if (name != null) {
      RefrainException.require(
          NAME.matcher(name).matches(),
          "name: is '%s', expected letters, digits, '.', '-' and '_', at most 64, a letter or digit"
              + " first",
          name);
    }
    if (seed != null) {
      RefrainException.require(
          set.keySet().stream().noneMatch(path -> path.startsWith("seeds")),
          "seed: says seeds.init and seeds.data; leave them out beside it");
    }
    if (threads != null) {
      RefrainException.require(
          threads >= 1 && threads <= MOST_THREADS,
          "threads: is %s, expected 1 to %s",
          threads,
          MOST_THREADS);
    }
  }

  /** What is wrong, in one text as the command line says it, and by the fields that it is of. */
  static final class Faults extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> fields;

    private Faults(String message, Map<String, String> fields) {
      super(message);
      this.fields = fields;
    }

    Map<String, String> fields() {
      return fields;
    }
  }

  /**
   * The run, checked; nothing is written.
   *
   * @param served the folder that paths may lie in
   * @throws Faults that says all that is wrong
   */
  RunSpec spec(Listing listing, Path served) {
    set.forEach((path, value) -> guard(path, value, served));
    RunSpec base = base(listing);
    try {
      return resolve(base, set, listing);
    } catch (RefrainException e) {
      throw faults(base, listing, e);
    }
  }

  private RunSpec base(Listing listing) {
    return from == null
        ? Presets.get(String.valueOf(preset))
        : Inheritance.base(listing.run(from.run).folder());
  }

  private RunSpec resolve(RunSpec base, Map<String, String> settings, Listing listing) {
    Overrides overrides = Overrides.of(base);
    settings.forEach((path, value) -> overrides.set(path + "=" + value));
    if (seed != null) {
      overrides.seed(seed);
    }
    RunSpec spec = overrides.resolve("configuration");
    if (from != null) {
      spec = Inheritance.fork(listing.run(from.run).folder(), from.step, spec);
    }
    boolean readsText =
        spec.data() instanceof TextFiles
            || spec.data() instanceof CodeText
            || spec.data() instanceof EnglishText;
    if (!readsText) {
      spec.openData(); // text takes long to read: the run's own process says what is wrong with it
    }
    return spec;
  }

  /**
   * Which field each fault is of: the one that makes it alone, or whose name the fault begins with.
   */
  private Faults faults(RunSpec base, Listing listing, RefrainException all) {
    Map<String, String> fields = new LinkedHashMap<>();
    List<String> lines = String.valueOf(all.getMessage()).lines().map(Asked::plain).toList();
    String always = alone(base, Map.of(), listing); // as where the run never was at that step
    set.forEach((path, value) -> {
      String own = alone(base, Map.of(path, value), listing);
      if (!own.equals(always) && lines.stream().anyMatch(own::contains)) {
        fields.put(path, own);
      }
    });
    for (String line : lines) {
      set.keySet().stream()
          .filter(path -> !fields.containsValue(line))
          .filter(path -> line.matches(".*\\b" + path.replaceFirst(".*\\.", "") + " is .*"))
          .findFirst()
          .ifPresent(path -> fields.putIfAbsent(path, line));
    }
    return new Faults(String.join("\n", lines), fields);
  }

  /** What is wrong with some settings by themselves; "": nothing. */
  private String alone(RunSpec base, Map<String, String> settings, Listing listing) {
    try {
      resolve(base, settings, listing);
      return "";
    } catch (RefrainException e) {
      return plain(String.valueOf(e.getMessage()));
    }
  }

  /** Without the place, which is the field itself. */
  private static String plain(String line) {
    return line.replaceFirst("^--set [A-Za-z0-9.]+=.*?: (?=\\S)", "")
        .replaceFirst("^configuration: ", "");
  }

  private static void guard(String path, String value, Path served) {
    RefrainException.require(
        PATH.matcher(path).matches(),
        "%s: is no field of a run, expected such as model.nLayers",
        path);
    if (path.equals("parent") || path.startsWith("parent.")) {
      throw fault(path, "parent: is set by a fork: ask for one from a run at a step");
    }
    JsonNode tree;
    try {
      tree = Written.value(value, path).tree();
    } catch (RefrainException e) {
      return; // said where the whole is checked
    }
    guard(path, path.replaceFirst(".*\\.", ""), tree, served);
  }

  private static void guard(String path, String key, JsonNode node, Path served) {
    if (node.isString() && PLACES.contains(key) && !isInside(node.asString(), served)) {
      throw fault(
          path,
          "%s: '%s' is no place in the folder that is served; what lies elsewhere is for the command line"
              .formatted(path, node.asString()));
    }
    node.forEachEntry((name, inner) -> guard(path, name, inner, served));
    if (node.isArray()) {
      node.forEach(inner -> guard(path, key, inner, served));
    }
  }

  private static boolean isInside(String place, Path served) {
    try {
      return Path.of(place).toRealPath().startsWith(served.toRealPath());
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static Faults fault(String path, String message) {
    return new Faults(message, Map.of(path, message));
  }

  /** The folder for the run; one that is there holds the same run. */
  Path place(RunSpec spec, Path served, refrain.train.Runs runs) {
    if (name == null) {
      return runs.place(spec);
    }
    Path place = served.resolve(name);
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw fault("name", "name: '%s' is there already, expected a new one".formatted(name));
    }
    return place;
  }

  /** The command line that trains it. */
  List<String> arguments(Listing listing, Path folder) {
    List<String> line = new ArrayList<>(List.of("train"));
    if (from == null) {
      line.addAll(List.of("--preset", String.valueOf(preset)));
    } else {
      Path parent = listing.run(from.run).folder().path().toAbsolutePath().normalize();
      line.addAll(List.of("--from", parent + "@" + from.step));
    }
    set.forEach((path, value) -> line.addAll(List.of("--set", path + "=" + value)));
    if (seed != null) {
      line.addAll(List.of("--seed", seed.toString()));
    }
    line.addAll(List.of("--out", folder.toAbsolutePath().normalize().toString()));
    line.addAll(Control.threads(threads));
    return line;
  }
}
