package refrain.serve;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import refrain.base.RefrainException;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The numbers and the sequences of one run. */
final class Runs {
  private static final long LOG_BYTES = 128L << 20;
  private static final int OPEN = 3;
  private static final int KEYS = 1000;

  private final Listing listing;
  private final Recent<String, RunLog> logs = new Recent<>(LOG_BYTES, RunLog::bytes, log -> {});
  private final Recent<String, OpenRun> open = new Recent<>(OPEN, run -> 1, OpenRun::close);

  Runs(Listing listing) {
    this.listing = listing;
  }

  /** The run that a request names. */
  Place place(Request request) {
    Place place = listing.run(request.named("id"));
    Inside.check(place.folder().path());
    return place;
  }

  /** Another run may have taken the same place meanwhile. */
  static String key(Place place) {
    return place.path() + " " + Place.stamp(place.folder().path().resolve("run.json"));
  }

  OpenRun open(Place place) {
    return open.get(key(place), () -> new OpenRun(place.folder(), place.spec()));
  }

  RunLog log(Place place) {
    String key = place.path();
    return logs.get(key, () -> new RunLog(place.folder()));
  }

  /** Columns of numbers; a run that lacks one has NaN in it. */
  Reply series(Request request) {
    request.only("keys", "from");
    request.need("keys");
    List<String> keys = request.words("keys");
    RefrainException.require(
        keys.size() <= KEYS, "keys: there are %s, expected at most %s", keys.size(), KEYS);
    long from = request.whole("from", 0, 0, Integer.MAX_VALUE);
    return Reply.binary(log(place(request)).series(keys, from));
  }

  /** A measure of each head. */
  Reply heads(Request request) {
    request.only("key");
    String key = request.need("key");
    Place place = place(request);
    RunLog log = log(place);
    if (!log.ofHeads().contains(key)) {
      throw RefrainException.badInput(
          "%s: no measure '%s' of each head; there are %s",
          request.path(), key, String.join(", ", log.ofHeads()));
    }
    return Reply.binary(
        log.heads(key, place.spec().model().nLayers(), place.spec().model().nHeads()));
  }

  /** The loss by token index. */
  Reply index(Request request) {
    request.only();
    return Reply.binary(log(place(request)).index());
  }

  /** A sequence, by kind and number or as somebody typed it. */
  Reply text(Request request) {
    request.only("kind", "n", "typed");
    OpenRun run = open(place(request));
    ObjectNode answer = Json.object();
    int[] tokens;
    if (request.text("typed").isPresent()) {
      RefrainException.require(
          request.text("kind").isEmpty() && request.text("n").isEmpty(),
          "%s: typed stands beside kind or n, expected one of the two",
          request.path());
      tokens = run.names().parse(request.need("typed"));
      run.check(tokens);
      answer.put("kind", "typed").put("n", 0).put("of", 1);
    } else {
      OpenRun.Kind kind = kind(request.path(), request.text("kind").orElse("evaluation"));
      long n = request.whole("n", 0, 0, Integer.MAX_VALUE);
      tokens = run.sequence(kind, n);
      answer.put("kind", word(kind)).put("n", n).put("of", run.sequences(kind).length);
    }
    ArrayNode ids = answer.putArray("tokens");
    Arrays.stream(tokens).forEach(ids::add);
    ArrayNode names = answer.putArray("names");
    run.namesOf(tokens).forEach(names::add);
    return Reply.json(answer);
  }

  private static String word(OpenRun.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** A kind of sequence by its name. */
  static OpenRun.Kind kind(String where, String word) {
    return Arrays.stream(OpenRun.Kind.values())
        .filter(kind -> word(kind).equals(word))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: kind is '%s', expected %s",
                where,
                word,
                Arrays.stream(OpenRun.Kind.values())
                    .map(Runs::word)
                    .collect(Collectors.joining(" or "))));
  }
}
