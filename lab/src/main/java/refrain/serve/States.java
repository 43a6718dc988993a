package refrain.serve;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import refrain.analysis.explore.ExactState;
import refrain.analysis.explore.ExactStates;
import refrain.analysis.explore.Explored;
import refrain.analysis.explore.Explorer;
import refrain.analysis.explore.StateCache;
import refrain.analysis.explore.Watch;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.data.TextFiles;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Request;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;

/**
 * The runs that were asked of last, open for questions at any of their steps. Each queue of the
 * {@link Desk} has its own, because a long computation that is paused holds its run half used.
 */
final class States {
  /** Runs that stay open, in each queue. */
  private static final int OPEN = 3;

  /** Raised where answers to the same question change their form. */
  private static final int FORMAT = 1;

  private final Listing listing;
  private final Runs runs;
  private final Desk desk;
  private final StateCache cache;
  private final Map<Desk.Lane, Recent<String, Explorer>> open = new EnumMap<>(Desk.Lane.class);

  /** Tells one life of this server from others: files of text may change between them. */
  private final long begun = System.nanoTime();

  States(Listing listing, Runs runs, Desk desk, StateCache cache) {
    this.listing = listing;
    this.runs = runs;
    this.desk = desk;
    this.cache = cache;
    for (Desk.Lane lane : Desk.Lane.values()) {
      open.put(lane, new Recent<>(OPEN, explorer -> 1, Explorer::close));
    }
  }

  /** The run that a question is of, with the step in it. */
  Place place(Request request, Question question) {
    Place place = runs.place(request);
    check(place, question.step());
    return place;
  }

  /** Refuses a step that a run has not. */
  void check(Place place, long step) {
    long first = place.spec().begins();
    long last = runs.log(place).last();
    RefrainException.require(
        step >= first && step <= last,
        "%s: has no step %s; it has steps %s to %s",
        place.path(),
        step,
        first,
        last);
  }

  /** For the thread of that queue alone. */
  private Explorer explorer(Desk.Lane lane, Place place) {
    return Objects.requireNonNull(open.get(lane))
        .get(Runs.key(place), () -> new Explorer(place.folder(), cache));
  }

  /** Computes something of a run. */
  <T> Desk.Job<T> ask(
      Desk.Lane lane, Place place, Question question, BiFunction<Explorer, Watch, T> work) {
    return desk.ask(
        lane,
        question.caller(),
        watch -> here(place, () -> work.apply(explorer(lane, place), watch)));
  }

  /** The same in the queue of what is quick, as a part of what was admitted. */
  <T> T more(Place place, BiFunction<Explorer, Watch, T> work) {
    return desk.more(
            Desk.Lane.QUICK,
            watch -> here(place, () -> work.apply(explorer(Desk.Lane.QUICK, place), watch)))
        .await();
  }

  /** A run that vanishes while it is read fails somehow; that it vanished is what is said. */
  private <T> T here(Place place, Supplier<T> work) {
    try {
      return work.get();
    } catch (RefrainException e) {
      if (!RunFolder.isRun(place.folder().path())) {
        listing.run(place.id());
      }
      throw e;
    }
  }

  /** What it takes to have a step. */
  static ExactStates.Takes takes(Explorer explorer, Place place, long step, boolean verify) {
    checkInside(place.folder());
    return explorer.takes(step, verify);
  }

  /**
   * The run at a step that is in memory, saved or kept: no step is trained for it.
   *
   * @throws HttpFault 409 where it is none of these
   */
  static Explored ready(Explorer explorer, Place place, long step, Watch watch) {
    return explorer
        .inMemory(step)
        .orElseGet(() -> {
          ExactStates.Takes takes = takes(explorer, place, step, false);
          if (!takes.there()) {
            throw new HttpFault(
                409,
                "step %s of %s is not there yet: it %s; ask for it (POST exact), then again",
                step,
                place.path(),
                takes.says());
          }
          return explorer.at(step, false, watch);
        });
  }

  /** Has a state as exactly as can be, and gives it to those who answer quickly. */
  ExactState exact(Explorer explorer, Place place, long step, boolean verify, Watch watch) {
    checkInside(place.folder());
    Watch handing =
        new Watch() {
          @Override
          public boolean cancelled() {
            return watch.cancelled();
          }

          @Override
          public void replayed(long now, long from, long until) {
            watch.replayed(now, from, until);
          }

          @Override
          public void reached(ExactState state) {
            hand(place, state, explorer.secondsPerStep());
            watch.reached(state);
          }
        };
    ExactState state = explorer.at(step, verify, handing).state();
    hand(place, state, explorer.secondsPerStep());
    return state;
  }

  private void hand(Place place, ExactState state, double secondsPerStep) {
    desk.more(
        Desk.Lane.QUICK,
        _ -> {
          Explorer quick = explorer(Desk.Lane.QUICK, place);
          quick.secondsPerStep(secondsPerStep);
          return quick.adopt(state);
        });
  }

  /** No checkpoint is followed out of its run. */
  static void checkInside(RunFolder run) {
    for (Checkpoint checkpoint : run.checkpoints().list()) {
      Inside.check(checkpoint);
    }
  }

  /** The same as long as the bits, what is known of them, the question and the program are. */
  String etag(Place place, Explored at, String question, @Nullable JsonNode rest) {
    boolean mayChange = place.spec().data() instanceof TextFiles;
    return Place.hash(
        Json.line(
            List.of(
                FORMAT,
                Version.refrain(),
                Runs.key(place),
                mayChange ? begun : 0,
                at.digest(),
                at.state(),
                question,
                rest == null ? "" : Json.canonical(rest))));
  }
}
