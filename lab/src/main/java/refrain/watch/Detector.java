package refrain.watch;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import refrain.base.RefrainException;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;

/**
 * Watches one series. A phase change is improvement below the tangent of the series' own past in
 * log-steps ({@link TangentFit}); evidence is gathered at three half-lives ({@link Lens}) by bets
 * whose rate of false alarms is known where the curve keeps its law ({@link Bets}). What is
 * suspected is confirmed or withdrawn {@link DetectorSettings#confirm} observations later, against
 * the tangent as it was when it was suspected.
 *
 * <p>Harm is judged against the best so far and not against the tangent, which runs on the better
 * side of a convex curve: ordinary learning would be harm.
 *
 * <p>Every rule uses the past alone. Memory does not grow with the series.
 */
public final class Detector {
  /** In v = log(step + t0), as in offline dating. */
  public static final double T0 = 100;

  private static final int LEAST_DATED = 20;
  private static final int MEDIAN_OF = 5;

  /** Returns are of two kinds, success and failure, and many failures follow each other. */
  private static final int MEDIAN_OF_SCORES = 15;

  private static final double HARM = 4;
  private static final double RECOVERED = 2;
  private static final double OUTLIER = 6;
  private static final int NANS = 3;
  private static final int HARM_ENDS = 60;
  private static final int WINDOW = 200;

  /** Less than this is immaterial: of a log or of a score between 0 and 1; of another's range. */
  static final double MATERIAL = 0.003;

  private static final double MATERIAL_OF_RANGE = 0.01;
  private static final double HARM_MATERIAL = 0.02;
  private static final double HARM_OF_RANGE = 0.1;
  private static final double CONFIRM_MATERIAL = 0.03;

  private final Direction direction;
  private final Transform transform;
  private final DetectorSettings settings;
  private final Consumer<Finding> out;

  private final Lens[] lenses;
  private final double[] windowSums;
  private int inWindow;
  private final History history = new History();
  private final int medianOf;
  private final SlidingMedian recent;
  private final BestSoFar best = new BestSoFar();
  private final Worst worst = new Worst();
  private final Foresight foresight;
  private final Schedule schedule;
  private final Map<EventKind, Integer> counts = new EnumMap<>(EventKind.class);

  private Standing.Phase phase = Standing.Phase.BLIND;
  private Schedule.State rate = Schedule.State.UNKNOWN;
  private boolean firstBlind = true;

  /** Whether the learning rate left the one that the baseline was learned at. */
  private boolean otherRate;

  private long total;
  private long inBaseline;
  private long watched;
  private long windows;
  private long windowsOver;
  private double baselineStart = Double.NaN;
  private double firstStep = Double.NaN;
  private double step = Double.NaN;
  private double value = Double.NaN;
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private long outliers;
  private long nans;
  private int nansInARow;

  /** R, what all bets say in the mean. */
  private double meanBet;

  // A suspicion: the tangent that was left, and how far from it the observations since lie.
  private Tangent left = new Tangent(0, 0, 0);
  private double leftScale;
  private double leftBest;
  private final SlidingMedian now;
  private final SlidingMedian residuals;
  private double onset;
  private int since;
  private double age;

  // Harm: the best that was left.
  private double harmBest;
  private double harmScale;
  private double harmTimes = HARM;

  /**
   * Begins to watch.
   *
   * @param out told of each finding as soon as the observation that shows it was added
   */
  public Detector(
      Direction direction, Transform transform, DetectorSettings settings, Consumer<Finding> out) {
    this.direction = direction;
    this.transform = transform;
    this.settings = settings;
    this.out = out;
    medianOf = transform == Transform.LOG ? MEDIAN_OF : MEDIAN_OF_SCORES;
    recent = new SlidingMedian(medianOf);
    foresight = new Foresight(settings.confirm());
    schedule = new Schedule(settings.scheduled());
    lenses =
        settings.halfLives().stream()
            .map(halfLife -> new Lens(halfLife, settings.correlation()))
            .toArray(Lens[]::new);
    windowSums = new double[lenses.length];
    now = new SlidingMedian(settings.confirm() / 2);
    residuals = new SlidingMedian(settings.confirm() / 2);
  }

  /** Whether a step can be put on the log axis: it is finite, and above -100. */
  public static boolean placed(double step) {
    return step + T0 > 0 && !Double.isInfinite(step);
  }

  /**
   * Adds an observation.
   *
   * @param at its step, larger than the one before
   * @param raw its value; what is not finite adds no evidence
   * @param learningRate then; NaN where it is not known
   * @throws RefrainException where the step cannot be put on a log axis
   */
  public void add(double at, double raw, double learningRate) {
    if (!placed(at)) {
      throw RefrainException.badInput(
          "step %s: expected a finite step above -%s; count rows instead (--step rows)", at, T0);
    }
    if (!Double.isFinite(raw)) {
      noNumber(at, raw);
      return;
    }
    nansInARow = 0;
    total++;
    if (total == 1) {
      firstStep = at;
      baselineStart = at;
    }
    step = at;
    value = raw;
    double v = Math.log(at + T0);
    double y = direction.sign() * transform.apply(raw);
    low = Math.min(low, raw);
    high = Math.max(high, raw);
    double floor = floor();

    history.add(at, y);
    recent.add(y);
    Schedule.State before = rate;
    rate = schedule.add(at, learningRate);
    inBaseline++;

    if (phase == Standing.Phase.HARMED) {
      best.add(y);
      harmed();
      return;
    }
    if (harms(v, y, floor)) {
      return;
    }
    if (best.add(y)) {
      harmTimes = HARM;
    }
    if (phase == Standing.Phase.WATCHING) {
      foresight.add(v, y, lenses[lenses.length / 2].fit());
    }
    boolean says = lenses[0].add(v, y, floor, settings.clip());
    for (int i = 1; i < lenses.length; i++) {
      says &= lenses[i].add(v, y, floor, settings.clip());
    }
    if (phase == Standing.Phase.BLIND) {
      blind();
    } else if (phase == Standing.Phase.SUSPECTED) {
      suspected(v, y);
    } else if (rate == Schedule.State.CHANGING) {
      if (before != Schedule.State.CHANGING) {
        tell(EventKind.SCHEDULED, step, step, step, lnR());
        otherRate = true;
      }
      clearBets();
    } else if (otherRate) {
      startAgain();
    } else if (says) {
      bet(v, floor);
    }
  }

  private void noNumber(double at, double raw) {
    nans++;
    if (total > 0 && ++nansInARow == NANS) {
      step = at;
      value = raw;
      tell(EventKind.NAN, at, at, at, nansInARow);
    }
  }

  private void blind() {
    if (inBaseline < settings.blind() || step - baselineStart < settings.blindSteps()) {
      return;
    }
    phase = Standing.Phase.WATCHING;
    if (firstBlind) {
      tellBlind();
    }
  }

  /** What happened in the blind part, dated with all of it. */
  private void tellBlind() {
    firstBlind = false;
    ChangePoint date = date(total);
    History.Stretch all = history.last(total);
    emit(
        EventKind.BLIND,
        date.tau(),
        date.low(),
        date.high(),
        original(all.values()[0]),
        date.evidence());
  }

  private void bet(double v, double floor) {
    watched++;
    double sum = 0;
    for (int i = 0; i < lenses.length; i++) {
      double x = lenses[i].x();
      windowSums[i] += x;
      lenses[i].bets().add(x);
      sum += lenses[i].bets().sum();
    }
    if (++inWindow == WINDOW) {
      windows += lenses.length;
      for (int i = 0; i < lenses.length; i++) {
        windowsOver += windowSums[i] / WINDOW > Bets.TOLERATED ? 1 : 0;
        windowSums[i] = 0;
      }
      inWindow = 0;
    }
    meanBet = sum / (lenses.length * Bets.SIZES.length);
    if (meanBet >= settings.threshold()) {
      suspect(v, floor);
    }
  }

  private void suspect(double v, double floor) {
    Lens loudest = lenses[0];
    for (Lens lens : lenses) {
      loudest = lens.bets().loudest() > loudest.bets().loudest() ? lens : loudest;
    }
    age = loudest.bets().age();
    double spread = 1.96 * loudest.bets().spread();
    onset = history.stepBefore(age);
    double from = history.stepBefore(age + spread);
    double through = history.stepBefore(Math.max(0, age - spread));
    left = loudest.fit().taken(v);
    leftScale = loudest.marginal(floor);
    leftBest = best.level();
    now.clear();
    residuals.clear();
    since = 0;
    phase = Standing.Phase.SUSPECTED;
    emit(EventKind.SUSPECTED, onset, from, through, original(left.y()), lnR());
  }

  private void suspected(double v, double y) {
    if (since >= settings.confirm() - settings.confirm() / 2) {
      residuals.add(y - left.at(v));
      now.add(y);
    }
    if (++since < settings.confirm()) {
      return;
    }
    double expected = original(left.at(v));
    double immaterial =
        CONFIRM_MATERIAL * (transform == Transform.LOG || inUnit() ? 1 : high - low);
    boolean better = !(now.median() <= leftBest);
    if (better
        && residuals.median()
            > Math.max(Math.max(settings.left() * leftScale, immaterial), foresight.bar())) {
      ChangePoint date = date(Math.min(inBaseline, 2.5 * (since + age) + settings.blind()));
      boolean dated = date.inside() && date.size() > 0 == direction.sign() > 0;
      emit(
          EventKind.CONFIRMED,
          dated ? date.tau() : history.stepBefore((since + age) / 2),
          dated ? date.low() : onset,
          dated ? date.high() : step,
          expected,
          lnR());
      beginFrom(since);
    } else {
      emit(EventKind.WITHDRAWN, onset, onset, step, expected, lnR());
      phase = Standing.Phase.WATCHING;
    }
    clearBets();
  }

  /** Learns the new law from the observations since the suspicion on. */
  private void beginFrom(int observations) {
    History.Stretch stretch = history.last(observations);
    startAgain();
    double floor = floor();
    for (int i = 0; i < stretch.steps().length; i++) {
      for (Lens lens : lenses) {
        lens.add(Math.log(stretch.steps()[i] + T0), stretch.values()[i], floor, settings.clip());
      }
    }
    inBaseline = stretch.steps().length;
    baselineStart = stretch.steps()[0];
    blind();
  }

  /** A new baseline, which is blind at first. */
  private void startAgain() {
    for (Lens lens : lenses) {
      lens.clear();
    }
    clearBets();
    foresight.interrupt();
    otherRate = false;
    inBaseline = 0;
    baselineStart = step;
    phase = Standing.Phase.BLIND;
  }

  private void clearBets() {
    for (Lens lens : lenses) {
      lens.bets().clear();
    }
    meanBet = 0;
  }

  /** Counts what is far on the worse side; true where the level is. */
  private boolean harms(double v, double y, double floor) {
    Lens lens = lenses[0];
    if (!lens.known()) {
      return false;
    }
    if (y < lens.fit().at(v) - OUTLIER * lens.marginal(floor)) {
      outliers++;
      if (Long.bitCount(outliers) == 1) {
        emit(EventKind.OUTLIER, step, step, step, original(lens.fit().at(v)), outliers);
      }
    }
    double floorOfHarm =
        transform == Transform.LOG || inUnit() ? HARM_MATERIAL : HARM_OF_RANGE * (high - low);
    double margin = Math.max(harmTimes * lenses[lenses.length - 1].marginal(floor), floorOfHarm);
    if (recent.size() < medianOf || Double.isNaN(best.level())) {
      return false;
    }
    double level = recent.median();
    boolean sudden = level < best.level() - margin && level < worst.level() - floorOfHarm;
    if (!sudden) {
      worst.add(level);
    }
    if (!sudden && !best.sinks(floorOfHarm)) {
      return false;
    }
    harmBest = best.level();
    harmScale = sudden ? margin / harmTimes : (harmBest - best.lastLevel()) / HARM;
    best.told();
    since = 0;
    phase = Standing.Phase.HARMED;
    double from = history.stepBefore(medianOf - 1.0);
    emit(EventKind.HARM, from, from, step, original(harmBest), lnR());
    clearBets();
    return true;
  }

  private void harmed() {
    since++;
    if (recent.median() > harmBest - RECOVERED * harmScale) {
      phase = inBaseline < settings.blind() ? Standing.Phase.BLIND : Standing.Phase.WATCHING;
      emit(EventKind.RECOVERED, step, step, step, original(harmBest), lnR());
    } else if (since == HARM_ENDS) {
      emit(EventKind.NEW_LEVEL, step, step, step, original(harmBest), lnR());
      best.startAgain();
      harmTimes *= 2;
      startAgain();
    }
  }

  /** Tells of a blind part that never ended; a series that ends is added nothing after this. */
  public void end() {
    if (firstBlind && total > 0) {
      tellBlind();
    }
  }

  private ChangePoint date(double observations) {
    History.Stretch stretch = history.last(observations);
    double[] steps = stretch.steps();
    if (steps.length < LEAST_DATED) {
      return new ChangePoint(
          Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, 0, 0, false);
    }
    double[] values = new double[steps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = direction.sign() * stretch.values()[i];
    }
    return new Dating(steps, DatingSettings.DEFAULT).date(values);
  }

  private void tell(EventKind kind, double tau, double from, double through, double evidence) {
    emit(kind, tau, from, through, Double.NaN, evidence);
  }

  private void emit(
      EventKind kind, double tau, double from, double through, double expected, double evidence) {
    int ordinal = counts.merge(kind, 1, Integer::sum) - 1;
    out.accept(
        new Finding(
            kind,
            ordinal,
            total,
            step,
            tau,
            from,
            through,
            value,
            expected,
            evidence,
            Math.log(settings.threshold()),
            Bets.delay(2, settings.threshold())));
  }

  private double lnR() {
    return Math.log(meanBet);
  }

  private double original(double y) {
    return transform.undo(direction.sign() * y);
  }

  private boolean inUnit() {
    return low >= 0 && high <= 1;
  }

  private double floor() {
    return transform == Transform.LOG || inUnit()
        ? MATERIAL
        : Math.max(Double.MIN_NORMAL, MATERIAL_OF_RANGE * (high - low));
  }

  /** Where the series stands after the last observation. */
  public Standing standing() {
    long left = Math.max(0, settings.blind() - inBaseline);
    return new Standing(
        phase,
        total,
        watched,
        phase == Standing.Phase.BLIND ? Math.max(1, left) : 0,
        phase == Standing.Phase.BLIND ? baselineStart + settings.blindSteps() : firstStep,
        lnR(),
        Math.log(settings.threshold()),
        (int) Bets.delay(settings.clip(), settings.threshold()),
        windows,
        windowsOver,
        rate.name(),
        value,
        original(best.level()),
        outliers,
        nans);
  }
}
