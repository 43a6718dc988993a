package refrain.cli;

import java.util.List;
import java.util.Locale;
import refrain.catalog.Quantity;
import refrain.model.Footprint;
import refrain.train.RunSpec;
import refrain.train.sweep.AtOnce;

/** What runs will take, in words. */
final class Forecasts {
  private Forecasts() {}

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  static String millions(double tokens) {
    return String.format(Locale.ROOT, tokens < 1e5 ? "%.3f M" : "%.1f M", tokens / 1e6);
  }

  /** A time that is known roughly. */
  static String time(double seconds) {
    return Double.isNaN(seconds) ? "?" : seconds < 1 ? "1 s" : Quantity.time(seconds);
  }

  static String cores(int n) {
    return n == 1 ? "1 core" : n + " cores";
  }

  static String memory(RunSpec spec) {
    double bytes = AtOnce.bytes(spec);
    return Double.isInfinite(bytes) ? "too much" : Footprint.size(bytes);
  }

  /**
   * All of it in one sentence.
   *
   * @param all how many runs were asked for
   * @param left those that are not there
   * @param seconds of all of them on one core
   * @param cores that they have
   */
  static String sum(int all, List<RunSpec> left, double seconds, int cores) {
    String runs = all == 1 ? "1 run" : all + " runs";
    if (left.isEmpty()) {
      return runs + ", all there already; nothing would be trained.";
    }
    long heap = Runtime.getRuntime().maxMemory();
    AtOnce atOnce = AtOnce.of(left, cores, heap);
    int used = Math.min(cores, atOnce.runs());
    return "%s, %s to train: about %s on %s, at most; memory: at least %s, Java may take %s.%s"
        .formatted(
            runs,
            left.size(),
            time(seconds / used),
            cores(used),
            Footprint.size(atOnce.bytes()),
            Footprint.size((double) heap),
            atOnce.why().isEmpty() ? "" : " " + capital(atOnce.why()) + ".");
  }

  private static String capital(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }
}
