package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.Change;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.TextFiles;
import refrain.intervene.Intervention;
import refrain.model.Layout;
import refrain.model.Parameters;
import refrain.store.Arithmetic;
import refrain.store.Checkpoint;
import refrain.store.Checkpoints;
import refrain.store.Json;
import refrain.train.Engines;
import refrain.train.Replay;
import refrain.train.RunText;
import refrain.train.Snapshot;
import refrain.train.Trainer;
import refrain.train.sweep.Forecast;

/**
 * The state of a run after any of its steps: read where it was saved, else trained again from the
 * nearest saved state before it. What was trained again says how far that is known to be the run's;
 * only where the way led on to the next checkpoint and met its SHA-256 it is called verified.
 *
 * <p>Not thread-safe.
 */
public final class ExactStates {
  /** Bytes of the states that one way leaves in the cache. */
  private static final long KEPT = 64_000_000;

  /** Sequences on which losses are compared. */
  private static final int COMPARED = 64;

  private final Subject run;
  private final StateCache cache;

  /** Seconds of a step, as the last replay had it; NaN: there was none. */
  private double measured = Double.NaN;

  private @Nullable Text text;

  public ExactStates(Subject run, StateCache cache) {
    this.run = run;
    this.cache = cache;
  }

  /**
   * What it takes to have a state.
   *
   * @param step asked for
   * @param there whether it is saved or kept, so that no step is trained again
   * @param exactness what it would be called; null: that is not known before
   * @param from the step that it would be trained again from
   * @param until the step that it would be trained to
   * @param seconds about, on one core; NaN: not known
   * @param says all that in one sentence
   */
  public record Takes(
      long step,
      boolean there,
      @Nullable Exactness exactness,
      long from,
      long until,
      double seconds,
      String says) {}

  /** Before it is asked for. */
  public Takes takes(long step, boolean verify) {
    if ((step == 0 && anew()) || saved(step).filter(ExactStates::isWhole).isPresent()) {
      String says = "step " + step + " was saved";
      return new Takes(step, true, Exactness.STORED, step, step, 0, says);
    }
    Stretch stretch = stretch(step);
    Optional<Settled> settled = settled(stretch);
    boolean kept = cache.state(key(stretch, step), length()).isPresent();
    if (kept && (settled.isPresent() || !verify || stretch.next() == null)) {
      Exactness known = settled.map(Settled::exactness).orElse(Exactness.REPLAYED);
      String says = "step " + step + " was trained again before";
      return new Takes(step, true, known, stretch.from(), step, 0, says);
    }
    long until = until(stretch, step, verify && settled.isEmpty());
    double seconds = (until - stretch.from()) * secondsPerStep();
    return new Takes(
        step,
        false,
        settled.map(Settled::exactness).orElse(null),
        stretch.from(),
        until,
        seconds,
        String.format(
            Locale.ROOT,
            "trains steps %d to %d again, %s, on one core at the lowest priority",
            stretch.from() + 1,
            until,
            Double.isNaN(seconds) ? "for how long is not known" : about(seconds)));
  }

  private static String about(double seconds) {
    return seconds < 1
        ? "in less than a second"
        : String.format(Locale.ROOT, "in about %.0f s", Math.ceil(seconds));
  }

  double measured() {
    return measured;
  }

  void measured(double secondsPerStep) {
    measured = secondsPerStep;
  }

  /** As it was here, as it was when the run was trained, or as it is forecast. */
  private double secondsPerStep() {
    if (!Double.isNaN(measured)) {
      return measured;
    }
    double then = Trainer.secondsPerStep(run.folder());
    if (then > 0) {
      return then;
    }
    double all = new Forecast(List.of(run.spec())).seconds(run.spec(), run.spec().begins());
    return all / Math.max(1, run.spec().steps() - run.spec().begins());
  }

  /**
   * The state after so many steps.
   *
   * @param verify whether to go on to the next checkpoint, where nobody did so before
   * @throws RefrainException of kind BAD_INPUT when the run has no such step, or nothing is left
   *     that it could be trained again from
   * @throws java.util.concurrent.CancellationException when nobody waits any more
   */
  public ExactState at(long step, boolean verify, Watch watch) {
    watch.check();
    if (step == 0 && anew()) {
      return ExactState.stored(0, true, "", run.parameters(0));
    }
    Optional<Checkpoint> saved = saved(step);
    if (saved.isPresent()) {
      try {
        Parameters parameters = Snapshot.parameters(saved.get(), run.model());
        return ExactState.stored(step, false, sha256(saved.get()).orElse(""), parameters);
      } catch (RefrainException e) {
        // Damaged: the stretch has the warning.
      }
    }
    Stretch stretch = stretch(step);
    Optional<Settled> settled = settled(stretch);
    Optional<Parameters> kept = cache.state(key(stretch, step), length()).map(this::parameters);
    if (kept.isPresent() && (settled.isPresent() || !verify || stretch.next() == null)) {
      return ExactState.replayed(step, stretch, settled.orElse(null), stretch.why(), kept.get());
    }
    return new Way(stretch, step, settled.orElse(null), watch).walked(verify);
  }

  /** One replay. */
  private final class Way {
    private final Stretch stretch;
    private final long step;
    private final @Nullable Settled settled;
    private final Watch watch;
    private final Map<Long, float[]> passed = new LinkedHashMap<>();
    private final long every;
    private String why;

    /** Whether what is different has a cause that the key knows: the same comes out next time. */
    private boolean explained = true;

    Way(Stretch stretch, long step, @Nullable Settled settled, Watch watch) {
      this.stretch = stretch;
      this.step = step;
      this.settled = settled;
      this.watch = watch;
      this.why = stretch.why();
      long end = until(stretch, step, true);
      this.every = Math.max(1, (end - stretch.from()) * Float.BYTES * length() / KEPT + 1);
    }

    ExactState walked(boolean verify) {
      long until = until(stretch, step, verify && settled == null);
      long begun = System.nanoTime();
      try (Replay replay =
          new Replay(run.folder(), run.spec(), stretch.from(), until, 1, text().data())) {
        go(replay, step, until);
        float[] reached = replay.state().parameters().arena().clone();
        passed.put(step, reached);
        keepPassed();
        ExactState state = ExactState.replayed(step, stretch, settled, why, parameters(reached));
        boolean goesOn = verify && settled == null && stretch.next() != null;
        if (goesOn) {
          watch.reached(state);
          go(replay, until, until);
          Settled end = settle(replay);
          if (explained) {
            keepPassed();
            cache.settle(stretch.key(), end);
          }
          state = ExactState.replayed(step, stretch, end, why, parameters(reached));
        }
        measured = (System.nanoTime() - begun) * 1e-9 / Math.max(1, until - stretch.from());
        return state;
      }
    }

    private void go(Replay replay, long to, long until) {
      while (replay.state().step() < to) {
        watch.check();
        replay
            .advance()
            .ifPresent(unlike -> {
              if (why.isEmpty()) {
                why = unlike;
                explained = false;
              }
            });
        long now = replay.state().step();
        if (now < until(stretch, step, true) && (now - step) % every == 0) {
          passed.put(now, replay.state().parameters().arena().clone());
        }
        watch.replayed(now, stretch.from(), until);
      }
    }

    private void keepPassed() {
      if (explained) {
        passed.forEach((at, values) -> cache.keep(key(stretch, at), values));
      }
      passed.clear();
    }

    private Settled settle(Replay replay) {
      String found = replay.sha256();
      if (found.equals(stretch.sha256())) {
        return new Settled(Exactness.VERIFIED, found, null, "");
      }
      if (why.isEmpty()) {
        why = "its parameters at checkpoint " + stretch.next() + " have another SHA-256";
        explained = false;
      }
      return new Settled(Exactness.OTHER, found, difference(replay.state().parameters()), why);
    }

    /** Of the losses at the next checkpoint; null where that is damaged. */
    private @Nullable Change difference(Parameters here) {
      long next = until(stretch, step, true);
      try {
        Parameters there = Snapshot.parameters(run.folder().checkpoints().at(next), run.model());
        Batch batch = run.evaluation(COMPARED);
        return Change.between(losses(next, there, batch), losses(next, here, batch));
      } catch (RefrainException e) {
        return null;
      }
    }

    private double[] losses(long at, Parameters parameters, Batch batch) {
      watch.check();
      ModelState model = run.state(at, parameters);
      float[][] losses = model.losses(batch, List.<Intervention>of());
      double[] means = new double[losses.length];
      for (int s = 0; s < means.length; s++) {
        for (float loss : losses[s]) {
          means[s] += loss / losses[s].length;
        }
      }
      return means;
    }
  }

  private boolean anew() {
    return run.spec().anew();
  }

  private Optional<Checkpoint> saved(long step) {
    return run.folder().checkpoints().list().stream().filter(c -> c.step() == step).findFirst();
  }

  private static boolean isWhole(Checkpoint checkpoint) {
    try {
      checkpoint.verify();
      return true;
    } catch (RefrainException e) {
      return false;
    }
  }

  /** As its own list of checksums says, which a damaged file beside it leaves standing. */
  private static Optional<String> sha256(Checkpoint checkpoint) {
    try {
      return Optional.ofNullable(checkpoint.checksums().get(Checkpoint.MODEL));
    } catch (RefrainException e) {
      return Optional.empty();
    }
  }

  private static long until(Stretch stretch, long step, boolean toTheNext) {
    Long next = stretch.next();
    return toTheNext && next != null ? next : step;
  }

  private Stretch stretch(long step) {
    if (run.spec().series() != null) {
      throw RefrainException.badInput(
          "%s: the weights of step %s were not kept; 'refrain scan --series ... --keep' keeps those of"
              + " all checkpoints, here there are: %s",
          run.folder().path(),
          step,
          Names.list(run.folder().checkpoints().list().stream().map(Checkpoint::step).toList()));
    }
    Checkpoints.LatestGood start = run.folder().checkpoints().latestGood(step);
    long from = start.checkpoint().map(Checkpoint::step).orElse((long) run.spec().begins());
    List<String> warnings = new ArrayList<>(start.warnings());
    Long next = null;
    String sha256 = "";
    for (Checkpoint later : run.folder().checkpoints().list()) {
      Optional<String> found = later.step() < step ? Optional.empty() : sha256(later);
      if (found.isPresent()) {
        next = later.step();
        sha256 = found.get();
        break;
      }
    }
    String why =
        text().changed().isEmpty()
            ? Replay.otherArithmetic(run.folder(), from, next == null ? step : next).orElse("")
            : text().changed();
    Arithmetic here = Engines.arithmetic();
    Map<String, Object> key = new LinkedHashMap<>();
    key.put("format", 1);
    key.put("run", run.spec().id());
    key.put("from", from);
    key.put("start", start.checkpoint().map(c -> (Object) c.checksums()).orElse("anew"));
    key.put("next", sha256);
    key.put("arithmetic", List.of(here.processor(), here.vectors(), here.kernels()));
    key.put("text", text().documents());
    return new Stretch(Json.hash(key), from, next, sha256, why, warnings);
  }

  /**
   * What the batches are drawn from.
   *
   * @param changed that it is not what the run was trained on; "": it is, or nobody knows
   * @param documents what tells it from other texts; "" where it is the run's
   */
  private record Text(DataSource data, String changed, String documents) {}

  private Text text() {
    Text known = text;
    if (known == null) {
      known = opened();
      text = known;
    }
    return known;
  }

  private Text opened() {
    if (!(run.spec().data() instanceof TextFiles files)) {
      return new Text(run.data(), "", "");
    }
    if (files.fingerprint() == null) {
      return new Text(run.data(), "", files.corpus().fingerprint());
    }
    try {
      return new Text(run.data(), "", "");
    } catch (RefrainException e) {
      DataSource now = RunText.openChanged(run.folder(), run.spec());
      String which = RunText.changes(run.folder(), run.spec());
      String changed = "the text " + files.path() + " has changed since it began" + which;
      return new Text(now, changed, files.corpus().fingerprint());
    }
  }

  /** What is known of a stretch; of another's end it says nothing. */
  private Optional<Settled> settled(Stretch stretch) {
    return cache
        .settled(stretch.key())
        .filter(end ->
            switch (end.exactness()) {
              case VERIFIED -> end.sha256().equals(stretch.sha256());
              case OTHER -> !end.sha256().equals(stretch.sha256());
              default -> false;
            });
  }

  private static String key(Stretch stretch, long step) {
    return Json.hash(List.of(stretch.key(), step));
  }

  private int length() {
    return Layout.of(run.model()).length();
  }

  private Parameters parameters(float[] values) {
    Parameters parameters = Parameters.zeros(run.model());
    System.arraycopy(values, 0, parameters.arena(), 0, values.length);
    return parameters;
  }
}
