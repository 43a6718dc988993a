package refrain.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.Rng;
import refrain.intervene.Donors;
import refrain.intervene.Interventions;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.store.Checkpoint;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.Outcome;
import refrain.store.RunFolder;
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
  static final String TIMING = "timing.json";

  static final String STOP = "stop.json";

  /** What each measure in the metrics means. */
  static final String MEASURES = "measures.json";

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
  private final DataSource data;
  private final RunProbe probe;
  private final Parameters parameters;
  private final float[] gradient;
  private final AdamW adam;
  private final Donors donors;
  private final Interventions edits;
  private final StopWhen stop;
  private final long begun = System.nanoTime();
  private final double secondsBefore;

  private ScoreHistory history = ScoreHistory.of(List.of(), 0);
  private Rng rng;
  private Transformer engine;
  private int threads;
  private int step;
  private int savedStep;
  private long probeNanos;

  /**
   * Trains a run to its end, its stop rule or the control's wish, from where its folder is.
   *
   * @param folder created when missing
   * @throws RefrainException of kind DIVERGED when numbers stop being finite, with the state before
   *     that saved; BAD_INPUT when the folder holds another run; DISK when it cannot be written
   */
  public static TrainResult run(
      RunSpec spec, Path folder, TrainControl control, TrainListener listener) {
    Map<String, Long> seeds =
        Map.of(
            "init", spec.seeds().init(),
            "data", spec.seeds().data(),
            "evaluation", spec.seeds().evaluation());
    DataSource data = spec.openData(); // before anything is written: a bad start leaves no folder
    Donors donors = new RunDonors();
    RunProbe probe = new RunProbe(spec, data, donors);
    try (RunWriter writer = RunWriter.open(folder, spec.identity(), seeds)) {
      writer.warnings().forEach(listener::warned);
      Trainer trainer = new Trainer(spec, writer, data, donors, probe, control, listener);
      try {
        return trainer.train();
      } finally {
        trainer.engine.close();
      }
    }
  }

  private Trainer(
      RunSpec spec,
      RunWriter writer,
      DataSource data,
      Donors donors,
      RunProbe probe,
      TrainControl control,
      TrainListener listener) {
    this.spec = spec;
    this.writer = writer;
    this.control = control;
    this.listener = listener;
    this.data = data;
    this.donors = donors;
    this.probe = probe;
    this.threads = control.threads();
    this.engine = Engines.create(spec.engine(), spec.model(), threads);
    this.parameters = Parameters.init(spec.model(), spec.seeds().init());
    this.gradient = new float[parameters.arena().length];
    this.adam = new AdamW(spec.optimizer(), gradient.length, threads);
    this.rng = Rng.of(spec.seeds().data()).split("batches");
    this.edits = Interventions.of(spec.model(), spec.interventions());
    this.stop = new StopWhen(spec.stop());
    this.savedStep = -1;
    writer.writeJson(STOP, spec.stop());
    writer.writeJson(MEASURES, probe.definitions());
    writer.resumeFrom().ifPresent(this::restore);
    this.secondsBefore = step == 0 ? 0 : seconds(writer.folder());
  }

  private void restore(Checkpoint checkpoint) {
    rng = Snapshot.restore(checkpoint, parameters, adam);
    step = (int) checkpoint.step();
    savedStep = step;
    List<MetricsRow> rows = writer.folder().metrics().rows();
    rows.forEach(stop::see);
    history = ScoreHistory.of(rows, step);
  }

  private TrainResult train() {
    listener.started(spec, step);
    if (savedStep < 0) {
      record(MetricsRow.at(0));
    }
    while (true) {
      if (step >= spec.steps()) {
        return finish(Outcome.Status.DONE, "all steps were taken", TrainResult.End.DONE);
      }
      if (spec.probing().at(step, spec.steps()) && stop.metAt(step)) {
        return finish(Outcome.Status.STOPPED, stop.reason(), TrainResult.End.SETTLED);
      }
      if (control.stopRequested()) {
        save();
        return end(TrainResult.End.INTERRUPTED);
      }
      record(update());
      if (spec.checkpoints().due(step, history)) {
        save();
      }
    }
  }

  /** One step; returns the row of the state after it, not yet probed. */
  private MetricsRow update() {
    long[] before = rng.state();
    Batch batch = data.next(rng, spec.batch(), spec.context());
    Plan plan = edits.isEmpty() ? Plan.NONE : edits.plan(engine, parameters, batch, donors);
    double loss = Transformer.mean(engine.gradient(parameters, batch, plan, gradient), batch);
    double rate = spec.optimizer().rateAt(step, spec.steps());
    double norm;
    try {
      if (!Double.isFinite(loss)) {
        throw RefrainException.diverged("the loss is " + loss);
      }
      norm = adam.step(parameters.arena(), gradient, rate);
    } catch (RefrainException e) {
      rng = Rng.ofState(before);
      throw diverged(e);
    }
    step++;
    return MetricsRow.at(step)
        .put(Metrics.TOKENS, (double) step * spec.tokensPerStep())
        .put(Metrics.TRAIN_LOSS, loss)
        .put(Metrics.GRADIENT_NORM, norm)
        .put(Metrics.RATE, rate);
  }

  private void record(MetricsRow row) {
    boolean probed = spec.probing().at(step, spec.steps());
    if (probed) {
      useThreads(control.threads());
      long before = System.nanoTime();
      probe.measure(engine, parameters, row);
      probeNanos += System.nanoTime() - before;
    }
    writer.append(row);
    stop.see(row);
    history.add(row);
    listener.measured(row, probed);
  }

  private void useThreads(int wanted) {
    if (wanted != threads) {
      engine.close();
      threads = wanted;
      engine = Engines.create(spec.engine(), spec.model(), threads);
    }
  }

  private RefrainException diverged(RefrainException cause) {
    String what =
        "run '"
            + spec.name()
            + "' diverged at step "
            + (step + 1)
            + " of "
            + spec.steps()
            + ": "
            + cause.getMessage();
    save();
    writer.finish(Outcome.Status.DIVERGED, step, what, new Timing(seconds(), probeNanos * 1e-9));
    return RefrainException.diverged(
        what
            + "; the state before it is saved in "
            + writer.folder().path()
            + "; try a lower optimizer.rate (now "
            + spec.optimizer().rate()
            + ")");
  }

  private void save() {
    if (savedStep != step) {
      writer.checkpoint(Snapshot.take(step, parameters, adam, rng.state()));
      writer.writeJson(TIMING, new Timing(seconds(), probeNanos * 1e-9));
      savedStep = step;
      history.checkpointTaken(step);
    }
  }

  private TrainResult finish(Outcome.Status status, String reason, TrainResult.End end) {
    save();
    writer.writeJson(HeadPattern.FILE, probe.pattern(engine, parameters, step));
    writer.finish(status, step, reason, new Timing(seconds(), probeNanos * 1e-9));
    return end(end);
  }

  private TrainResult end(TrainResult.End end) {
    TrainResult result = new TrainResult(end, step, seconds());
    listener.ended(result);
    return result;
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - begun) * 1e-9;
  }

  /** The specification of a run on disk, with the stop rule that it last had. */
  public static RunSpec spec(RunFolder folder) {
    Path stop = folder.path().resolve(STOP);
    RunSpec spec =
        Json.read(
            folder.info().spec(), RunSpec.class, folder.path().resolve("run.json").toString());
    return Files.exists(stop)
        ? spec.with(s -> s.stop = Json.read(Json.readFile(stop), StopRule.class, stop.toString()))
        : spec;
  }

  /**
   * The parameters of a checkpoint.
   *
   * @throws RefrainException of kind BAD_FILE when it is damaged or does not fit the model
   */
  public static Parameters parameters(Checkpoint checkpoint, ModelSpec model) {
    return Snapshot.parameters(checkpoint, model);
  }

  /** Seconds that a run has taken by its last checkpoint, over all sittings. */
  public static double seconds(RunFolder folder) {
    Path file = folder.path().resolve(TIMING);
    if (!Files.exists(file)) {
      return 0;
    }
    JsonNode seconds = Json.readFile(file).get("seconds");
    return seconds == null ? 0 : seconds.asDouble(0);
  }
}
