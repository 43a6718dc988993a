package refrain.analysis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Engines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Findings beside their run: {@code analyses/ablation.json}. Each file says which version of the
 * analysis made it, from how many steps and against which control; findings of anything else count
 * as not there. Variants that share a run may compare it with several controls: findings against
 * the second one lie in {@code ablation.CONTROL.json}. What was read from a later measuring of the
 * run ({@link RunFolder#reading}) lies in {@code ablation.READING.json}. With what arithmetic an
 * analysis was made is recorded too, and asked of none: old files do not say it.
 */
public final class AnalysisStore {
  private static final String FOLDER = "analyses";

  private AnalysisStore() {}

  private static Path file(RunFolder run, AnalysisKind kind, String suffix) {
    String reading = run.reading().map(name -> "." + name).orElse("");
    return run.path().resolve(FOLDER).resolve(kind.slug() + reading + suffix + ".json");
  }

  /**
   * What is known of a run; empty where it has to be computed (again).
   *
   * @param control identifier of the run that it is compared with, null: none
   * @throws RefrainException when the file is damaged; the message says which to delete
   */
  public static Optional<Findings> find(
      RunFolder run, AnalysisKind kind, @Nullable String control) {
    JsonNode made = made(run, kind, control);
    Optional<Findings> found = read(file(run, kind, ""), made);
    return found.isPresent() ? found : read(file(run, kind, "." + control), made);
  }

  /** The summary of a run by itself, which is made now where it is not known. */
  public static Findings summary(RunFolder run, int threads) {
    try (Subject subject = new Subject(run, null, threads)) {
      return summary(subject);
    }
  }

  /** The same of a run that is open already. */
  public static Findings summary(Subject run) {
    Optional<Findings> known =
        find(run.folder(), AnalysisKind.SUMMARY, null)
            .filter(f -> !f.lacksOneOf(AnalysisKind.SUMMARY));
    if (known.isPresent()) {
      return known.get();
    }
    Findings found = AnalysisKind.SUMMARY.analysis().of(run);
    keep(run.folder(), AnalysisKind.SUMMARY, null, found);
    return found;
  }

  /**
   * A few numbers of an analysis, for who reads many runs at once: those that were found of the
   * run's last step, against whatever control; NaN: not known.
   */
  public static double[] values(RunFolder run, AnalysisKind kind, long step, String... names) {
    double[] values = new double[names.length];
    Arrays.fill(values, Double.NaN);
    JsonNode tree;
    try {
      tree = Json.readIfThere(file(run.own(), kind, ""), JsonNode.class).orElseGet(Json::object);
    } catch (RefrainException e) {
      return values; // damaged: made again when the study runs
    }
    if (tree.path("made").path("step").asLong(-1) == step) {
      for (int i = 0; i < names.length; i++) {
        values[i] = number(tree.path("values").path(names[i]));
      }
    }
    return values;
  }

  private static Optional<Findings> read(Path file, JsonNode made) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonNode tree =
        RefrainException.reading(
            () -> Json.readFile(file), "delete it, then 'study run' makes it again");
    if (!tree.path("made").equals(made)) {
      return Optional.empty();
    }
    Findings findings = new Findings();
    tree.path("definitions").forEach(d -> findings.known(d.path("key").asString("")));
    try {
      for (String name : tree.path("values").propertyNames()) {
        findings.stored(name, number(tree.path("values").path(name)));
      }
      for (String name : tree.path("series").propertyNames()) {
        JsonNode list = tree.path("series").path(name);
        double[] values = new double[list.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = number(list.get(i));
        }
        findings.stored(name, values);
      }
    } catch (IllegalStateException e) {
      throw RefrainException.badFile(
          "%s: expected findings, found that %s; delete it, then 'study run' makes it again"
              .formatted(file, e.getMessage()),
          e);
    }
    return Optional.of(findings);
  }

  /**
   * Keeps findings, with what their numbers mean.
   *
   * @throws IllegalStateException when the analysis declares none of that name
   */
  public static synchronized void keep(
      RunFolder run, AnalysisKind kind, @Nullable String control, Findings findings) {
    Quantities.check(findings, kind);
    ObjectNode tree = Json.object();
    tree.set("made", made(run, kind, control));
    tree.set("arithmetic", Json.tree(Engines.arithmetic()));
    tree.set("definitions", Json.tree(kind.declared().stream().map(Declared::definition).toList()));
    ObjectNode values = tree.putObject("values");
    findings.values().forEach((name, value) -> values.set(name, Json.finite(value)));
    ObjectNode series = tree.putObject("series");
    findings
        .series()
        .forEach((name, list) -> {
          ArrayNode array = series.putArray(name);
          for (double value : list) {
            array.add(Json.finite(value));
          }
        });
    Path plain = file(run, kind, "");
    boolean taken = ofAnotherControl(plain, made(run, kind, control));
    AtomicFiles.writeString(taken ? file(run, kind, "." + control) : plain, Json.line(tree));
  }

  /** Whether a file holds findings that are as good as these, made against another control. */
  private static boolean ofAnotherControl(Path file, JsonNode made) {
    try {
      JsonNode there = Files.exists(file) ? Json.readFile(file).path("made") : Json.object();
      return there instanceof ObjectNode other
          && other.path("control").isString()
          && !other.equals(made)
          && other.deepCopy().set("control", made.path("control")).equals(made);
    } catch (RefrainException e) {
      return false; // damaged: replaced
    }
  }

  private static JsonNode made(RunFolder run, AnalysisKind kind, @Nullable String control) {
    return Json.parse(
        Json.line(
            Json.object()
                .put("analysis", kind.slug())
                .put("version", kind.analysis().version())
                .put("step", run.outcome().map(o -> o.step()).orElse(-1L))
                .put("control", control)),
        "findings");
  }

  private static double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : Double.NaN;
  }
}
