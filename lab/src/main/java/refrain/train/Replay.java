package refrain.train;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.store.Arithmetic;
import refrain.store.Checkpoint;
import refrain.store.Machine;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.store.RunInfo;

/**
 * A run on its way again, in memory: from its newest undamaged checkpoint at or before a step, or
 * from its initial parameters. It goes on step by step, each held against what the run recorded,
 * and says where it is unlike the run; what follows from that is its caller's business. Nothing is
 * written. To be closed.
 */
public final class Replay implements AutoCloseable {
  private static final Set<String> RECORDED =
      Set.of(Metrics.TOKENS, Metrics.TRAIN_LOSS, Metrics.GRADIENT_NORM, Metrics.RATE);

  private final TrainingState state;
  private final Map<Long, MetricsRow> recorded;

  /**
   * Sets out.
   *
   * @param from a step that the way leads over
   * @param to the last step wanted, one that the run recorded
   * @param threads the bits do not depend on it
   * @param data the run's, or what is left of it
   * @throws RefrainException of kind BAD_INPUT when the run has no such steps, or when the state
   *     that it began from is lost
   */
  public Replay(RunFolder run, RunSpec spec, long from, long to, int threads, DataSource data) {
    Trainer.requireTrained(spec, run.path());
    this.recorded =
        run.own().metrics(RECORDED).rows().stream()
            .collect(Collectors.toMap(MetricsRow::step, row -> row));
    if (from < spec.begins() || to < from || !recorded.containsKey(to)) {
      throw RefrainException.badInput(
          "%s: no steps %d to %d to train again; the run has steps %d to %d",
          run.path(), from, to, spec.begins(), spec.begins() + recorded.size() - 1);
    }
    Optional<Checkpoint> start = run.checkpoints().latestGood(from).checkpoint();
    if (start.isEmpty() && spec.parent() != null) {
      throw RefrainException.badInput(
          "%s: the state that the run began from is lost or damaged, so no step can be trained again",
          run.path());
    }
    this.state = new TrainingState(spec, data, new RunDonors(), threads);
    state.guarded(Guard.asTrained(run, spec));
    start.ifPresent(state::restore);
  }

  /** The state of now; the next step changes it in place. */
  public TrainingState state() {
    return state;
  }

  /**
   * That a run made a stretch with other arithmetic than this process has, in words; empty: it did
   * not.
   *
   * @param from the step before the first one of it
   * @param to the last one
   */
  public static Optional<String> otherArithmetic(RunFolder run, long from, long to) {
    Arithmetic here = Engines.arithmetic();
    RunInfo info = run.info();
    for (long step = from + 1; step <= to; step++) {
      RunInfo.Session sitting = info.sittingOf(step);
      // An old run tells the processor only; whether the rest was alike, its rows will tell.
      boolean alike =
          sitting.arithmetic() == null
              ? sitting.machine().cpu().equals(Machine.here().cpu())
              : sitting.arithmetic().sameBits(here);
      if (!alike) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "step %d was made with %s, here is %s",
                step,
                sitting.calculatedWith().words(),
                here.words()));
      }
    }
    return Optional.empty();
  }

  /**
   * Takes a step.
   *
   * @return how it is unlike what the run recorded of it; empty: it is the same to the bit
   * @throws RefrainException of kind DIVERGED when numbers stop being finite
   */
  public Optional<String> advance() {
    MetricsRow now = state.update();
    MetricsRow then = recorded.getOrDefault(now.step(), now);
    for (String name : now.values().keySet()) {
      if (Double.compare(now.value(name), then.value(name)) != 0) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "step %d trained again has %s %s, recorded is %s",
                now.step(),
                name,
                now.value(name),
                then.value(name)));
      }
    }
    return Optional.empty();
  }

  /** The SHA-256 that a checkpoint's file of the parameters of now has. */
  public String sha256() {
    return state.snapshot().modelSha256();
  }

  @Override
  public void close() {
    state.close();
  }
}
