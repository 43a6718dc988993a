package refrain.serve;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Declared;
import refrain.base.RefrainException;
import refrain.data.TokenNames;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.Outcome;
import refrain.store.RunFolder;
import refrain.train.Metrics;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All that is said of one run but its numbers over time. */
final class RunAnswer {
  private static final String DATE = "date.";

  private final Listing listing;
  private final Runs runs;

  RunAnswer(Listing listing, Runs runs) {
    this.listing = listing;
    this.runs = runs;
  }

  /**
   * When the ICL score changed, as it was dated beside the run; NaN: it was not.
   *
   * @param tau the midpoint, in steps
   * @param low the lower end of its 95 % interval
   * @param high the upper one
   * @param begin a tenth of the change is done
   * @param end nine tenths are
   */
  record Window(double tau, double low, double high, double begin, double end) {
    static Window of(RunFolder run) {
      double[] dates =
          dates(run, "icl.tau", "icl.low", "icl.high", "icl.onset", "icl.end", "icl.exists");
      return dates[5] == 0 // a mere bend
          ? new Window(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN)
          : new Window(dates[0], dates[1], dates[2], dates[3], dates[4]);
    }

    boolean known() {
      return Double.isFinite(tau) && Double.isFinite(begin) && Double.isFinite(end);
    }
  }

  private static double[] dates(RunFolder run, String... names) {
    return AnalysisStore.values(
        run,
        AnalysisKind.DATING,
        run.ended().map(Outcome::step).orElse(-1L),
        Arrays.stream(names).map(name -> DATE + name).toArray(String[]::new));
  }

  Reply run(Request request) {
    request.only();
    Place place = listing.runNow(request.named("id"));
    RunFolder run = place.folder();
    Inside.check(run.path());
    RunLog log = runs.log(place);
    ObjectNode answer = Home.row(Json.object(), place);
    answer.set("spec", run.info().spec());
    answer.set("seeds", Json.tree(run.info().seeds()));
    ArrayNode checkpoints = answer.putArray("checkpoints");
    if (place.spec().anew()) {
      checkpoints.add(0L); // of which the parameters are known without a file
    }
    run.checkpoints().list().stream().mapToLong(Checkpoint::step).forEach(checkpoints::add);
    Set<String> ofHeads = log.ofHeads();
    Set<String> numbers = log.curves();
    ArrayNode measures = answer.putArray("measures");
    Trainer.measures(run.path())
        .ifPresent(all -> all.forEach(each -> measure(measures.addObject(), each, ofHeads)));
    ArrayNode curves = answer.putArray("curves");
    numbers.forEach(curves::add);
    ArrayNode heads = answer.putArray("headKeys");
    ofHeads.forEach(heads::add);
    ArrayNode losses = answer.putArray("lossKeys");
    numbers.stream().filter(RunAnswer::isLoss).forEach(losses::add);
    Window window = Window.of(run);
    answer.set("window", window.known() ? Json.finite(window) : null);
    answer.set("dates", dates(run));
    ArrayNode interventions = answer.putArray("interventions");
    place.spec().interventions().forEach(each -> interventions.add(Json.tree(each)));
    answer.put("sentence", Sentence.of(place, window));
    tokens(answer, place);
    return Reply.json(answer);
  }

  private static void measure(ObjectNode object, JsonNode recorded, Set<String> ofHeads) {
    for (String field : List.of("key", "title", "unit", "formula", "source", "better")) {
      object.put(field, recorded.path(field).asString(""));
    }
    object.put("perHead", ofHeads.contains(recorded.path("key").asString("")));
  }

  /** Nats per token: of training, of the evaluation set, and of what it is compared with. */
  private static boolean isLoss(String key) {
    return key.equals(Metrics.TRAIN_LOSS)
        || key.equals(Metrics.LOSS)
        || (key.startsWith("kl.") && key.endsWith(".loss"));
  }

  /** All dates that were found of the run, without what was not. */
  private static JsonNode dates(RunFolder run) {
    String[] names =
        AnalysisKind.DATING.declared().stream()
            .map(Declared::key)
            .filter(key -> key.startsWith(DATE))
            .map(key -> key.substring(DATE.length()))
            .toArray(String[]::new);
    double[] values = dates(run, names);
    ObjectNode object = Json.object();
    for (int i = 0; i < names.length; i++) {
      if (Double.isFinite(values[i])) {
        object.put(names[i], values[i]);
      }
    }
    return object;
  }

  /** What tokens are called; null where the text is gone that the tokenizer was made of. */
  private void tokens(ObjectNode answer, Place place) {
    TokenNames all;
    try {
      all = runs.open(place).names();
    } catch (RefrainException e) {
      answer.putNull("tokenNames").put("tokenNamesMissing", e.getMessage());
      return;
    }
    ArrayNode words = answer.putArray("tokenNames");
    for (int token = 0; token < all.vocab(); token++) {
      words.add(all.name(token));
    }
    answer.put("isText", all.endOfText().isPresent());
  }
}
