package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.GivenWindows;
import refrain.data.TokenNames;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.probe.IclIndices;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.store.Checkpoint;
import refrain.store.MetricsTable;
import refrain.store.RunFolder;
import refrain.train.Engines;
import refrain.train.Guard;
import refrain.train.RunDonors;
import refrain.train.RunProbe;
import refrain.train.RunSpec;
import refrain.train.RunText;
import refrain.train.Snapshot;
import refrain.train.Trainer;

/**
 * A run that has ended, as analyses read it: its specification, metrics and checkpoints, the data
 * that it was trained on, an engine to run its model on, and the run that it is compared with.
 *
 * <p>Not thread-safe; to be closed.
 */
public final class Subject implements Measured, AutoCloseable {
  /** Pairs of sequences behind a verdict. */
  private static final int PAIRS = 64;

  private final RunFolder folder;
  private final RunSpec spec;
  private final int threads;
  private final Donors donors = new RunDonors();
  private final @Nullable Subject control;
  private final List<Subject> others;
  private @Nullable RunSpec asTrained;
  private @Nullable MetricsTable metrics;
  private @Nullable DataSource data;
  private @Nullable TokenPool pool;
  private @Nullable Transformer engine;

  /**
   * @param control the run that this one is compared with, at the same seed; null: none
   * @param threads for forward passes; findings do not depend on it
   */
  public Subject(RunFolder folder, @Nullable RunFolder control, int threads) {
    this(folder, control, List.of(), threads);
  }

  /**
   * The same, for an analysis of all runs of a seed.
   *
   * @param others ended runs of the same seed, without this one and its control
   */
  public Subject(
      RunFolder folder, @Nullable RunFolder control, List<RunFolder> others, int threads) {
    this.folder = folder;
    this.spec = Trainer.spec(folder);
    this.threads = threads;
    this.control = control == null ? null : new Subject(control, null, threads);
    this.others = others.stream().map(other -> new Subject(other, null, threads)).toList();
  }

  public RunFolder folder() {
    return folder;
  }

  /** What the run was asked, with what its guard put on. */
  public RunSpec asTrained() {
    if (asTrained == null) {
      asTrained = Guard.asTrained(folder, spec);
    }
    return asTrained;
  }

  /** For forward passes, and for the steps of models that are trained beside it. */
  public int threads() {
    return threads;
  }

  public RunSpec spec() {
    return spec;
  }

  @Override
  public ModelSpec model() {
    return spec.model();
  }

  @Override
  public int context() {
    return spec.context();
  }

  @Override
  public ProbeSpec probe() {
    return spec.probing().measures();
  }

  @Override
  public int readable() {
    int own = spec.probing().sequences();
    return spec.data() instanceof GivenWindows ? own : Math.max(IclEstimate.SEQUENCES, own);
  }

  @Override
  public int pairs() {
    return spec.series() == null ? PAIRS : OnDisk.PAIRS;
  }

  @Override
  public ProbeSuite suite(ProbeSpec probe) {
    return suite(probe, evaluation(spec.probing().sequences()));
  }

  @Override
  public ProbeSuite suite(ProbeSpec probe, Batch text) {
    return RunProbe.suite(spec, data(), probe, text);
  }

  /** The run that this one is compared with. */
  public Optional<Subject> control() {
    return Optional.ofNullable(control);
  }

  /**
   * The control where losses of both may be subtracted: where they were evaluated on the same
   * tokens, at the same index of each example.
   */
  public Optional<Subject> controlOnSameTokens() {
    return control().filter(c -> evaluatedOnTheTokensOf(c.spec));
  }

  /**
   * All runs of its seed that are known and have the same evaluation set: itself, its control, then
   * others. Probes of some may read fewer of its sequences.
   */
  public List<Subject> companions() {
    return Stream.concat(Stream.of(this), Stream.concat(control().stream(), others.stream()))
        .filter(each -> hasTheTokensOf(each.spec))
        .toList();
  }

  private boolean evaluatedOnTheTokensOf(RunSpec other) {
    return hasTheTokensOf(other)
        && spec.probing().sequences() == other.probing().sequences()
        && spec.probing().measures().seed() == other.probing().measures().seed();
  }

  private boolean hasTheTokensOf(RunSpec other) {
    return spec.data().equals(other.data())
        && spec.context() == other.context()
        && spec.seeds().evaluation() == other.seeds().evaluation();
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
      data = RunText.open(folder.path(), spec);
    }
    return data;
  }

  /** What its tokens are called; of text without opening it, where the run keeps its tokenizer. */
  @Override
  public TokenNames tokenNames() {
    return RunText.tokenizer(folder)
        .map(TokenNames::of)
        .orElseGet(() -> TokenNames.of(spec.data(), data()));
  }

  /** What each of some tokens is called. */
  public List<String> namesOf(int[] tokens) {
    return Arrays.stream(tokens).mapToObj(tokenNames()::name).toList();
  }

  private TokenPool pool() {
    if (pool == null) {
      pool = TokenPool.of(data());
    }
    return pool;
  }

  /** The first sequences of the run's own evaluation set, or more of the same draw. */
  @Override
  public Batch evaluation(int sequences) {
    return data().evaluation(spec.seeds().evaluation(), sequences, spec.context());
  }

  /** As many of them as hold so many tokens; at least two. */
  public Batch evaluationOf(int tokens) {
    return evaluation(Math.max(2, tokens / spec.context()));
  }

  /** Where the run's ICL score is read. */
  @Override
  public IclIndices iclIndices() {
    IclIndices own = spec.probing().measures().icl();
    return own == null ? IclIndices.forContext(spec.context()) : own;
  }

  /**
   * What scores in tables, verdicts and last lines are read on: {@link IclEstimate#SEQUENCES}
   * sequences of the evaluation set, or as many as the run's probes read where those are more.
   */
  @Override
  public Batch scored() {
    return evaluation(readable());
  }

  /** The ICL score of the model after so many steps, under the run's own interventions. */
  public IclEstimate icl(long step) {
    return IclEstimate.of(state(step), scored().tokens(), iclIndices());
  }

  /**
   * The first state with a checkpoint from which on heads had formed: the step of that checkpoint.
   * Empty where none formed, or no checkpoint is so late.
   */
  public OptionalLong formed() {
    OptionalLong formed = curves().formed();
    return formed.isEmpty()
        ? formed
        : Arrays.stream(steps()).filter(step -> step >= formed.getAsLong()).findFirst();
  }

  /** The run's own sequences of repeated random tokens, or more of the same draw. */
  @Override
  public RepeatedSequences repeated(int examples) {
    return RepeatedSequences.draw(
        pool(), spec.probing().measures().seed(), examples, spec.context());
  }

  /** Steps of the checkpoints, increasing; the last is the run's end. */
  public long[] steps() {
    return folder.checkpoints().list().stream().mapToLong(Checkpoint::step).toArray();
  }

  /** The same, with step 0 where the run began anew: of it the parameters are known too. */
  public long[] states() {
    LongStream saved = LongStream.of(steps());
    return (spec.anew() ? LongStream.concat(LongStream.of(0), saved) : saved).toArray();
  }

  /**
   * The parameters after so many steps.
   *
   * @param step 0 of a run that began anew: the initial ones; else one of {@link #steps}
   */
  public Parameters parameters(long step) {
    return step == 0 && spec.anew()
        ? Parameters.init(model(), spec.seeds().init())
        : Snapshot.parameters(folder.checkpoints().at(step), model());
  }

  /** The model after so many steps, under the run's own interventions that are on then. */
  @Override
  public ModelState state(long step) {
    return state(step, parameters(step));
  }

  /**
   * The same with parameters of another origin.
   *
   * @param step any, which says which of its interventions are on
   */
  @Override
  public ModelState state(long step, Parameters parameters) {
    List<Intervention> on = Intervention.at((int) step, asTrained().interventions());
    return new ModelState(engine(), parameters, on, donors, spec.context(), this::pool);
  }

  /** The model at the end of the run. */
  public ModelState last() {
    long[] steps = steps();
    if (steps.length == 0) {
      throw RefrainException.badInput(folder.path() + ": this run has no checkpoint");
    }
    return state(steps[steps.length - 1]);
  }

  /** What it loses on the evaluation set, under interventions. */
  public Losses losses(ModelState state) {
    return new Losses(
        state,
        evaluation(Losses.sequences(spec.context())).tokens(),
        losses -> IclReading.of(losses, iclIndices()).icl());
  }

  public Transformer engine() {
    if (engine == null) {
      engine = Engines.create(spec.engine(), model(), threads);
    }
    return engine;
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
    if (control != null) {
      control.close();
    }
    others.forEach(Subject::close);
  }
}
