package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.intervene.SharedPass;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.probe.IclIndices;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.store.Checkpoint;
import refrain.store.MetricsTable;
import refrain.store.RunFolder;
import refrain.train.Engines;
import refrain.train.RunSpec;
import refrain.train.Trainer;

/**
 * A run that has ended, as analyses read it: its specification, metrics and checkpoints, the data
 * that it was trained on, an engine to run its model on, and the run that it is compared with.
 *
 * <p>Not thread-safe; to be closed.
 */
public final class Subject implements AutoCloseable {
  private final RunFolder folder;
  private final RunSpec spec;
  private final int threads;
  private final @Nullable Subject control;
  private @Nullable MetricsTable metrics;
  private @Nullable DataSource data;
  private @Nullable Transformer engine;

  /**
   * @param control the run that this one is compared with, at the same seed; null: none
   * @param threads for forward passes; findings do not depend on it
   */
  public Subject(RunFolder folder, @Nullable RunFolder control, int threads) {
    this.folder = folder;
    this.spec = Trainer.spec(folder);
    this.threads = threads;
    this.control = control == null ? null : new Subject(control, null, threads);
  }

  public RunFolder folder() {
    return folder;
  }

  public RunSpec spec() {
    return spec;
  }

  public ModelSpec model() {
    return spec.model();
  }

  /** The run that this one is compared with. */
  public Optional<Subject> control() {
    return Optional.ofNullable(control);
  }

  public MetricsTable metrics() {
    if (metrics == null) {
      metrics = folder.metrics();
    }
    return metrics;
  }

  /** What its probes measured; at least one probe. */
  public Curves curves() {
    Curves curves = Curves.of(metrics());
    if (curves.isEmpty()) {
      throw RefrainException.badInput(folder.path() + ": nothing was measured in this run");
    }
    return curves;
  }

  public DataSource data() {
    if (data == null) {
      data = spec.openData();
    }
    return data;
  }

  /** The first sequences of the run's own evaluation set, or more of the same draw. */
  public Batch evaluation(int sequences) {
    return data().evaluation(spec.seeds().evaluation(), sequences, spec.context());
  }

  /** Where the run's ICL score is read. */
  public IclIndices iclIndices() {
    IclIndices own = spec.probing().measures().icl();
    return own == null ? IclIndices.forContext(spec.context()) : own;
  }

  /** The run's own sequences of repeated random tokens, or more of the same draw. */
  public RepeatedSequences repeated(int examples) {
    return RepeatedSequences.draw(
        TokenPool.of(data()), spec.probing().measures().seed(), examples, model().nCtx());
  }

  /** Steps of the checkpoints, increasing; the last is the run's end. */
  public long[] steps() {
    return folder.checkpoints().list().stream().mapToLong(Checkpoint::step).toArray();
  }

  /**
   * The parameters after so many steps.
   *
   * @param step 0: the initial ones; else one of {@link #steps}
   */
  public Parameters parameters(long step) {
    return step == 0
        ? Parameters.init(model(), spec.seeds().init())
        : Trainer.parameters(folder.checkpoints().at(step), model());
  }

  /** The parameters at the end of the run. */
  public Parameters last() {
    long[] steps = steps();
    if (steps.length == 0) {
      throw RefrainException.badInput(folder.path() + ": this run has no checkpoint");
    }
    return parameters(steps[steps.length - 1]);
  }

  public Transformer engine() {
    if (engine == null) {
      engine = Engines.create(spec.engine(), model(), threads);
    }
    return engine;
  }

  /** The plan of the run's own interventions and then of others, for a batch. */
  public Plan plan(Parameters parameters, Batch batch, List<Intervention> more) {
    List<Intervention> all = new ArrayList<>(spec.interventions());
    all.addAll(more);
    return all.isEmpty()
        ? Plan.NONE
        : Interventions.of(model(), all).plan(engine(), parameters, batch, Donors.NONE);
  }

  /**
   * Per-token losses, [batch, T] in nats, under the run's own interventions and others.
   *
   * @param more applied after the run's own
   */
  public float[][] losses(Parameters parameters, Batch batch, List<Intervention> more) {
    return losses(parameters, batch, more, Observer.NONE);
  }

  /** The same with an observer. */
  public float[][] losses(
      Parameters parameters, Batch batch, List<Intervention> more, Observer observer) {
    return engine().forward(parameters, batch, plan(parameters, batch, more), observer);
  }

  /**
   * A pass over a batch, kept for many ablations: under the run's own interventions.
   *
   * @param wanted interventions whose values are kept
   */
  public SharedPass shared(Parameters parameters, Batch batch, List<Intervention> wanted) {
    return SharedPass.of(engine(), parameters, batch, spec.interventions(), wanted);
  }

  /** The mean over sequences of losses [batch, T], by index: [T]; summed in order. */
  public static double[] byIndex(float[][] losses) {
    double[] mean = new double[losses[0].length];
    for (float[] sequence : losses) {
      for (int t = 0; t < mean.length; t++) {
        mean[t] += sequence[t];
      }
    }
    for (int t = 0; t < mean.length; t++) {
      mean[t] /= losses.length;
    }
    return mean;
  }

  /** The ICL score of losses [batch, T], nats. */
  public double icl(float[][] losses) {
    double[] byIndex = byIndex(losses);
    return iclIndices().late(byIndex) - iclIndices().early(byIndex);
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
    if (control != null) {
      control.close();
    }
  }
}
