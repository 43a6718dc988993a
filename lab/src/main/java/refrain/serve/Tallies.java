package refrain.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How many claims of a study came out in which way, as the report beside its runs has it. Judging
 * them takes seconds, so nothing is judged here.
 */
final class Tallies {
  private static final String REPORT = "report.json";
  private static final long MOST_BYTES = 64L << 20;

  private record Kept(String stamp, @Nullable JsonNode tallies) {}

  private final Map<Path, Kept> kept = new ConcurrentHashMap<>();

  /** A list of {kind, claims, and a number a ruling}; null: there is no report that can be read. */
  @Nullable JsonNode of(Path study) {
    Path report = study.resolve(REPORT);
    String stamp = Place.stamp(report);
    Kept known = kept.get(study);
    if (known == null || !known.stamp.equals(stamp)) {
      known = new Kept(stamp, read(report));
      kept.put(study, known);
    }
    return known.tallies;
  }

  private static @Nullable JsonNode read(Path report) {
    try {
      if (!Files.isRegularFile(report, LinkOption.NOFOLLOW_LINKS)
          || Files.size(report) > MOST_BYTES) {
        return null;
      }
      JsonNode all = Json.readFile(report).path("tallies");
      return all.isArray() ? numbers(all) : null;
    } catch (IOException | RefrainException e) {
      return null; // it is being written, or no report
    }
  }

  private static ArrayNode numbers(JsonNode all) {
    ArrayNode tallies = Json.object().arrayNode();
    for (JsonNode each : all) {
      ObjectNode tally = tallies.addObject().put("kind", each.path("kind").asString(""));
      each.properties().stream()
          .filter(field -> field.getValue().isInt())
          .forEach(field -> tally.put(field.getKey(), field.getValue().asInt()));
    }
    return tallies;
  }
}
