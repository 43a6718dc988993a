package refrain.watch.follow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import refrain.watch.Detector;
import refrain.watch.DetectorSettings;
import refrain.watch.Direction;
import refrain.watch.Finding;
import refrain.watch.Transform;

/**
 * One metric of a run, its rows put in order: doubles and late rows are dropped and counted, a step
 * that goes back for good is another attempt. One that goes back to near the beginning is another
 * run and is watched from its beginning; one that goes back a little repeats what was seen, and is
 * watched from where it passes that.
 *
 * <p>The first {@value #OPENING} values say what the name does not: whether values are 0 or 1 alone
 * (then means of {@value #POOLED} are watched: a scale by medians sees nothing of single ones),
 * whether a loss is negative and has no log, which way is better.
 */
final class Series {
  private static final int OPENING = 40;
  private static final int POOLED = 20;
  private static final int NANS = 3;

  /** Going back to less than this share of the way is another run. */
  private static final double NEAR_BEGINNING = 0.1;

  private final Metric metric;
  private final DetectorSettings settings;
  private final Consumer<Finding> findings;
  private final DoubleConsumer restarted;

  private @Nullable Detector detector;
  private final List<Held> opening = new ArrayList<>();
  private int pooled = 1;
  private double poolSum;
  private int poolSize;

  private int attempt = 1;
  private double first = Double.NaN;
  private double last = Double.NaN;
  private double repeating = Double.NaN;
  private @Nullable Held back;
  private double cadence = Double.NaN;
  private long values;
  private long doubles;
  private long late;
  private long repeated;
  private long nans;
  private long watchedBefore;
  private Direction better;
  private Transform transform;

  private record Held(double step, double value, double rate) {}

  /**
   * Begins.
   *
   * @param findings told of what the detector finds
   * @param restarted told of each further attempt, before anything of it is found
   */
  Series(
      Metric metric,
      DetectorSettings settings,
      Consumer<Finding> findings,
      DoubleConsumer restarted) {
    this.metric = metric;
    this.settings = settings;
    this.findings = findings;
    this.restarted = restarted;
    this.better = metric.better() == null ? Direction.DOWN : metric.better();
    this.transform = metric.transform();
  }

  /** Takes the next value that the log has; rate is NaN where no learning rate is known. */
  void add(double step, double value, double rate) {
    values++;
    nans += Double.isFinite(value) ? 0 : 1;
    Held held = new Held(step, value, rate);
    if (!Double.isNaN(repeating)) {
      repeat(held);
    } else if (step < last) {
      goneBack(held);
    } else if (step == last) {
      doubles++;
    } else {
      late += back == null ? 0 : 1;
      back = null;
      inOrder(held);
    }
  }

  /** Once may be a row that came late; twice in order is another attempt. */
  private void goneBack(Held held) {
    Held before = back;
    if (before == null || held.step < before.step) {
      late += before == null ? 0 : 1;
      back = held;
    } else if (held.step == before.step) {
      doubles++;
    } else {
      restart(before, held);
    }
  }

  private void restart(Held firstOfIt, Held second) {
    back = null;
    attempt++;
    restarted.accept(firstOfIt.step);
    if (firstOfIt.step - first <= NEAR_BEGINNING * (last - first)) {
      beginAnew();
      inOrder(firstOfIt);
      inOrder(second);
    } else {
      repeated += 2;
      repeating = second.step;
    }
  }

  /**
   * An attempt that goes on from before where the last one was; what was seen is not seen twice.
   */
  private void repeat(Held held) {
    if (held.step > last) {
      repeating = Double.NaN;
      inOrder(held);
    } else if (held.step < repeating) {
      repeating = Double.NaN;
      goneBack(held);
    } else {
      repeated++;
      repeating = held.step;
    }
  }

  private void beginAnew() {
    if (detector != null) {
      detector.end();
      watchedBefore += detector.standing().watched();
    }
    detector = null;
    opening.clear();
    poolSum = 0;
    poolSize = 0;
    pooled = 1;
    first = Double.NaN;
    last = Double.NaN;
  }

  private void inOrder(Held held) {
    cadence = held.step - last;
    first = Double.isNaN(first) ? held.step : first;
    last = held.step;
    if (detector != null) {
      feed(detector, held);
      return;
    }
    opening.add(held);
    long finite = opening.stream().filter(h -> Double.isFinite(h.value)).count();
    boolean lost =
        finite > 0
            && opening.size() >= NANS
            && opening.subList(opening.size() - NANS, opening.size()).stream()
                .noneMatch(h -> Double.isFinite(h.value));
    if (finite >= OPENING || lost) {
      open();
    }
  }

  private void open() {
    double[] finite = opening.stream().mapToDouble(Held::value).filter(Double::isFinite).toArray();
    boolean zero = Arrays.stream(finite).anyMatch(x -> x == 0);
    boolean one = Arrays.stream(finite).anyMatch(x -> x == 1);
    pooled = zero && one && Arrays.stream(finite).allMatch(x -> x == 0 || x == 1) ? POOLED : 1;
    transform =
        metric.transform() == Transform.LOG && Arrays.stream(finite).anyMatch(x -> x < -0.01)
            ? Transform.IDENTITY
            : metric.transform();
    if (metric.better() == null && finite.length > 2) {
      int third = finite.length / 3;
      double begin = Arrays.stream(finite, 0, third).average().orElse(0);
      double end = Arrays.stream(finite, finite.length - third, finite.length).average().orElse(0);
      better = end > begin ? Direction.UP : Direction.DOWN;
    }
    detector =
        new Detector(better, transform, pooled == 1 ? settings : settings.ofMeans(), findings);
    for (Held held : opening) {
      feed(detector, held);
    }
    opening.clear();
  }

  private void feed(Detector to, Held held) {
    if (pooled == 1 || !Double.isFinite(held.value)) {
      to.add(held.step, held.value, held.rate);
      return;
    }
    poolSum += held.value;
    if (++poolSize == pooled) {
      to.add(held.step, poolSum / pooled, held.rate);
      poolSum = 0;
      poolSize = 0;
    }
  }

  /** No more rows come. */
  void end() {
    if (detector == null && !opening.isEmpty()) {
      open();
    }
    if (detector != null) {
      detector.end();
    }
  }

  Metric metric() {
    return new Metric(metric.name(), better, transform);
  }

  /** Observations at which something could have been suspected, of all attempts. */
  long watched() {
    return watchedBefore + (detector == null ? 0 : detector.standing().watched());
  }

  int attempt() {
    return attempt;
  }

  SeriesView view() {
    return new SeriesView(
        metric(),
        attempt,
        values,
        doubles,
        late,
        repeated,
        nans,
        cadence,
        pooled,
        detector == null ? null : detector.standing());
  }
}
