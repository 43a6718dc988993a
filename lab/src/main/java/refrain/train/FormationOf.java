package refrain.train;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import refrain.base.RefrainException;
import refrain.intervene.Moment;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks up the steps that a configuration names by another run: {@code until: {formationOf: RUN}}.
 * The step that is found stands beside the run's name from then on; what that run does later
 * changes nothing.
 */
final class FormationOf {
  private FormationOf() {}

  /**
   * A configuration with its steps.
   *
   * @param place the source of each path
   * @param faults to which those runs are added that are missing or have no heads
   */
  static JsonNode resolve(JsonNode spec, UnaryOperator<String> place, List<String> faults) {
    JsonNode resolved = spec.deepCopy();
    int index = 0;
    for (JsonNode intervention : resolved.path("interventions")) {
      for (String name : List.of("from", "until")) {
        if (intervention.get(name) instanceof ObjectNode moment
            && moment.has(Moment.FORMATION_OF)
            && !moment.has(Moment.STEP)) {
          String path = "interventions[" + index + "]." + name;
          String run = moment.path(Moment.FORMATION_OF).asString("");
          try {
            int step = step(run);
            ((ObjectNode) intervention)
                .set(name, Json.object().put(Moment.STEP, step).put(Moment.FORMATION_OF, run));
          } catch (RefrainException e) {
            faults.add(place.apply(path) + ": " + path + ": " + e.getMessage());
          }
        }
      }
      index++;
    }
    return resolved;
  }

  private static int step(String ref) {
    RunFolder run;
    try {
      run = RunFolder.at(Path.of(ref));
    } catch (InvalidPathException e) {
      throw RefrainException.badInput("'" + ref + "' is not the path of a run", e);
    }
    List<MetricsRow> probes = run.metrics().having(Metrics.PREFIX_MATCHING);
    MetricsRow formed = Formation.DEFAULT.at(probes);
    if (formed == null) {
      throw RefrainException.badInput(
          "%s: no heads have formed in its %s steps; train it further, name a run in which they did,"
              + " or give the step as a number",
          ref, probes.isEmpty() ? "none" : probes.getLast().step());
    }
    return (int) formed.step();
  }
}
