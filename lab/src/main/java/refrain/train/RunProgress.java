package refrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import refrain.model.HeadId;
import refrain.store.MetricsRow;

/**
 * A run that is being trained, as far as it is known at one moment. Fed with rows of its metrics,
 * by the trainer's listener or from the tail of the log that another process writes; each row gives
 * a new value. A number that is not known yet is NaN.
 *
 * @param name for people
 * @param spec what is trained
 * @param state where it stands
 * @param step training steps taken
 * @param sittingStep steps that it had taken when this sitting began
 * @param seconds since this sitting began
 * @param loss of the last row, nats per token
 * @param probes what was measured, in order
 * @param formed the step at which heads had formed; null: not so far
 * @param failure why it failed, "" where it did not
 */
public record RunProgress(
    String name,
    RunSpec spec,
    State state,
    long step,
    long sittingStep,
    double seconds,
    double loss,
    List<Probe> probes,
    @Nullable Integer formed,
    String failure) {

  /** Where a run stands. */
  public enum State {
    WAITING,
    RUNNING,
    DONE,
    /** Ended before its last step because its outcome was settled. */
    SETTLED,
    FAILED;

    public boolean ended() {
      return this == DONE || this == SETTLED || this == FAILED;
    }
  }

  /**
   * What a run's terminal curves need of one probe.
   *
   * @param icl in-context-learning score, nats
   * @param prefixMatching of the best head
   * @param loss on the evaluation set, nats per token
   * @param best the best head; null: not measured
   * @param chance prefix matching of uniform attention
   */
  public record Probe(
      long step,
      double icl,
      double prefixMatching,
      double loss,
      @Nullable HeadId best,
      double chance) {}

  public RunProgress {
    probes = List.copyOf(probes);
  }

  /** A run that has not begun. */
  public static RunProgress waiting(String name, RunSpec spec) {
    return new RunProgress(name, spec, State.WAITING, 0, 0, 0, Double.NaN, List.of(), null, "");
  }

  /**
   * A sitting begins after so many steps.
   *
   * @param before the rows that the run has, up to that step
   */
  public RunProgress started(long at, List<MetricsRow> before) {
    List<Probe> all =
        before.stream()
            .filter(row -> row.values().containsKey(Metrics.ICL))
            .map(this::probe)
            .toList();
    double last = before.isEmpty() ? Double.NaN : loss(before.getLast());
    Integer found = all.isEmpty() ? null : formation(all);
    return new RunProgress(name, spec, State.RUNNING, at, at, 0, last, all, found, failure);
  }

  /**
   * A row was written.
   *
   * @param now seconds since the sitting began
   */
  public RunProgress measured(MetricsRow row, double now) {
    List<Probe> all = probes;
    Integer found = formed;
    if (row.values().containsKey(Metrics.ICL)) {
      all = new ArrayList<>(probes);
      all.add(probe(row));
      found = found == null ? formation(all) : found;
    }
    return new RunProgress(
        name, spec, State.RUNNING, row.step(), sittingStep, now, loss(row), all, found, failure);
  }

  private double loss(MetricsRow row) {
    return row.value(row.step() == spec.begins() ? Metrics.LOSS : Metrics.TRAIN_LOSS);
  }

  /** The sitting ended; an interrupted run waits for the next. */
  public RunProgress ended(TrainResult result) {
    State end =
        switch (result.end()) {
          case DONE -> State.DONE;
          case SETTLED -> State.SETTLED;
          case INTERRUPTED -> State.WAITING;
        };
    return new RunProgress(
        name, spec, end, result.step(), sittingStep, seconds, loss, probes, formed, failure);
  }

  public RunProgress failed(String why) {
    return new RunProgress(
        name, spec, State.FAILED, step, sittingStep, seconds, loss, probes, formed, why);
  }

  private Probe probe(MetricsRow row) {
    int best = (int) row.value(Metrics.PREFIX_MATCHING_HEAD);
    return new Probe(
        row.step(),
        row.value(Metrics.ICL),
        row.value(Metrics.PREFIX_MATCHING),
        row.value(Metrics.LOSS),
        best < 0 ? null : HeadId.ofIndex(best, spec.model().nHeads()),
        row.value(Metrics.PREFIX_MATCHING_CHANCE));
  }

  private static @Nullable Integer formation(List<Probe> probes) {
    double[] scores = probes.stream().mapToDouble(Probe::prefixMatching).toArray();
    int index = Formation.DEFAULT.index(scores, probes.getLast().chance());
    return index == Formation.NONE ? null : (int) probes.get(index).step();
  }

  /** Tokens trained on. */
  public long tokens() {
    return spec.tokens(step);
  }

  /** Speed of this sitting; NaN before its first step. */
  public double tokensPerSecond() {
    return step > sittingStep ? (step - sittingStep) * spec.tokensPerStep() / seconds : Double.NaN;
  }

  /** A number of the last probe. */
  public double last(ToDoubleFunction<Probe> of) {
    return probes.isEmpty() ? Double.NaN : of.applyAsDouble(probes.getLast());
  }

  /** A number of all probes, in order. */
  public double[] column(ToDoubleFunction<Probe> of) {
    return probes.stream().mapToDouble(of).toArray();
  }
}
