package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import refrain.store.Json;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.sweep.Forecast;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a form for a run is made of: the presets, and every field of a configuration with what its
 * documentation says. The file of fields is written from the records that read configurations.
 */
final class Form {
  private static final String FIELDS = "fields.json";

  private Form() {}

  /**
   * An object with {@code control}, whether runs can be started, {@code folder}, where they go,
   * {@code cores}, {@code first}, the preset to begin with, {@code presets}, a list of {@code
   * {name, parameters, tokens, seconds, spec}} ({@code seconds} on all cores, null while that is
   * measured), and {@code types}, the fields of a specification by the names of their types.
   */
  static ObjectNode of(Speed speed, boolean control, Path folder) {
    ObjectNode answer =
        Json.object()
            .put("control", control)
            .put("folder", folder.toString())
            .put("cores", Speed.CORES)
            .put("first", "r0-2l");
    ArrayNode presets = answer.putArray("presets");
    for (String name : Presets.names()) {
      RunSpec spec = Presets.get(name);
      ObjectNode preset =
          presets
              .addObject()
              .put("name", name)
              .put("parameters", Forecast.parameters(spec))
              .put("tokens", Forecast.tokens(spec));
      preset.set("seconds", Json.finite(speed.seconds(spec, Speed.CORES)));
      preset.set("spec", Json.tree(spec));
    }
    answer.set("types", fields());
    return answer;
  }

  private static JsonNode fields() {
    try (InputStream in = Form.class.getResourceAsStream(FIELDS)) {
      if (in == null) {
        throw new IllegalStateException("the program came without " + FIELDS);
      }
      return Json.parse(new String(in.readAllBytes(), UTF_8), FIELDS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FIELDS, e);
    }
  }
}
