package refrain.serve;

import java.util.List;
import java.util.function.Consumer;
import refrain.analysis.explore.ExactState;
import refrain.analysis.explore.ExactStates;
import refrain.analysis.explore.Explored;
import refrain.analysis.explore.Watch;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Any step of a run as a state: what that takes, and the way there. */
final class Replays {
  /** How often it is told how far a replay has come. */
  private static final long TELL_NANOS = 100_000_000;

  private final Listing listing;
  private final States states;
  private final Desk desk;
  private final Consumer<Throwable> defects;

  Replays(Listing listing, States states, Desk desk, Consumer<Throwable> defects) {
    this.listing = listing;
    this.states = states;
    this.desk = desk;
    this.defects = defects;
  }

  /** What it takes to have a step. */
  Reply takes(Request request) {
    request.only("step", "verify", "for");
    Question question = Question.ofQuery(request);
    String verify = request.text("verify").orElse("true");
    RefrainException.require(
        verify.equals("true") || verify.equals("false"),
        "%s: verify is '%s', expected true or false",
        request.path(),
        verify);
    Place place = states.place(request, question);
    return states
        .ask(
            Desk.Lane.QUICK,
            place,
            question,
            (explorer, watch) -> {
              ExactStates.Takes takes =
                  States.takes(explorer, place, question.step(), verify.equals("true"));
              Explored there = explorer.inMemory(question.step()).orElse(null);
              // What is there can be asked, whether or not it is to be verified yet.
              if (there == null
                  && (takes.there() || explorer.takes(question.step(), false).there())) {
                there = explorer.at(question.step(), false, watch);
              }
              ObjectNode answer = (ObjectNode) Json.finite(takes);
              answer.put("there", there != null);
              answer.set("state", there == null ? null : Json.finite(there.state()));
              meanwhile(answer);
              return Reply.json(answer);
            })
        .await();
  }

  private void meanwhile(ObjectNode answer) {
    List<String> running = listing.running().stream().map(Place::path).toList();
    ArrayNode paths = answer.putArray("running");
    running.forEach(paths::add);
    answer.put(
        "meanwhile",
        switch (running.size()) {
          case 0 -> "";
          case 1 ->
              running.getFirst()
                  + " is being trained meanwhile by another process: it goes first, and a replay"
                  + " takes what it leaves of one core";
          default ->
              running.size()
                  + " runs are being trained meanwhile by other processes: they go first, and a replay"
                  + " takes what they leave of one core";
        });
  }

  /** What a body says beside the step. */
  private record Rest(@Default("true") boolean verify) {}

  /** The way there, told as it goes. */
  Reply exact(Request request) {
    request.only();
    Question question = Question.ofBody(request, "exact");
    boolean verify = question.as(Rest.class).verify;
    Place place = states.place(request, question);
    desk.admit(question.where());
    return Lines.reply(
        lines ->
            states.ask(
                Desk.Lane.REPLAY,
                place,
                question,
                (explorer, watch) ->
                    done(
                        states.exact(
                            explorer, place, question.step(), verify, telling(lines, watch)))),
        defects);
  }

  static ObjectNode done(ExactState state) {
    ObjectNode line = Lines.line("done");
    line.set("state", Json.finite(state));
    return line;
  }

  private static Watch telling(Lines lines, Watch watch) {
    return new Watch() {
      private long told;

      @Override
      public boolean cancelled() {
        return watch.cancelled();
      }

      @Override
      public void replayed(long step, long from, long until) {
        long now = System.nanoTime();
        if (told == 0 || step == until || now - told >= TELL_NANOS) {
          told = now;
          lines.tell(
              Lines.line("trains").put("step", step).put("from", from).put("until", until), this);
        }
      }

      @Override
      public void reached(ExactState state) {
        ObjectNode line = Lines.line("reached");
        line.set("state", Json.finite(state));
        lines.tell(line, this);
      }
    };
  }
}
