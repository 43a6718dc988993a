package refrain.serve;

import java.util.List;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import refrain.train.PhaseWatch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the watch of a run told, for marks on its curves. */
final class Watched {
  private static final List<String> WORDS = List.of("kind", "metric", "action", "says");
  private static final List<String> NUMBERS =
      List.of("step", "tau", "low", "high", "evidence", "threshold", "expectedDelay", "leastDelay");

  /** The newest, of a book that anybody may have written. */
  private static final int MOST = 500;

  private static final int LONGEST = 1000;

  private final Runs runs;

  Watched(Runs runs) {
    this.runs = runs;
  }

  /** Its events in the order in which they were told; none where the run is not watched. */
  Reply events(Request request) {
    request.only();
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("events");
    List<JsonNode> told = PhaseWatch.told(runs.place(request).folder());
    for (JsonNode event : told.subList(Math.max(0, told.size() - MOST), told.size())) {
      if (event.path("step").isNumber() && event.path("kind").isString()) {
        ObjectNode object = list.addObject();
        WORDS.forEach(name -> object.put(name, cut(event.path(name).asString(""))));
        NUMBERS.stream()
            .filter(name -> event.path(name).isNumber())
            .forEach(name -> object.set(name, event.path(name)));
      }
    }
    return Reply.json(answer);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ...";
  }
}
