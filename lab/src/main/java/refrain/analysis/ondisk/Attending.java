package refrain.analysis.ondisk;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.model.HeadId;

/** What is said of the heads of the model as it is: where they sit, match and look. */
final class Attending {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Arguments 4, 5 and 6");

  static final int BEST = 8;

  private static final Quantity PREFIX =
      ALL.probability("heads.prefix", "prefix matching of the best head")
          .is("on 25 random tokens four times behind a start token");
  private static final Quantity PREFIX_EIGHTH =
      ALL.probability("heads.prefix.eighth", "prefix matching of the eighth best head")
          .is("on 25 random tokens four times behind a start token");
  private static final Quantity DEPTH =
      ALL.pure("heads.depth", "depth of the eight best heads")
          .is("mean of layer / (layers - 1) of the 8 heads that match prefixes most; 0: the first");
  private static final Quantity DEPTH_PREVIOUS =
      ALL.pure("heads.depth.previous", "depth of the previous-token heads")
          .is("the same of the 4 heads below the best one that attend most to the token before");
  private static final SeriesQuantity LAYERS =
      ALL.series("heads.layer", "layer", "layer").is("counted from 0");
  private static final SeriesQuantity PREFIX_BY_LAYER =
      ALL.series("heads.prefix.byLayer", "prefix matching of each layer's best head", "probability")
          .is("on repeated random tokens");
  private static final SeriesQuantity PREVIOUS_BY_LAYER =
      ALL.series("heads.previous.byLayer", "attention to the token before", "probability")
          .is("each layer's best head, on natural text");

  private static final Quantity CIRCUIT_ERROR =
      ALL.pure("circuit.previous.error", "standard error of circuit.previous")
          .is("bootstrap over sequences");
  private static final Quantity CIRCUIT =
      ALL.pure(
              "circuit.previous",
              "share of the best head's matching lost without previous-token heads")
          .error(CIRCUIT_ERROR)
          .is(
              "1 - its prefix-matching score with the 4 best previous-token heads below it zeroed /"
                  + " its score");
  private static final Quantity CIRCUIT_OTHERS_ERROR =
      ALL.pure("circuit.others.error", "standard error of circuit.others")
          .is("bootstrap over sequences");
  private static final Quantity CIRCUIT_OTHERS =
      ALL.pure("circuit.others", "share of the best head's matching lost without other heads")
          .error(CIRCUIT_OTHERS_ERROR)
          .is("the same with as many other heads of the same layers zeroed, mean over 10 sets");

  private static final Quantity CLASSES_ERROR =
      ALL.probability("look.classes.error", "standard error of look.classes")
          .is("bootstrap over prompts");
  private static final Quantity CLASSES =
      ALL.probability("look.classes", "attention of the best head to digits of the word's class")
          .error(CLASSES_ERROR)
          .is(
              "from the colon behind a word to the digits of words of its class among 8 examples,"
                  + " less that to as many digits of the other class; the head is chosen on the other"
                  + " half of the prompts");
  private static final Quantity CLASSES_MATCHERS_ERROR =
      ALL.probability("look.classes.matchers.error", "standard error of look.classes.matchers")
          .is("bootstrap over prompts");
  private static final Quantity CLASSES_MATCHERS =
      ALL.probability("look.classes.matchers", "the same of the eight best matching heads")
          .error(CLASSES_MATCHERS_ERROR)
          .is("look.classes of the 8 heads that match prefixes most, their mean");
  private static final Quantity TRANSLATIONS_ERROR =
      ALL.probability("look.translations.error", "standard error of look.translations")
          .is("bootstrap over prompts");
  private static final Quantity TRANSLATIONS =
      ALL.probability(
              "look.translations", "attention of the best head to what followed the translation")
          .error(TRANSLATIONS_ERROR)
          .is(
              "from a word of an English list to the word after its own in the same list in French,"
                  + " less the mean of the others; the head is chosen on the other half of the"
                  + " prompts");
  private static final Quantity TRANSLATIONS_MATCHERS_ERROR =
      ALL.probability(
              "look.translations.matchers.error", "standard error of look.translations.matchers")
          .is("bootstrap over prompts");
  private static final Quantity TRANSLATIONS_MATCHERS =
      ALL.probability("look.translations.matchers", "the same of the eight best matching heads")
          .error(TRANSLATIONS_MATCHERS_ERROR)
          .is("look.translations of the 8 heads that match prefixes most, their mean");

  private Attending() {}

  /** Where heads sit. */
  static void depth(Findings out, HeadProfile profile, List<HeadId> previous) {
    int layers = profile.prefix().length;
    List<HeadId> best = HeadProfile.best(profile.prefix(), BEST, layers);
    out.put(PREFIX, profile.prefix(best.getFirst()));
    out.put(PREFIX_EIGHTH, profile.prefix(best.getLast()));
    out.put(DEPTH, depth(best, layers));
    out.put(DEPTH_PREVIOUS, depth(previous, layers));
    out.put(LAYERS, IntStream.range(0, layers).asDoubleStream().toArray());
    out.put(PREFIX_BY_LAYER, most(profile.prefix()));
    out.put(PREVIOUS_BY_LAYER, most(profile.previous()));
  }

  private static double depth(List<HeadId> heads, int layers) {
    return heads.stream().mapToInt(HeadId::layer).average().orElse(Double.NaN)
        / Math.max(1, layers - 1);
  }

  private static double[] most(double[][] scores) {
    return Arrays.stream(scores)
        .mapToDouble(layer -> Arrays.stream(layer).max().orElse(Double.NaN))
        .toArray();
  }

  /**
   * The best head's prefix matching by sequence: as the model is, without previous-token heads, and
   * the mean without other heads.
   */
  static void circuit(Findings out, double[] whole, double[] previous, double[] others) {
    Numbers.put(
        out,
        CIRCUIT,
        CIRCUIT_ERROR,
        whole.length,
        some -> 1 - sum(previous, some) / sum(whole, some));
    Numbers.put(
        out,
        CIRCUIT_OTHERS,
        CIRCUIT_OTHERS_ERROR,
        whole.length,
        some -> 1 - sum(others, some) / sum(whole, some));
  }

  static void classes(Findings out, double[] best, double[] matchers) {
    mean(out, CLASSES, CLASSES_ERROR, best);
    mean(out, CLASSES_MATCHERS, CLASSES_MATCHERS_ERROR, matchers);
  }

  static void translations(Findings out, double[] best, double[] matchers) {
    mean(out, TRANSLATIONS, TRANSLATIONS_ERROR, best);
    mean(out, TRANSLATIONS_MATCHERS, TRANSLATIONS_MATCHERS_ERROR, matchers);
  }

  private static void mean(Findings out, Quantity of, Quantity error, double[] values) {
    Numbers.put(out, of, error, values.length, some -> sum(values, some) / some.length);
  }

  private static double sum(double[] values, int[] some) {
    return Arrays.stream(some).mapToDouble(i -> values[i]).sum();
  }
}
