package refrain.analysis.likeness;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Rng;
import refrain.data.Templates;

/**
 * Samples as a language of templates draws them, where the template has come back at least once.
 */
final class TemplateSamples {
  static final Declarations ALL = new Declarations("this project");

  /** Whether a token is the one that its place in the template had before. */
  private static final Declarations.Members<Boolean> LAST =
      new Declarations.Members<>(
          List.of(true, false),
          same -> same ? "same" : "category",
          same -> same ? "A the same" : "A another of its category");

  private static final Quantity LOSS =
      ALL.nats("template.loss", "loss where the template comes back")
          .is("mean loss behind tokens of its second time and later; ln members is the least");
  private static final Family<Boolean, Quantity> GAINED =
      ALL.nats("template.gained", "what a sample tells of the next category")
          .ofEach(
              LAST,
              "ln categories + mean log probability of the next category, behind tokens of its second"
                  + " time and later, by what stood there one time before; ln categories at most");
  private static final Family<Boolean, Quantity> RIGHT =
      ALL.probability("template.right", "right category in samples")
          .ofEach(LAST, "share of the same places where the next category is the likeliest of all");

  private static final int SAMPLES = 64;
  private static final long SEED = 61;

  private final Templates language;
  private final int[][] samples = new int[SAMPLES][];
  private final int[][] queries = new int[SAMPLES][];
  private final int[] periods = new int[SAMPLES];

  TemplateSamples(Templates like, int context) {
    // Categories are those of all samples, also for models that had them dealt anew.
    language = new Templates(like.categories(), like.members(), 0, false);
    Rng rng = Rng.of(SEED).split("template samples");
    for (int s = 0; s < SAMPLES; s++) {
      int[] x = language.template(rng, context);
      samples[s] = x;
      periods[s] =
          IntStream.range(1, x.length)
              .filter(t -> language.category(x[t]) == language.category(x[0]))
              .findFirst()
              .orElseThrow();
      queries[s] = IntStream.range(periods[s], context).toArray();
    }
  }

  Findings of(ModelState model) {
    QueryReadings r = model.read(samples, queries, List.of());
    Findings found =
        new Findings()
            .put(LOSS, -r.mean((s, q) -> r.logProbability(s, q, token -> token == next(s, q))));
    for (boolean same : List.of(true, false)) {
      found
          .put(
              GAINED.of(same),
              Math.log(language.categories()) + mean(same, (s, q) -> ofNextCategory(r, s, q)))
          .put(RIGHT.of(same), mean(same, (s, q) -> isLikeliest(r, s, q) ? 1 : 0));
    }
    return found;
  }

  private int next(int s, int q) {
    return samples[s][queries[s][q] + 1];
  }

  private double ofNextCategory(QueryReadings r, int s, int q) {
    int category = language.category(next(s, q));
    return r.logProbability(s, q, token -> language.category(token) == category);
  }

  private boolean isLikeliest(QueryReadings r, int s, int q) {
    double[] p = new double[language.categories()];
    Arrays.setAll(p, c -> r.logProbability(s, q, token -> language.category(token) == c));
    double most = Arrays.stream(p).max().orElseThrow();
    return p[language.category(next(s, q))] == most;
  }

  private double mean(boolean same, QueryReadings.OfQuery number) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < SAMPLES; s++) {
      for (int q = 0; q < queries[s].length; q++) {
        int t = queries[s][q];
        if ((samples[s][t] == samples[s][t - periods[s]]) == same) {
          sum += number.of(s, q);
          n++;
        }
      }
    }
    return sum / n;
  }
}
