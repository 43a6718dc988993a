package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.analysis.explore.CircuitGraph;
import refrain.analysis.explore.Continuation;
import refrain.analysis.explore.ExactState;
import refrain.analysis.explore.Explored;
import refrain.analysis.explore.HeadTables;
import refrain.analysis.explore.Watch;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What follows from what in a run at a step: a text under interventions beside their placebo, the
 * circuit, a head's tables and the evidence for it, and what the model goes on with.
 */
final class Causes {
  private static final long KEPT_BYTES = 32L << 20;
  private static final int EDGES = 400;
  private static final int MOST_EDGES = 100_000;
  private static final int TOP = 10;
  private static final int MOST_TOP = 1000;

  /** Likeliest tokens beside each that is generated. */
  private static final int MOST_LIKELIEST = 50;

  private final Runs runs;
  private final States states;
  private final Desk desk;
  private final Consumer<Throwable> defects;
  private final Recent<String, byte[]> answers =
      new Recent<>(KEPT_BYTES, body -> body.length, body -> {});

  Causes(Runs runs, States states, Desk desk, Consumer<Throwable> defects) {
    this.runs = runs;
    this.states = states;
    this.desk = desk;
    this.defects = defects;
  }

  /** An answer that does not change, and whether it is known already. */
  private record Known(String etag, byte @Nullable [] body, ExactState state) {
    Reply reply(byte[] whole) {
      return new Reply.Whole(200, Reply.JSON, whole, etag);
    }
  }

  /** Looks whether the state is there and the answer was given before. */
  private Known known(
      Request request,
      Question question,
      Place place,
      Explored at,
      String what,
      @Nullable JsonNode rest) {
    String etag = states.etag(place, at, question.where() + " " + what, rest);
    byte[] body = request.knows(etag) ? new byte[0] : answers.get(etag);
    return new Known(etag, body, at.state());
  }

  private byte[] keep(Known known, ObjectNode answer) {
    answer.set("state", Json.finite(known.state));
    byte[] body = answer.toString().getBytes(UTF_8);
    answers.put(known.etag, body);
    return body;
  }

  /** Answers at once what is quick. */
  private Reply quick(
      Request request,
      Question question,
      String what,
      @Nullable JsonNode rest,
      BiFunction<Explored, Watch, ObjectNode> answer) {
    Place place = states.place(request, question);
    return states
        .ask(
            Desk.Lane.QUICK,
            place,
            question,
            (explorer, watch) -> {
              Explored at = States.ready(explorer, place, question.step(), watch);
              Known known = known(request, question, place, at, what, rest);
              return known.reply(
                  known.body != null ? known.body : keep(known, answer.apply(at, watch)));
            })
        .await();
  }

  /** Asks those who answer quickly for the state and for an answer of before, then computes. */
  private Reply lengthy(
      Request request,
      Question question,
      String what,
      BiFunction<Explored, Watch, ObjectNode> answer) {
    Place place = states.place(request, question);
    Known known =
        states
            .ask(
                Desk.Lane.QUICK,
                place,
                question,
                (explorer, watch) ->
                    known(
                        request,
                        question,
                        place,
                        States.ready(explorer, place, question.step(), watch),
                        what,
                        null))
            .await();
    if (known.body != null) {
      return known.reply(known.body);
    }
    return states
        .ask(
            Desk.Lane.LONG,
            place,
            question,
            (explorer, watch) ->
                known.reply(keep(known, answer.apply(explorer.adopt(known.state), watch))))
        .await();
  }

  /** A text as the model is and under interventions. */
  Reply pass(Request request) {
    request.only();
    Question question = Question.ofBody(request, "pass");
    AskedPass asked = AskedPass.of(question, runs.place(request).spec().model());
    return quick(request, question, "", asked.whole(), asked::answer);
  }

  /** The model as a graph. */
  Reply circuit(Request request) {
    request.only("step", "most", "for");
    int most = (int) request.whole("most", EDGES, 1, MOST_EDGES);
    return lengthy(
        request,
        Question.ofQuery(request),
        "circuit " + most,
        (at, watch) -> {
          CircuitGraph graph = at.circuit(watch);
          return object(graph.strongest(most)).put("all", graph.edges().size());
        });
  }

  /** What a head moves and looks for. */
  Reply tables(Request request) {
    request.only("step", "head", "through", "tokens", "top", "for");
    HeadId head = HeadId.parse(request.need("head"));
    HeadId through = request.text("through").map(HeadId::parse).orElse(null);
    List<Integer> tokens =
        request.words("tokens").stream().map(word -> token(request, word)).toList();
    int top = (int) request.whole("top", TOP, 1, MOST_TOP);
    return quick(
        request,
        Question.ofQuery(request),
        "tables " + head + through + tokens + top,
        null,
        (at, watch) -> {
          HeadTables.Tables tables = at.tables(head, through, watch).of(tokens, top, watch);
          ObjectNode answer = object(tables).put("head", head.toString());
          return answer.put("through", through == null ? null : through.toString());
        });
  }

  private static int token(Request request, String word) {
    RefrainException.require(
        word.matches("\\d{1,9}"), "%s: '%s' is no token's number", request.path(), word);
    return Integer.parseInt(word);
  }

  /** What speaks for and against a head. */
  Reply evidence(Request request) {
    request.only("step", "head", "for");
    HeadId head = HeadId.parse(request.need("head"));
    return lengthy(
        request,
        Question.ofQuery(request),
        "evidence " + head,
        (at, watch) -> object(at.evidence(head, watch)).put("head", head.toString()));
  }

  private static ObjectNode object(Object record) {
    return (ObjectNode) Json.finite(record);
  }

  /** What the model goes on with, told token by token. */
  Reply generate(Request request) {
    request.only();
    Question question = Question.ofBody(request, "generate");
    Continuation.Asked asked = continuation(question);
    Place place = states.place(request, question);
    ExactState state =
        states
            .ask(
                Desk.Lane.QUICK,
                place,
                question,
                (explorer, watch) -> States.ready(explorer, place, question.step(), watch).state())
            .await();
    desk.admit(question.where());
    return Lines.reply(
        lines ->
            states.ask(
                Desk.Lane.LONG,
                place,
                question,
                (explorer, watch) -> {
                  tell(explorer.adopt(state).continuation(asked, watch), lines, watch);
                  return Replays.done(state);
                }),
        defects);
  }

  /** What is asked for, refused where it is too much. */
  static Continuation.Asked continuation(Question question) {
    Continuation.Asked asked = question.as(Continuation.Asked.class);
    RefrainException.require(
        asked.top() <= MOST_LIKELIEST,
        "generate: top is %s, expected 1 to %s",
        asked.top(),
        MOST_LIKELIEST);
    return asked;
  }

  /** Tells each token as it comes. */
  static void tell(Continuation text, Lines lines, Watch watch) {
    text.forEachRemaining(step -> {
      ObjectNode line = Lines.line("token");
      line.setAll(object(step));
      lines.tell(line, watch);
    });
  }
}
