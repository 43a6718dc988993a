package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.OnDisk;
import refrain.analysis.explore.Continuation;
import refrain.analysis.explore.Explored;
import refrain.analysis.explore.Watch;
import refrain.analysis.measure.Match;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.data.TokenNames;
import refrain.model.HeadId;
import refrain.pretrained.ModelOnDisk;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is asked of a model on disk, under the addresses of runs: it is at step 0 whatever is asked.
 * The model that was asked of last is in memory, no other.
 */
final class ModelAnswers {
  private static final long KEPT_BYTES = 32L << 20;
  private static final int REPEATED = 10;

  private final Models models;
  private final Desk desk;
  private final Consumer<Throwable> defects;
  private final Recent<String, byte[]> answers =
      new Recent<>(KEPT_BYTES, body -> body.length, body -> {});
  private @Nullable Opened opened;

  /** The signature of the model whose heads have verdicts; "" while none has. */
  private volatile String verdictsOf = "";

  ModelAnswers(Models models, Desk desk, Consumer<Throwable> defects) {
    this.models = models;
    this.desk = desk;
    this.defects = defects;
  }

  private record Opened(Models.Model model, OnDisk disk, Explored explored, TokenNames names) {}

  /** An answer of a model where the id is one's, else that of a run. */
  Function<Request, Reply> or(Function<Request, Reply> model, Function<Request, Reply> run) {
    return request -> (models.has(request.named("id")) ? model : run).apply(request);
  }

  /** What there is of runs alone. */
  Reply none(Request request) {
    throw new HttpFault(
        404,
        "%s is a model on disk, with one state and no record of its training: this is there for"
            + " runs alone",
        models.model(request.named("id")).name());
  }

  /** For a thread of the desk. The weights of another model are let go of before. */
  private synchronized Opened open(Models.Model model) {
    Opened known = opened;
    if (known != null && known.model.equals(model)) {
      return known;
    }
    opened = null;
    verdictsOf = "";
    try (ModelOnDisk file = ModelOnDisk.open(model.place())) {
      OnDisk disk = OnDisk.of(file, model.name(), 1);
      known = new Opened(model, disk, Explored.of(disk), disk.tokenNames());
    }
    opened = known;
    return known;
  }

  private <T> Desk.Job<T> ask(
      Desk.Lane lane, Models.Model model, Desk.Caller caller, BiFunction<Opened, Watch, T> work) {
    return desk.ask(lane, caller, watch -> work.apply(open(model), watch));
  }

  /** The same of an answer that has no name and may be asked for any number of times. */
  private <T> T now(Models.Model model, BiFunction<Opened, Watch, T> work) {
    return desk.more(Desk.Lane.QUICK, watch -> work.apply(open(model), watch)).await();
  }

  private static String etag(Models.Model model, String question) {
    return Place.hash(Version.refrain() + model.id() + model.signature() + question);
  }

  /** An answer that does not change, given again where it was given before. */
  private Reply kept(
      Desk.Lane lane,
      Request request,
      Models.Model model,
      Desk.Caller caller,
      String question,
      BiFunction<Opened, Watch, ObjectNode> answer) {
    String etag = etag(model, question);
    byte[] body = request.knows(etag) ? new byte[0] : answers.get(etag);
    if (body == null) {
      body =
          ask(
                  lane,
                  model,
                  caller,
                  (at, watch) -> answer.apply(at, watch).toString().getBytes(UTF_8))
              .await();
      answers.put(etag, body);
    }
    return new Reply.Whole(200, Reply.JSON, body, etag);
  }

  private Models.Model model(Request request, Question question) {
    Models.Model model = models.model(request.named("id"));
    RefrainException.require(
        question.step() == 0,
        "%s: has no step %s; a model on disk has one state, step 0",
        model.path(),
        question.step());
    return model;
  }

  /** What it is, and what its tokens are called. */
  Reply model(Request request) {
    request.only();
    Models.Model model = models.model(request.named("id"));
    ObjectNode answer = model.row(Json.object());
    answer.putObject("spec").set("model", Json.tree(model.spec()));
    answer.putArray("checkpoints").add(0L);
    List.of("measures", "curves", "headKeys", "lossKeys", "interventions")
        .forEach(answer::putArray);
    answer.putNull("window").putObject("dates");
    answer.put("sentence", sentence(model)).put("isText", true);
    ArrayNode examples = answer.putArray("examples");
    ArrayNode names = answer.putArray("tokenNames");
    return now(
        model,
        (at, watch) -> {
          for (ModelExamples.Example each : examples(at)) {
            ObjectNode example = examples.addObject().put("name", each.name());
            example.put("says", each.says()).put("text", each.text());
          }
          IntStream.range(0, at.names.vocab()).mapToObj(at.names::name).forEach(names::add);
          return Reply.json(answer);
        });
  }

  private static String sentence(Models.Model model) {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "%s is a model on disk (%s, %s): %s layers of %s heads, %s million weights"
            .formatted(
                model.name(),
                model.found().architecture(),
                model.found().format(),
                Integer.toString(model.spec().nLayers()),
                Integer.toString(model.spec().nHeads()),
                Long.toString(Math.round(model.weights() / 1e6))));
    sentences.addAll(model.found().notes());
    return String.join(". ", sentences) + ".";
  }

  /** Those that fit; at least one, which is cut where none does. */
  private static List<ModelExamples.Example> examples(Opened at) {
    List<ModelExamples.Example> fit =
        ModelExamples.ALL.stream().filter(each -> fits(at, each.text())).toList();
    return fit.isEmpty() ? List.of(cut(at, ModelExamples.ALL.getFirst())) : fit;
  }

  private static boolean fits(Opened at, String text) {
    return at.disk.tokensOf(text.getBytes(UTF_8)).length <= at.disk.context();
  }

  private static ModelExamples.Example cut(Opened at, ModelExamples.Example example) {
    String text = example.text();
    while (text.length() > 2 && !fits(at, text)) {
      text = text.substring(0, text.length() - 1);
    }
    return new ModelExamples.Example(example.name(), example.says(), text, "");
  }

  /** A sentence of the examples, repeated random tokens, or what somebody typed. */
  Reply text(Request request) {
    request.only("kind", "n", "typed");
    Models.Model model = models.model(request.named("id"));
    return now(
        model,
        (at, watch) -> {
          ObjectNode answer = Json.object();
          int[] tokens;
          if (request.text("typed").isPresent()) {
            tokens = at.disk.tokens(request.need("typed"));
            answer.put("kind", "typed").put("n", 0).put("of", 1);
          } else {
            String kind = request.text("kind").orElse("evaluation");
            int n = (int) request.whole("n", 0, 0, Integer.MAX_VALUE);
            List<int[]> all = sequences(at, request.path(), kind);
            RefrainException.require(
                n < all.size(), "n is %s, expected 0 to %s", n, all.size() - 1);
            tokens = all.get(n);
            answer.put("kind", kind).put("n", n).put("of", all.size());
            if (kind.equals("evaluation")) {
              String prompt = examples(at).get(n).prompt();
              answer.put("position", Math.min(tokens.length, at.disk.tokens(prompt).length) - 1);
            }
          }
          ArrayNode ids = answer.putArray("tokens");
          Arrays.stream(tokens).forEach(ids::add);
          ArrayNode names = answer.putArray("names");
          Arrays.stream(tokens).mapToObj(at.names::name).forEach(names::add);
          return Reply.json(answer);
        });
  }

  /** What stands for sequences of an evaluation set are the examples. */
  private static List<int[]> sequences(Opened at, String where, String kind) {
    return switch (kind) {
      case "evaluation" -> examples(at).stream().map(each -> at.disk.tokens(each.text())).toList();
      case "repeated" ->
          Arrays.stream(at.disk.repeated(REPEATED).batch().tokens())
              .map(tokens -> Arrays.copyOf(tokens, tokens.length - 1))
              .toList();
      default ->
          throw RefrainException.badInput(
              "%s: kind is '%s', expected evaluation or repeated", where, kind);
    };
  }

  /** One frame: where all heads look in a text. */
  Reply film(Request request) {
    request.only();
    Models.Model model = models.model(request.named("id"));
    ObjectNode body = Question.body(request, "film");
    Films.Asked asked = Json.read(body, Films.Asked.class, "film");
    HeadId head = asked.head() == null ? null : HeadId.parse(asked.head());
    String etag = etag(model, "film" + Json.canonical(body));
    desk.admit("film");
    return new Reply.Chunked(
        Reply.BINARY, etag, out -> out.write(now(model, (at, watch) -> frame(at, asked, head))));
  }

  private static byte[] frame(Opened at, Films.Asked asked, @Nullable HeadId head) {
    int[] tokens = tokens(at, asked.text());
    Film film = Film.of(at.disk.model(), tokens.length, head, asked.weighted());
    byte[] begins = film.begins(film.flags(), 0);
    float[] unknown = film.unknown();
    byte[] frame =
        film.with(
            unknown,
            film.frame(at.disk.state(0), new int[][] {Arrays.copyOf(tokens, tokens.length + 1)}));
    byte[] ends = film.ends(unknown, film.flags());
    return new Binary(begins.length + frame.length + ends.length)
        .u8(begins)
        .u8(frame)
        .u8(ends)
        .bytes();
  }

  private static int[] tokens(Opened at, Films.Asked.Text text) {
    List<Integer> own = text.tokens();
    if (own == null) {
      List<int[]> all = sequences(at, "film", text.kind() == null ? "" : text.kind());
      RefrainException.require(
          text.n() >= 0 && text.n() < all.size(),
          "film: n is %s, expected 0 to %s",
          text.n(),
          all.size() - 1);
      return all.get(text.n());
    }
    RefrainException.require(
        !own.isEmpty() && own.size() <= at.disk.context(),
        "film: there are %s tokens, expected 1 to %s",
        own.size(),
        at.disk.context());
    int vocab = at.disk.model().dVocab();
    for (int token : own) {
      RefrainException.require(
          token >= 0 && token < vocab, "film: %s is no token, expected 0 to %s", token, vocab - 1);
    }
    return own.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A text as the model is and under interventions. */
  Reply pass(Request request) {
    request.only();
    Question question = Question.ofBody(request, "pass");
    Models.Model model = model(request, question);
    boolean told = verdictsOf.equals(model.signature()); // of the heads of the placebo
    return kept(
        Desk.Lane.QUICK,
        request,
        model,
        question.caller(),
        "pass" + told + Json.canonical(question.rest()),
        (at, watch) -> {
          if (question.rest().path("text").has("n")) {
            Films.Asked.Text text =
                Json.read(question.rest().path("text"), Films.Asked.Text.class, "pass: text");
            ArrayNode tokens = question.rest().putObject("text").putArray("tokens");
            Arrays.stream(tokens(at, text)).forEach(tokens::add);
          }
          return AskedPass.of(question, at.disk.model()).answer(at.explored, watch);
        });
  }

  /** Which heads match prefixes: nodes as the circuit of a run has them, and no edges. */
  Reply verdicts(Request request) {
    request.only("step", "most", "for");
    Question question = Question.ofQuery(request);
    Models.Model model = model(request, question);
    return kept(
        Desk.Lane.LONG,
        request,
        model,
        question.caller(),
        "verdicts",
        (at, watch) -> {
          Map<HeadId, Match> matches = at.explored.matches(watch);
          verdictsOf = model.signature();
          ObjectNode answer = Json.object();
          ArrayNode nodes = answer.putArray("nodes");
          matches.forEach((head, match) -> {
            ObjectNode node = nodes.addObject().put("name", head.toString()).put("kind", "HEAD");
            node.put("layer", head.layer()).put("head", head.head());
            node.putObject("scores").set("pm", Json.finite(match.score()));
            node.set("match", Json.finite(match));
          });
          answer.putArray("edges");
          return answer;
        });
  }

  /** What the model goes on with, told token by token. */
  Reply generate(Request request) {
    request.only();
    Question question = Question.ofBody(request, "generate");
    Models.Model model = model(request, question);
    Continuation.Asked asked = Causes.continuation(question);
    desk.admit(question.where());
    return Lines.reply(
        lines ->
            ask(
                Desk.Lane.LONG,
                model,
                question.caller(),
                (at, watch) -> {
                  Causes.tell(at.explored.continuation(asked, watch), lines, watch);
                  return Replays.done(at.explored.state());
                }),
        defects);
  }
}
