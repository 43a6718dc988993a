package refrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.data.NgramTables;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.store.MetricsTable;

/**
 * The stages of training by n-grams: when a model's predictions were nearest to the unigram, the
 * bigram and the trigram of its data, and how far it went from the bigram afterwards.
 */
final class NgramStages {
  private NgramStages() {}

  static List<Definition> definitions() {
    List<Definition> all = new ArrayList<>();
    for (String name : names()) {
      all.add(
          define(
              "ngram.nearest." + name,
              "step nearest to the " + name,
              "steps",
              "thorough probe after step 0 at which kl." + name + " is least"));
      all.add(
          define(
              "ngram.least." + name,
              "divergence there, " + name,
              "nats",
              "least kl." + name + " after step 0"));
    }
    all.add(
        define(
            "ngram.leave",
            "how far the model goes from the bigram",
            "nats",
            "kl.bigram at the last probe minus ngram.least.bigram"));
    return all;
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(
        key, title, unit, Better.NEITHER, formula, "Edelman et al. 2024, section 3");
  }

  private static List<String> names() {
    return Arrays.stream(NgramTables.Order.values())
        .map(order -> order.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  static void report(MetricsTable metrics, Findings out) {
    for (String name : names()) {
      boolean measured = metrics.names().contains("kl." + name);
      double[] kl = measured ? metrics.series("kl." + name).values() : new double[0];
      long[] steps = measured ? metrics.series("kl." + name).steps() : new long[0];
      int nearest = -1;
      for (int i = 0; i < kl.length; i++) {
        if (steps[i] > 0 && (nearest < 0 || kl[i] < kl[nearest])) {
          nearest = i;
        }
      }
      boolean found = nearest >= 0;
      out.put("ngram.nearest." + name, found ? steps[nearest] : Double.NaN)
          .put("ngram.least." + name, found ? kl[nearest] : Double.NaN)
          .put("kl." + name + ".steps", Arrays.stream(steps).asDoubleStream().toArray())
          .put("kl." + name, kl);
      if (name.equals("bigram")) {
        out.put("ngram.leave", found ? kl[kl.length - 1] - kl[nearest] : Double.NaN);
      }
    }
  }
}
