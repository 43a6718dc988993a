package refrain.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;

/**
 * Watches induction heads form, in a run whose head measures are known. The general {@link
 * Detector} needs hundreds of observations and says that a curve left its law; this one needs
 * {@link #BLIND} probes and says what formed, since it reads the score by which induction heads are
 * told.
 *
 * <p>Each measure is held against its own {@link TangentFit} in log-steps. <em>Suspected</em>: best
 * prefix matching is above its tangent at two scheduled probes on end. From then on the caller
 * probes every step, and the tangents stay what they were. <em>Confirmed</em>: prefix matching is
 * far above its tangent, and the ICL score or the late-token loss, which are one curve, far below
 * theirs, each as the median of five probes. <em>Withdrawn</em>: it is back, or half as many steps
 * again have gone by as there were before.
 *
 * <p>The bars are frozen on runs in which nothing forms: one layer on the bigram language with
 * restarts, seeds 0 to 9, 1900 steps, read every 10. Prefix matching was at most .0076 above its
 * tangent there, the ICL score at most .173 nats below, the late-token loss .178.
 */
public final class FormationWatch {
  /** Scheduled probes before anything can be suspected. */
  public static final int BLIND = 20;

  static final double SUSPECTED = 0.015;
  static final double CONFIRMED = 0.05;

  /** Nats. */
  static final double FALL = 0.25;

  private static final double NULL = 0.0076;
  private static final int ON_END = 2;
  private static final int MEDIAN_OF = 5;
  private static final double PATIENCE = 1.5;
  private static final double HALF_LIFE = 8;

  /**
   * What one state measures.
   *
   * @param step of it
   * @param prefixMatching best score of any head
   * @param icl in-context-learning score, nats
   * @param lateLoss loss late in the context, nats
   */
  public record Probe(long step, double prefixMatching, double icl, double lateLoss) {
    private double[] all() {
      return new double[] {prefixMatching, icl, lateLoss};
    }
  }

  /**
   * What was found. Numbers that do not exist are NaN.
   *
   * @param kind blind, suspected, confirmed or withdrawn
   * @param ordinal how many of this kind there were before
   * @param tau when it began, steps; in the blind part the middle of the change
   * @param low lower end of the date's interval, steps
   * @param high upper end
   * @param now what was measured
   * @param expected what the tangents say; of the blind part what it began with
   */
  public record Event(
      EventKind kind, int ordinal, double tau, double low, double high, Probe now, Probe expected) {
    /** How far best prefix matching is above its tangent, in the blind part above its first. */
    public double evidence() {
      return now.prefixMatching() - expected.prefixMatching();
    }

    /** What the evidence had to pass, downwards where a suspicion is withdrawn. */
    public double threshold() {
      return switch (kind) {
        case BLIND, CONFIRMED -> FormationWatch.CONFIRMED;
        case SUSPECTED -> FormationWatch.SUSPECTED;
        case WITHDRAWN -> FormationWatch.SUSPECTED / 2;
        default -> Double.NaN;
      };
    }

    /**
     * Steps that pass at least between a bar's being reached and this event.
     *
     * @param every steps between two scheduled probes
     */
    public long leastDelay(int every) {
      return switch (kind) {
        case SUSPECTED -> (long) (ON_END - 1) * every;
        case CONFIRMED, WITHDRAWN -> MEDIAN_OF / 2; // most of them have to have passed it
        default -> 0;
      };
    }
  }

  private enum Phase {
    BLIND,
    WATCHING,
    SUSPECTED,
    CONFIRMED
  }

  private final Consumer<Event> out;
  private final List<TangentFit> fits = fits();
  private final List<Probe> blind = new ArrayList<>();
  private Phase phase = Phase.BLIND;
  private final int[] counts = new int[EventKind.values().length];
  private int above;
  private long lastAtNull;

  // A suspicion: the tangents that were left.
  private long suspectedAt;
  private long denseUntil;
  private List<Tangent> frozen = List.of();
  private final List<SlidingMedian> recent =
      fits.stream().map(any -> new SlidingMedian(MEDIAN_OF)).toList();

  private double onset;
  private double onsetLow;

  /** Begins; {@code out} is told of each event as soon as the probe that shows it was added. */
  public FormationWatch(Consumer<Event> out) {
    this.out = out;
  }

  private static List<TangentFit> fits() {
    return List.of(
        new TangentFit(0, HALF_LIFE), new TangentFit(0, HALF_LIFE), new TangentFit(0, HALF_LIFE));
  }

  /**
   * Adds a probe, of a later step than the one before. One that is not finite is left out.
   *
   * @param scheduled whether the run has it anyway; false: it was taken because something is
   *     suspected
   */
  public void add(Probe probe, boolean scheduled) {
    double[] y = probe.all();
    for (double value : y) {
      if (!Double.isFinite(value)) {
        return;
      }
    }
    double v = Math.log(probe.step() + Detector.T0);
    switch (phase) {
      case BLIND -> blind(probe, scheduled);
      case WATCHING -> watching(probe, v, scheduled);
      case SUSPECTED -> suspected(probe, v);
      case CONFIRMED -> {}
    }
    if (scheduled) {
      for (int i = 0; i < y.length; i++) {
        fits.get(i).add(v, y[i]);
      }
    }
  }

  private void blind(Probe probe, boolean scheduled) {
    if (!scheduled) {
      return;
    }
    blind.add(probe);
    if (blind.size() == BLIND) {
      phase = Phase.WATCHING;
      lastAtNull = probe.step();
      tellBlind();
    }
  }

  private void tellBlind() {
    Probe first = blind.getFirst();
    Probe last = blind.getLast();
    double tau = Double.NaN;
    double low = Double.NaN;
    double high = Double.NaN;
    if (last.prefixMatching() - first.prefixMatching() > CONFIRMED && blind.size() == BLIND) {
      double[] steps = blind.stream().mapToDouble(Probe::step).toArray();
      ChangePoint date =
          new Dating(steps, DatingSettings.DEFAULT)
              .date(blind.stream().mapToDouble(Probe::prefixMatching).toArray());
      tau = date.tau();
      low = date.low();
      high = date.high();
    }
    emit(EventKind.BLIND, tau, low, high, last, first);
    blind.clear();
  }

  private void watching(Probe probe, double v, boolean scheduled) {
    if (!scheduled || !fits.getFirst().ready()) {
      return;
    }
    double excess = probe.prefixMatching() - fits.getFirst().at(v);
    if (excess <= NULL) {
      lastAtNull = probe.step();
    }
    above = excess > SUSPECTED ? above + 1 : 0;
    if (above < ON_END) {
      return;
    }
    above = 0;
    frozen = fits.stream().map(fit -> fit.taken(v)).toList();
    recent.forEach(SlidingMedian::clear);
    suspectedAt = probe.step();
    denseUntil = Long.MAX_VALUE;
    onsetLow = lastAtNull;
    onset = (lastAtNull + probe.step()) / 2.0;
    phase = Phase.SUSPECTED;
    emit(EventKind.SUSPECTED, onset, onsetLow, suspectedAt, probe, expected(probe, v));
  }

  private Probe expected(Probe probe, double v) {
    return new Probe(probe.step(), frozen.get(0).at(v), frozen.get(1).at(v), frozen.get(2).at(v));
  }

  private void suspected(Probe probe, double v) {
    double[] y = probe.all();
    for (int i = 0; i < y.length; i++) {
      recent.get(i).add(y[i] - frozen.get(i).at(v));
    }
    if (recent.getFirst().size() < MEDIAN_OF) {
      return;
    }
    double matching = recent.get(0).median();
    double fall = -Math.min(recent.get(1).median(), recent.get(2).median());
    if (matching > CONFIRMED && fall > FALL) {
      phase = Phase.CONFIRMED;
      denseUntil = 2 * probe.step() - suspectedAt;
      emit(EventKind.CONFIRMED, onset, onsetLow, suspectedAt, probe, expected(probe, v));
    } else if (matching < SUSPECTED / 2 || probe.step() > PATIENCE * suspectedAt) {
      phase = Phase.WATCHING;
      denseUntil = 0;
      lastAtNull = probe.step();
      emit(EventKind.WITHDRAWN, onset, onsetLow, suspectedAt, probe, expected(probe, v));
    }
  }

  private void emit(
      EventKind kind, double tau, double low, double high, Probe now, Probe expected) {
    out.accept(new Event(kind, counts[kind.ordinal()]++, tau, low, high, now, expected));
  }

  /**
   * Whether the state after a step is to be probed whatever is planned, and kept from time to time:
   * from a suspicion until it is withdrawn, or until as long after it was confirmed again.
   */
  public boolean dense(long step) {
    return step <= denseUntil && (phase == Phase.SUSPECTED || phase == Phase.CONFIRMED);
  }

  public boolean confirmed() {
    return phase == Phase.CONFIRMED;
  }

  /** The run has ended; a blind part that never ended is told. */
  public void end() {
    if (!blind.isEmpty()) {
      tellBlind();
    }
  }
}
