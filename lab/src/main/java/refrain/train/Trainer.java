package refrain.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.data.DataSource;
import refrain.data.TextSource;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.Footprint;
import refrain.store.Checkpoint;
import refrain.store.Checkpoints;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.Outcome;
import refrain.store.RunFolder;
import refrain.store.RunInfo;
import refrain.store.RunWriter;
import refrain.store.ScoreHistory;
import tools.jackson.databind.JsonNode;

/**
 * Trains one run: batch, gradient, AdamW, probe, store, and again. Whatever happens to the process,
 * calling it again on the same folder continues with the bits that an undisturbed run would have.
 *
 * <p>A row of metrics belongs to the state after so many steps: what the last step measured on its
 * way (its batch's loss before the update, the gradient's norm, the rate) and, where the state is
 * probed, the probe's measures.
 */
public final class Trainer {
  /** Beside the run: what it took so far, which is no part of what it computed. */
  public static final String TIMING = "timing.json";

  static final String STOP = "stop.json";

  /** A final loss so far above both chance and the first one is no learning, nats. */
  private static final double BLOW_UP = .5;

  /** What each measure in the metrics means. */
  public static final String MEASURES = "measures.json";

  /**
   * What a run took.
   *
   * @param seconds in all, over all sittings
   * @param probeSeconds of them spent measuring, in the last sitting
   */
  private record Timing(double seconds, double probeSeconds) {}

  private final RunSpec spec;
  private final TrainControl control;
  private final TrainListener listener;
  private final RunWriter writer;
  private final RunProbe probe;
  private final TrainingState state;
  private final StopWhen stop;
  private final long begun = System.nanoTime();
  private final double secondsBefore;

  private @Nullable PhaseWatch phase;
  private boolean guarded;
  private List<MetricsRow> before = List.of();

  /** The last row before is one that its step had as an end and has no longer. */
  private boolean replanned;

  private ScoreHistory history = ScoreHistory.of(List.of(), 0);

  /** The losses of the first row that has them, and of the last row, by their names. */
  private final Map<String, Double> firstLoss = new HashMap<>();

  private final Map<String, Double> lastLoss = new HashMap<>();
  private int savedStep;
  private long probeNanos;

  /**
   * Trains a run to its end, its stop rule or the control's wish, from where its folder is. A run
   * that exists goes on as it was begun: under its own name, probing and checkpoints, and with the
   * same arithmetic unless the control allows another. One that has ended where it is asked to is
   * left as it is.
   *
   * @param folder created when missing
   * @throws RefrainException of kind DIVERGED when numbers stop being finite, with the last finite
   *     state saved, or when the loss ends above that of a model that has learned nothing;
   *     BAD_INPUT when the folder holds another run, or one that other arithmetic made; DISK when
   *     it cannot be written
   */
  public static TrainResult run(
      RunSpec asked, Path folder, TrainControl control, TrainListener listener) {
    RunSpec spec = RunFolder.isRun(folder) ? asBegun(asked, folder, listener) : asked.pinned();
    if (RunFolder.isRun(folder)) {
      missing(RunFolder.at(folder)).forEach(listener::warned);
    }
    if (isComplete(spec, folder)) {
      return complete(spec, RunFolder.at(folder), listener);
    }
    return train(spec, folder, false, control, listener);
  }

  /**
   * Trains a run to more steps than it was planned for, in its folder, to the bits of one that was
   * planned so long. Its stop rule ends with its old plan. Asked for the steps that it is planned
   * for, it goes on to its end.
   *
   * @throws RefrainException of kind BAD_INPUT, before anything is written, when its rate depends
   *     on its length, or when it is planned for more steps; else as {@link #run}
   */
  public static TrainResult extend(
      Path folder, int steps, TrainControl control, TrainListener listener) {
    RunSpec longer = extended(folder, steps);
    boolean same = steps == spec(RunFolder.at(folder)).steps();
    return same
        ? run(longer, folder, control, listener)
        : train(longer, folder, true, control, listener);
  }

  /** The specification of a run with more steps, as {@link #extend} trains it. */
  public static RunSpec extended(Path folder, int steps) {
    RunSpec begun = spec(RunFolder.at(folder));
    if (steps < begun.steps()) {
      throw RefrainException.badInput(
          "%s: is planned for %s steps, expected more in --extend %s",
          folder, begun.steps(), steps);
    }
    if (steps > begun.steps() && begun.optimizer().decay() != OptimizerSpec.Decay.CONSTANT) {
      throw RefrainException.badInput(
          "%s: optimizer.decay is %s, so the rate of every step depends on the length of the run,"
                  .formatted(folder, begun.optimizer().decay())
              + " and a longer one has other bits; a new run can go on from one of its checkpoints: "
              + "./refrain train --from "
              + Shell.word(folder + "@" + lastStep(folder))
              + " --set steps="
              + steps);
    }
    return begun.with(s -> s.steps = steps, s -> s.stop = new StopRule.Never());
  }

  private static String lastStep(Path folder) {
    List<Checkpoint> all = RunFolder.at(folder).checkpoints().list();
    return all.isEmpty() ? "STEP" : "" + all.getLast().step();
  }

  private static TrainResult train(
      RunSpec spec, Path folder, boolean extending, TrainControl control, TrainListener listener) {
    requireTrained(spec, folder);
    Map<String, Long> seeds =
        Map.of(
            "init", spec.seeds().init(),
            "data", spec.seeds().data(),
            "evaluation", spec.seeds().evaluation());
    Footprint.of(spec.model(), spec.batch(), spec.context(), control.threads().getAsInt())
        .requireWithin(spec.name(), Runtime.getRuntime().maxMemory());
    // Before anything is written: a bad start leaves no folder.
    Optional<RunText.Recorded> text =
        RunFolder.isRun(folder) ? RunText.unchanged(RunFolder.at(folder), spec) : RunText.now(spec);
    DataSource data = RunText.open(folder, spec);
    Donors donors = new RunDonors();
    Interventions.of(spec.model(), spec.interventions()).requireDonors(donors);
    RunProbe probe = RunProbe.asBegun(spec, data, donors, measures(folder));
    try (TrainingState state =
        new TrainingState(spec, data, donors, control.threads().getAsInt())) {
      Inheritance.begin(state, spec, folder, control.threads().getAsInt()); // likewise
      try (RunWriter writer =
          RunWriter.open(
              folder,
              Json.tree(spec.with(s -> s.stop = new StopRule.Never())),
              recorded -> specification(recorded, folder.toString()).identity(),
              seeds,
              Engines.arithmetic(),
              spec.checkpoints(),
              RunFolder::rowsThrough,
              extending,
              from ->
                  OtherArithmetic.of(RunFolder.at(folder), from)
                      .ifPresent(other -> goOn(other, control, listener)))) {
        writer.warnings().forEach(listener::warned);
        oracle(spec).ifPresent(listener::warned);
        RunText.keep(writer, data, text);
        if (data instanceof TextSource source) {
          source.cut().forEach(listener::warned);
        }
        Trainer trainer = new Trainer(spec, writer, state, probe, control, listener);
        try (PhaseWatch _ = trainer.watch(data, donors)) {
          return trainer.train();
        }
      }
    }
  }

  /** Refuses to train what was measured only. */
  static void requireTrained(RunSpec spec, Path folder) {
    if (spec.series() != null) {
      throw RefrainException.badInput(
          "%s: is a series of checkpoints that others trained, so nothing of it can be trained here;"
              + " states whose weights were kept can be looked at: scan --series --keep keeps all",
          folder);
    }
  }

  /**
   * Begins to watch the run, or goes on, with the rows that it has by now. The row of an end that
   * is none any more is looked at when training goes on, as any other of its step would be.
   */
  private @Nullable PhaseWatch watch(DataSource data, Donors donors) {
    if (control.phase() != PhaseAction.NONE || spec.guard() != null) {
      phase =
          PhaseWatch.open(
              control.phase() == PhaseAction.NONE ? PhaseAction.TELL : control.phase(),
              spec,
              plannedAtFirst(),
              data,
              donors,
              writer.folder().path(),
              replanned ? before.subList(0, before.size() - 1) : before,
              listener::noticed);
      guard(phase);
    }
    return phase;
  }

  /** Puts on what the run's guard has for the alarm, once. */
  private void guard(PhaseWatch watch) {
    Guard guard = spec.guard();
    Long alarm = guard == null || guarded ? null : watch.first(guard.at().event());
    if (alarm == null) {
      return;
    }
    guarded = true;
    int step = alarm.intValue();
    writer.writeJson(Guard.FILE, Guard.kept(step));
    RunSpec asTrained = Guard.from(spec, step);
    state.guarded(asTrained);
    probe.guarded(asTrained);
    watch.guarded(asTrained);
    listener.noticed(
        "the guard is on from step " + (step + 1) + ", after the alarm at step " + step);
  }

  /** The run as it was begun: by it its events are known, however long it became. */
  private RunSpec plannedAtFirst() {
    return writer.folder().info().sessions().stream()
        .map(RunInfo.Session::extendedFrom)
        .filter(Objects::nonNull)
        .findFirst()
        .map(steps -> spec.with(s -> s.steps = steps.intValue()))
        .orElse(spec);
  }

  /** That a run is told what it is trained to find; empty: it is not. */
  private static Optional<String> oracle(RunSpec spec) {
    String oracles = Intervention.oracles(spec.everyIntervention());
    return oracles.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "this run is trained with an oracle (%s): where it acts depends on the tokens, which tells"
                    .formatted(oracles)
                + " the model what is likely to come next; its in-context learning may be no more"
                + " than that, which a leak check and the analysis ORACLE measure");
  }

  private static void goOn(OtherArithmetic other, TrainControl control, TrainListener listener) {
    if (!control.otherArithmetic()) {
      throw other.refused(0);
    }
    listener.warned(other.warning());
  }

  private static RunSpec asBegun(RunSpec wanted, Path folder, TrainListener listener) {
    RunFolder run = RunFolder.at(folder);
    RunSpec begun = spec(run).with(s -> s.stop = wanted.stop());
    if (begun.id().equals(wanted.id())) {
      if (RunText.isUnrecorded(begun)) {
        listener.warned(unrecorded(run));
      }
      return RunText.at(begun, wanted);
    }
    RunSpec asked = wanted.pinned();
    if (begun.id().equals(asked.id())) {
      return RunText.at(begun, asked);
    }
    if (RunText.isUnrecorded(begun) && begun.id().equals(RunText.unrecorded(asked).id())) {
      listener.warned(unrecorded(run));
      return begun;
    }
    RunSpec onItsText = RunText.withFingerprint(asked, RunText.fingerprint(begun));
    if (RunText.fingerprint(begun) != null && begun.id().equals(onItsText.id())) {
      RunText.unchanged(run, RunText.at(begun, onItsText));
    }
    return asked; // which the writer refuses
  }

  private static String unrecorded(RunFolder run) {
    return run.path()
        + ": did not record its text when it began; that the text is still the same is not known";
  }

  /** Whether nothing is left to train; where the state at the end is damaged, its stretch is. */
  private static boolean isComplete(RunSpec spec, Path folder) {
    if (!RunFolder.isRun(folder)) {
      return false;
    }
    RunFolder run = RunFolder.at(folder);
    if (!spec(run).id().equals(spec.id()) || !StopWhen.farEnough(run, spec)) {
      return false;
    }
    long end = run.outcome().orElseThrow().step();
    try {
      HeadPattern.of(run);
    } catch (RefrainException e) {
      return false; // it is made again from the state at the end
    }
    Checkpoints.LatestGood last = run.checkpoints().latestGood();
    return last.checkpoint().map(state -> state.step() == end).orElse(last.warnings().isEmpty());
  }

  private static TrainResult complete(RunSpec spec, RunFolder run, TrainListener listener) {
    int step = (int) run.outcome().orElseThrow().step();
    TrainResult.End end = step >= spec.steps() ? TrainResult.End.DONE : TrainResult.End.SETTLED;
    TrainResult result = new TrainResult(end, step, seconds(run));
    listener.ended(result);
    return result;
  }

  private Trainer(
      RunSpec spec,
      RunWriter writer,
      TrainingState state,
      RunProbe probe,
      TrainControl control,
      TrainListener listener) {
    this.spec = spec;
    this.writer = writer;
    this.state = state;
    this.probe = probe;
    this.control = control;
    this.listener = listener;
    this.stop = new StopWhen(spec.stop());
    this.savedStep = -1;
    writer.writeJson(STOP, spec.stop());
    writer.writeJson(MEASURES, probe.definitions());
    writer.resumeFrom().ifPresent(this::restore);
    this.secondsBefore = state.step() == 0 ? 0 : seconds(writer.folder());
  }

  private void restore(Checkpoint checkpoint) {
    state.restore(checkpoint);
    savedStep = state.step();
    replanned = writer.folder().info().extendedAt(savedStep);
    if (replanned) {
      replan();
    }
    before = writer.folder().metrics().rows();
    before.forEach(stop::see);
    before.forEach(this::seeLoss);
    history = ScoreHistory.of(before, spec.checkpoints());
  }

  /** What was measured because it was the end is measured as it is on the way. */
  private void replan() {
    MetricsRow asLast = writer.folder().metrics().rows().getLast();
    MetricsRow row = LaterProbing.withoutProbe(asLast);
    if (spec.probing().at(state.step(), spec.steps())) {
      probe.measure(state.engine(), state.parameters(), row);
    }
    if (!row.equals(asLast)) {
      writer.replaceLast(row);
    }
  }

  private void seeLoss(MetricsRow row) {
    lastLoss.clear();
    for (String loss : List.of(Metrics.LOSS, Metrics.TRAIN_LOSS)) {
      if (row.values().containsKey(loss)) {
        firstLoss.putIfAbsent(loss, row.value(loss));
        lastLoss.put(loss, row.value(loss));
      }
    }
  }

  private TrainResult train() {
    listener.started(spec, state.step(), before);
    if (phase != null && replanned) {
      phase.see(before.getLast(), spec.probing().at(state.step(), spec.steps()), state);
    }
    before = List.of(); // of a long run they are many
    if (savedStep < 0) {
      record(firstRow());
      if (spec.parent() != null) {
        save(); // from here on the parent is not needed
        history.checkpointTaken(state.step());
      }
    }
    while (true) {
      int step = state.step();
      if (step >= spec.steps()) {
        return finish(Outcome.Status.DONE, "all steps were taken", TrainResult.End.DONE);
      }
      if (spec.probing().at(step, spec.steps()) && stop.metAt(step)) {
        return finish(Outcome.Status.STOPPED, stop.reason(), TrainResult.End.SETTLED);
      }
      if (phase != null && phase.stops()) {
        return finish(Outcome.Status.STOPPED, phase.reason(), TrainResult.End.SETTLED);
      }
      if (phase != null && phase.pauses() || control.stop().getAsBoolean()) {
        save();
        return end(TrainResult.End.INTERRUPTED);
      }
      record(update());
      if (spec.checkpoints().due(state.step(), history)) {
        save();
        history.checkpointTaken(state.step());
      } else if (phase != null && phase.checkpointDue(state.step())) {
        save();
      }
    }
  }

  private MetricsRow firstRow() {
    MetricsRow row = MetricsRow.at(state.step());
    return state.step() == 0 ? row : row.put(Metrics.TOKENS, (double) spec.tokens(state.step()));
  }

  private MetricsRow update() {
    try {
      return state.update();
    } catch (RefrainException e) {
      throw e.kind() == RefrainException.Kind.DIVERGED ? diverged(e) : e;
    }
  }

  private void record(MetricsRow row) {
    boolean probed = row.step() == spec.begins() || spec.probing().at(state.step(), spec.steps());
    if (probed) {
      state.useThreads(control.threads().getAsInt());
      long before = System.nanoTime();
      probe.measure(state.engine(), state.parameters(), row);
      probeNanos += System.nanoTime() - before;
    }
    writer.append(row);
    if (phase != null) {
      long before = System.nanoTime();
      phase.see(row, probed, state);
      guard(phase);
      probeNanos += System.nanoTime() - before;
    }
    seeLoss(row);
    stop.see(row);
    history.add(row);
    listener.measured(row, probed);
  }

  private RefrainException diverged(RefrainException cause) {
    String what =
        "run '%s' diverged at step %s of %s: %s"
            .formatted(spec.name(), state.step() + 1, spec.steps(), cause.getMessage());
    Path folder = writer.folder().path();
    if (state.isFinite()) {
      save();
      return diverged(what, "the state before it is saved in " + folder);
    }
    return diverged(
        what,
        savedStep < 0
            ? "no state was saved before it"
            : "the last good state is that of step %s in %s".formatted(savedStep, folder));
  }

  private RefrainException diverged(String what, String saved) {
    writer.finish(Outcome.Status.DIVERGED, state.step(), what, timing());
    return RefrainException.diverged(
        "%s; %s; try a lower optimizer.rate (now %s)"
            .formatted(what, saved, spec.optimizer().rate()));
  }

  /**
   * Refuses to end as done what has learned worse than nothing. On the evaluation set where the
   * probes take the loss of what is trained; else on the batches of the first and of the next step.
   */
  private void requireNoBlowUp() {
    Double first = firstLoss.get(Metrics.LOSS);
    Double last = lastLoss.get(Metrics.LOSS);
    if (first == null || last == null || probe.countsMore()) {
      first = firstLoss.get(Metrics.TRAIN_LOSS);
      if (first == null) {
        return; // no step was taken
      }
      last = state.nextLoss();
    }
    double uniform = StrictMath.log(spec.model().dVocab());
    if (last <= Math.max(first, uniform) + BLOW_UP) {
      return;
    }
    String what =
        "run '%s' diverged: its loss after step %s of %s is %s nats, at its start it was %s, and"
                .formatted(spec.name(), state.step(), spec.steps(), rounded(last), rounded(first))
            + " ln(vocabulary) is "
            + rounded(uniform);
    save();
    throw diverged(what, "its last state is saved in " + writer.folder().path());
  }

  private void save() {
    if (savedStep != state.step()) {
      if (phase != null) {
        phase.sync();
      }
      writer.checkpoint(state.snapshot());
      writer.writeJson(TIMING, timing());
      savedStep = state.step();
    }
  }

  private static double rounded(double nats) {
    return Math.rint(nats * 1e3) / 1e3;
  }

  private TrainResult finish(Outcome.Status status, String reason, TrainResult.End end) {
    requireNoBlowUp();
    save();
    if (phase != null) {
      phase.end();
    }
    int step = state.step();
    writer.writeJson(HeadPattern.FILE, probe.pattern(state.engine(), state.parameters(), step));
    writer.finish(status, step, reason, timing());
    return end(end);
  }

  private TrainResult end(TrainResult.End end) {
    TrainResult result = new TrainResult(end, state.step(), seconds());
    listener.ended(result);
    return result;
  }

  private Timing timing() {
    return new Timing(seconds(), probeNanos * 1e-9);
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - begun) * 1e-9;
  }

  /**
   * Trains a stretch of a run again, in memory, to the same bits: from the newest checkpoint at or
   * before its beginning, or from the initial parameters. Nothing is written. Each step is held
   * against what the run recorded of it.
   *
   * @param from the first step whose state is shown; 0: the state before training
   * @param to the last one
   * @param threads the bits do not depend on it
   * @param observer is shown the state after each of these steps; what it keeps it has to copy
   * @throws RefrainException of kind BAD_INPUT when the run has no such steps, when they were made
   *     with other arithmetic than this machine's, or when the bits come out otherwise
   */
  public static void replay(
      RunFolder run, int from, int to, int threads, Consumer<TrainingState> observer) {
    RunSpec spec = spec(run);
    try (Replay replay = new Replay(run, spec, from, to, threads, RunText.open(run.path(), spec))) {
      Replay.otherArithmetic(run, replay.state().step(), to)
          .ifPresent(why -> {
            throw RefrainException.badInput(
                "%s: %s: it cannot be trained again to the same bits; do it on such a machine, or use a"
                        .formatted(run.path(), why)
                    + " state that was saved: steps "
                    + run.checkpoints().list().stream()
                        .map(checkpoint -> Long.toString(checkpoint.step()))
                        .collect(Collectors.joining(", ")));
          });
      TrainingState state = replay.state();
      while (state.step() < from) {
        sameBits(run, replay.advance());
      }
      observer.accept(state);
      while (state.step() < to) {
        sameBits(run, replay.advance());
        observer.accept(state);
      }
    }
  }

  private static void sameBits(RunFolder run, Optional<String> unlike) {
    unlike.ifPresent(why -> {
      throw RefrainException.badInput(
          "%s: %s: these are not the bits of the run; use a state that was saved, or train the run"
              + " anew in another folder",
          run.path(), why);
    });
  }

  /**
   * The specification of a run on disk, with the stop rule that it last had, and under a later
   * reading with that probing.
   */
  public static RunSpec spec(RunFolder folder) {
    Path stop = folder.path().resolve(STOP);
    Optional<JsonNode> later = folder.reading().flatMap(folder::measuring);
    String where = folder.path().resolve("run.json").toString();
    return specification(folder.info().spec(), where)
        .with(
            s ->
                later.ifPresent(measuring -> {
                  JsonNode probing = Identity.FROZEN.complete(measuring).path("probing");
                  s.probing = Json.read(probing, Probing.class, where);
                }),
            s -> s.stop = stopRule(stop).orElse(s.stop));
  }

  /** What a run's probes say that they measured; empty: it has not begun, or nothing says so. */
  public static Optional<JsonNode> measures(Path folder) {
    try {
      return Json.readIfThere(folder.resolve(MEASURES), JsonNode.class);
    } catch (RefrainException e) {
      return Optional.empty(); // damaged: it is written again
    }
  }

  /** A sentence for each file that a run which has ended should have beside its results. */
  public static List<String> missing(RunFolder run) {
    Outcome end = run.ended().orElse(null);
    if (end == null || end.status() == Outcome.Status.DIVERGED) {
      return List.of();
    }
    Map<String, String> means = new LinkedHashMap<>();
    means.put(TIMING, "the time that the run took counts as 0 s");
    means.put(HeadPattern.FILE, "nothing shows the attention of its best head");
    if (end.status() == Outcome.Status.STOPPED) {
      means.put(
          STOP, "nobody knows by which rule it stopped, and to go on trains to the last step");
    }
    return means.entrySet().stream()
        .filter(file -> !Files.exists(run.path().resolve(file.getKey())))
        .map(file ->
            "%s: is missing, so %s".formatted(run.path().resolve(file.getKey()), file.getValue()))
        .toList();
  }

  private static Optional<StopRule> stopRule(Path file) {
    return RefrainException.reading(
        () -> Json.readIfThere(file, StopRule.class),
        "put it back from a copy, or delete it to train to the last step");
  }

  private static RunSpec specification(JsonNode recorded, String where) {
    return Json.read(Identity.FROZEN.complete(recorded), RunSpec.class, where);
  }

  /**
   * Seconds that a run took for a step, without its probes; NaN where nothing says so.
   *
   * @param folder trained in one sitting, or the probes of the others count as steps
   */
  public static double secondsPerStep(RunFolder folder) {
    try {
      Timing timing =
          Json.readIfThere(folder.path().resolve(TIMING), Timing.class)
              .orElse(new Timing(Double.NaN, 0));
      List<Checkpoint> saved = folder.checkpoints().list();
      double steps = saved.isEmpty() ? 0 : saved.getLast().step() - folder.info().begins();
      return steps <= 0 ? Double.NaN : (timing.seconds - timing.probeSeconds) / steps;
    } catch (RefrainException e) {
      return Double.NaN; // damaged: a forecast needs no error
    }
  }

  /** Seconds that a run has taken by its last checkpoint, over all sittings. */
  public static double seconds(RunFolder folder) {
    return RefrainException.reading(
            () -> Json.readIfThere(folder.path().resolve(TIMING), JsonNode.class),
            "delete it: what the run took until now is then counted as 0 s")
        .map(timing -> timing.path("seconds").asDouble(0))
        .orElse(0.0);
  }
}
