package refrain.train;

import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.Rng;
import refrain.intervene.Donors;
import refrain.intervene.Interventions;
import refrain.intervene.Timetable;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.store.Checkpoint;
import refrain.store.MetricsRow;
import refrain.store.Parent;

/**
 * A model in training: its parameters, the optimiser's moments and the generator of batches after
 * so many steps. The one place that takes a step. Not thread-safe; to be closed.
 */
public final class TrainingState implements AutoCloseable {
  private final RunSpec spec;
  private final DataSource data;
  private Batches batches;
  private final Donors donors;
  private Timetable timetable;
  private final Parameters parameters;
  private final float[] gradient;
  private final AdamW adam;
  private Rng rng;
  private Transformer engine;
  private int threads;
  private int step;
  private boolean finite = true;

  /** The state before the first step. */
  TrainingState(RunSpec spec, DataSource data, Donors donors, int threads) {
    this.spec = spec;
    this.data = data;
    this.batches = new Batches(spec, data);
    this.donors = donors;
    this.threads = threads;
    this.engine = Engines.create(spec.engine(), spec.model(), threads);
    this.parameters = Parameters.init(spec.model(), spec.seeds().init());
    this.gradient = new float[parameters.arena().length];
    this.adam = new AdamW(spec.optimizer(), gradient.length, threads);
    this.rng = Rng.of(spec.seeds().data()).split("batches");
    this.timetable = new Timetable(spec.model(), spec.interventions());
  }

  /** Steps taken. */
  public int step() {
    return step;
  }

  /** The parameters of now; the next step changes them in place. */
  public Parameters parameters() {
    return parameters;
  }

  /** What computes the steps, for passes over other batches between them. */
  public Transformer engine() {
    return engine;
  }

  /** Begins from another run's state instead of at the beginning. */
  void inherit(Checkpoint.Contents begun, Parent parent) {
    rng = Snapshot.inherit(begun, parent, parameters, adam, rng, spec.seeds().init());
    step = parent.begins();
  }

  /** Goes on as its guard has it. */
  void guarded(RunSpec asTrained) {
    batches = new Batches(asTrained, data);
    timetable = new Timetable(asTrained.model(), asTrained.interventions());
  }

  void restore(Checkpoint checkpoint) {
    rng = Snapshot.restore(checkpoint, parameters, adam);
    step = (int) checkpoint.step();
  }

  Checkpoint.Contents snapshot() {
    return Snapshot.take(step, parameters, adam, rng.state());
  }

  void useThreads(int wanted) {
    if (wanted != threads) {
      engine.close();
      threads = wanted;
      engine = Engines.create(spec.engine(), spec.model(), threads);
    }
  }

  /**
   * Takes one step.
   *
   * @return the row of the state after it, not yet probed
   * @throws RefrainException of kind DIVERGED when a number is not finite; the state is as before,
   *     unless {@link #isFinite} denies it
   */
  MetricsRow update() {
    long[] before = rng.state();
    Batch batch = batches.next(rng, step);
    Plan plan = plan(batch);
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
      throw e;
    }
    requireFinite();
    step++;
    return MetricsRow.at(step)
        .put(Metrics.TOKENS, (double) spec.tokens(step))
        .put(Metrics.TRAIN_LOSS, loss)
        .put(Metrics.GRADIENT_NORM, norm)
        .put(Metrics.RATE, rate);
  }

  /** What changes the next step. */
  private Plan plan(Batch batch) {
    Interventions on = timetable.at(step);
    return on.isEmpty() ? Plan.NONE : on.plan(engine, parameters, batch, donors);
  }

  /** Whether parameters and moments can be kept; false after an update that spoilt them. */
  boolean isFinite() {
    return finite;
  }

  private void requireFinite() {
    float[] arena = parameters.arena();
    finite = AdamW.finite(arena) && adam.momentsAreFinite();
    if (finite) {
      return;
    }
    String spoilt =
        parameters.layout().all().stream()
            .filter(p -> !AdamW.finite(Parameters.read(p, arena)))
            .findFirst()
            .map(p -> p.name())
            .orElse("the optimizer's moments");
    throw RefrainException.diverged("the update made " + spoilt + " infinite or NaN");
  }

  /** The mean loss of the batch that the next step would take, nats; nothing is changed. */
  double nextLoss() {
    Batch batch = batches.next(Rng.ofState(rng.state()), step);
    Plan plan = plan(batch);
    return Transformer.mean(engine.forward(parameters, batch, plan, Observer.NONE), batch);
  }

  @Override
  public void close() {
    engine.close();
  }
}
