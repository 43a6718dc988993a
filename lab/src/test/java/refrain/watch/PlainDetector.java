package refrain.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The recursion of the detector as one would write it down: lists that grow, medians by sorting,
 * each half-life on its own. It knows a series on its curve only, neither harm nor schedules.
 */
final class PlainDetector {
  private final List<Plain> lenses = new ArrayList<>();
  private final DetectorSettings settings;
  private final double floor;
  private int n;

  PlainDetector(DetectorSettings settings, double floor) {
    this.settings = settings;
    this.floor = floor;
    settings.halfLives().forEach(h -> lenses.add(new Plain(h.share(), h.least())));
  }

  private static final class Plain {
    final double share;
    final double least;
    final List<double[]> entered = new ArrayList<>(); // v, y and what is kept of those before
    final List<double[]> waiting = new ArrayList<>();
    final List<Double> sizes = new ArrayList<>();
    double halfLife;
    double residual = Double.NaN;
    double product;
    double square;
    int correlated;
    final double[] bets = new double[4];

    Plain(double share, double least) {
      this.share = share;
      this.least = least;
      halfLife = least;
    }
  }

  /** Adds y, better upwards; gives ln R, NaN while nothing is bet. */
  double add(double step, double y) {
    n++;
    double v = Math.log(step + 100);
    double sum = 0;
    boolean all = true;
    double[] xs = new double[lenses.size()];
    for (int i = 0; i < lenses.size(); i++) {
      Double x = lens(lenses.get(i), v, y);
      all &= x != null;
      xs[i] = x == null ? 0 : x;
    }
    if (!all || n <= settings.blind()) {
      return Double.NaN;
    }
    for (int i = 0; i < lenses.size(); i++) {
      double[] sizes = {0.03, 0.08, 0.18, 0.42};
      for (int k = 0; k < 4; k++) {
        double[] m = lenses.get(i).bets;
        m[k] = (1 + m[k]) * (1 + sizes[k] * (xs[i] - 0.25));
        sum += m[k];
      }
    }
    return Math.log(sum / (4 * lenses.size()));
  }

  /** Forgets what was bet. */
  void clear() {
    lenses.forEach(lens -> Arrays.fill(lens.bets, 0));
  }

  private Double lens(Plain lens, double v, double y) {
    double[] line = line(lens);
    if (!(line[2] > 0)) {
      enter(lens, v, y);
      return null;
    }
    double r = y - (line[1] + line[3] / line[2] * (v - line[0]));
    double phi = lens.square > 0 ? Math.clamp(lens.product / lens.square, 0, 0.9) : 0;
    List<Double> last = lens.sizes.subList(Math.max(0, lens.sizes.size() - 400), lens.sizes.size());
    double median = median(last);
    double scale = Math.max(floor, Double.isNaN(median) ? 0 : 1.4826 * median);
    boolean known = lens.sizes.size() >= 20;
    Double x = null;
    if (!Double.isNaN(lens.residual)) {
      double e = r - phi * lens.residual;
      x = known ? Double.valueOf(Math.clamp(e / scale, -2, settings.clip())) : null;
      lens.sizes.add(Math.abs(e));
    }
    median = median(lens.sizes.subList(Math.max(0, lens.sizes.size() - 400), lens.sizes.size()));
    double after = Math.max(floor, Double.isNaN(median) ? 0 : 1.4826 * median);
    double bound = 4 * after / Math.sqrt(1 - phi * phi);
    double kept = known ? Math.clamp(r, -bound, bound) : r;
    if (known) {
      double weight = Math.max(1 - Math.pow(2, -1 / 200.0), 1.0 / ++lens.correlated);
      lens.product += weight * (kept * lens.residual - lens.product);
      lens.square += weight * (kept * kept - lens.square);
    }
    lens.residual = kept;
    enter(lens, v, y - r + kept);
    return x;
  }

  private void enter(Plain lens, double v, double y) {
    if (n % 16 == 0) {
      lens.halfLife = Math.max(lens.least, lens.share * n);
    }
    lens.waiting.add(new double[] {v, y});
    while (lens.waiting.size() > (int) (0.3 * lens.halfLife)) {
      double[] next = lens.waiting.removeFirst();
      lens.entered.add(new double[] {next[0], next[1], Math.pow(2, -1 / lens.halfLife)});
    }
  }

  /** Weighted means and spreads from their definitions: v, y, spread of v, joint spread. */
  private static double[] line(Plain lens) {
    double[] weights = new double[lens.entered.size()];
    double weight = 1;
    double sum = 0;
    double v = 0;
    double y = 0;
    for (int i = weights.length - 1; i >= 0; i--) {
      weights[i] = weight;
      sum += weight;
      v += weight * lens.entered.get(i)[0];
      y += weight * lens.entered.get(i)[1];
      weight *= lens.entered.get(i)[2];
    }
    v /= sum;
    y /= sum;
    double spread = 0;
    double joint = 0;
    for (int i = 0; i < weights.length; i++) {
      double dv = lens.entered.get(i)[0] - v;
      spread += weights[i] * dv * dv;
      joint += weights[i] * dv * (lens.entered.get(i)[1] - y);
    }
    return new double[] {v, y, weights.length < 2 ? 0 : spread, joint};
  }

  private static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
