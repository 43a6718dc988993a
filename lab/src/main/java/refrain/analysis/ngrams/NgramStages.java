package refrain.analysis.ngrams;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.data.NgramTables;
import refrain.store.MetricsTable;

/**
 * The stages of training by n-grams: when a model's predictions were nearest to the unigram, the
 * bigram and the trigram of its data, and how far it went from the bigram afterwards.
 */
final class NgramStages {
  static final Declarations ALL = new Declarations("Edelman et al. 2024, section 3");

  private static final List<Stage> STAGES =
      Arrays.stream(NgramTables.Order.values())
          .map(order -> new Stage(order.name().toLowerCase(Locale.ROOT)))
          .toList();
  private static final Quantity LEAVE =
      ALL.nats("ngram.leave", "how far the model goes from the bigram")
          .is("kl.bigram at the last probe minus ngram.least.bigram");

  private NgramStages() {}

  /** What is declared of one order of n-grams. */
  private record Stage(
      String name, Quantity nearest, Quantity least, SeriesQuantity steps, SeriesQuantity all) {
    Stage(String name) {
      this(
          name,
          ALL.steps("ngram.nearest." + name, "step nearest to the " + name)
              .is("thorough probe after step 0 at which kl." + name + " is least"),
          ALL.nats("ngram.least." + name, "least divergence from the " + name)
              .is("least kl." + name + " after step 0"),
          ALL.axis("kl." + name + ".steps", "of each thorough probe"),
          ALL.series("kl." + name, "divergence from the " + name, "nats")
              .is("kl." + name + " of the metrics"));
    }
  }

  static Findings of(MetricsTable metrics) {
    Findings out = new Findings();
    for (Stage stage : STAGES) {
      boolean measured = metrics.names().contains("kl." + stage.name);
      double[] kl = measured ? metrics.series("kl." + stage.name).values() : new double[0];
      long[] steps = measured ? metrics.series("kl." + stage.name).steps() : new long[0];
      int nearest = -1;
      for (int i = 0; i < kl.length; i++) {
        if (steps[i] > 0 && (nearest < 0 || kl[i] < kl[nearest])) {
          nearest = i;
        }
      }
      boolean found = nearest >= 0;
      out.put(stage.nearest, found ? steps[nearest] : Double.NaN)
          .put(stage.least, found ? kl[nearest] : Double.NaN)
          .put(stage.steps, steps)
          .put(stage.all, kl);
      if (stage.name.equals("bigram")) {
        out.put(LEAVE, found ? kl[kl.length - 1] - kl[nearest] : Double.NaN);
      }
    }
    return out;
  }
}
