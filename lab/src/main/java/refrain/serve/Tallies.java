package refrain.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
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
  static final String REPORT = "report.json";
  private static final long MOST_BYTES = 64L << 20;

  private final Stamped<Optional<JsonNode>> tallies = new Stamped<>(Tallies::read);

  /** A list of {kind, claims, and a number a ruling}; null: there is no report that can be read. */
  @Nullable JsonNode of(Path study) {
    return tallies.of(study.resolve(REPORT)).orElse(null);
  }

  private static Optional<JsonNode> read(Path file) {
    return report(file)
        .map(report -> report.path("tallies"))
        .filter(JsonNode::isArray)
        .map(Tallies::numbers);
  }

  /** A report; none where there is none, or it is being written. */
  static Optional<JsonNode> report(Path file) {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= MOST_BYTES
          ? Optional.of(Json.readFile(file))
          : Optional.empty();
    } catch (IOException | RefrainException e) {
      return Optional.empty();
    }
  }

  private static JsonNode numbers(JsonNode all) {
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
