package refrain.study;

import static refrain.base.RefrainException.require;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Quantities;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.probe.Definition;
import refrain.stats.Angle;

/**
 * A number over runs and the bar that it is held against.
 *
 * @param variants whose runs are looked at; more than one pools them
 * @param weights a contrast: what each variant's number counts in the sum that is a seed's one
 *     number, such as -1, 1 for an effect; empty: their mean
 * @param quantity x of a run, a name that {@link Quantities#number} has
 * @param other y of the same run, or null: y is {@code quantity} again
 * @param against the variant whose run of the same seed y is taken of; null: of the run itself
 * @param placebo a third number of the same run, which {@link Statistic#COUPLING} compares y with;
 *     null: none
 * @param given a number of the run that both may follow, such as a clock, and that {@link
 *     Statistic#COUPLING} takes out; null: none
 * @param compare what is made of x and y where the statistic needs one number a run
 * @param statistic how runs become an estimate
 * @param bar what it has to clear
 */
public record Test(
    List<String> variants,
    @Default("[]") List<Double> weights,
    String quantity,
    @Default("null") @Nullable String other,
    @Default("null") @Nullable String against,
    @Default("null") @Nullable String placebo,
    @Default("null") @Nullable String given,
    @Default("VALUE") Compare compare,
    Statistic statistic,
    Bar bar) {
  public Test {
    variants = List.copyOf(variants);
    weights = List.copyOf(weights);
    require(!variants.isEmpty(), "test: variants is empty, expected at least one");
    require(
        weights.isEmpty() || weights.size() == variants.size() && statistic == Statistic.MEAN,
        "test: weights are %s, expected one for each of %s variants, and the statistic MEAN",
        weights,
        variants.size());
    Stream.of(quantity, other, placebo, given).filter(Objects::nonNull).forEach(Quantities::number);
    boolean single = other == null && against == null;
    if (single && (compare != Compare.VALUE || statistic.paired())) {
      throw RefrainException.badInput(
          "test: %s of '%s' needs 'other' or 'against'",
          statistic.paired() ? statistic : compare, quantity);
    }
    require(
        statistic == Statistic.COUPLING || placebo == null && given == null,
        "test: 'placebo' and 'given' go with COUPLING only, found %s of '%s'; leave them out",
        statistic,
        quantity);
  }

  /** Of the mean over its variants. */
  public Test(
      List<String> variants,
      String quantity,
      @Nullable String other,
      @Nullable String against,
      @Nullable String placebo,
      @Nullable String given,
      Compare compare,
      Statistic statistic,
      Bar bar) {
    this(variants, List.of(), quantity, other, against, placebo, given, compare, statistic, bar);
  }

  /** The value that says that there is nothing: 1 of a ratio, 0 of all others. */
  double noEffect() {
    return compare == Compare.RATIO && !statistic.paired() ? 1 : 0;
  }

  /** Whether its number has a standard error of each run. */
  boolean hasError() {
    return Quantities.number(quantity).error() != null
        || other != null && Quantities.number(other).error() != null;
  }

  /** The names of all variants whose runs it needs. */
  Stream<String> needs() {
    return Stream.concat(variants.stream(), Stream.ofNullable(against));
  }

  /** What else is said of an estimate: the slope of a direction; "" of all others. */
  public String beside(double estimate) {
    return statistic == Statistic.DEMING_ANGLE && Double.isFinite(estimate)
        ? String.format(Locale.ROOT, " degrees, slope %.2f", Angle.slope(estimate))
        : "";
  }

  /** What the numbers mean. */
  public Definition definition() {
    return Quantities.number(quantity).definition();
  }

  /** A seed's number: what its variants' numbers are put together to. */
  double within(double[] numbers) {
    double sum = 0;
    for (int i = 0; i < numbers.length; i++) {
      sum += weights.isEmpty() ? numbers[i] / numbers.length : weights.get(i) * numbers[i];
    }
    return sum;
  }

  /** The contrast in words: "0.5 a - 0.5 b". */
  private String contrast() {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < weights.size(); i++) {
      double weight = weights.get(i);
      String sign = weight < 0 ? "- " : "+ ";
      words
          .append(i == 0 ? (weight < 0 ? "- " : "") : " " + sign)
          .append(String.format(Locale.ROOT, "%.3g", Math.abs(weight)).replaceFirst("\\.?0+$", ""))
          .append(' ')
          .append(variants.get(i));
    }
    return words.toString();
  }

  /** What is estimated, in words. */
  public String words() {
    String x = definition().title();
    String y = other == null ? x : Quantities.number(other).title();
    String of = weights.isEmpty() ? String.join(", ", variants) : contrast();
    String where = against == null ? "" : " of " + against;
    if (statistic == Statistic.COUPLING) {
      String beside = placebo == null ? "" : " rather than " + Quantities.number(placebo).title();
      String clock = given == null ? "" : ", given " + Quantities.number(given).title();
      return x + " with " + y + where + beside + clock + ", " + of;
    }
    if (statistic.paired()) {
      return y + where + " on " + x + ", " + of;
    }
    return switch (compare) {
      case VALUE -> x + ", " + of;
      case DIFFERENCE -> x + ", " + of + ", minus " + y + where;
      case RATIO -> x + ", " + of + ", over " + y + where;
      case LOG_RATIO -> "log ratio of " + x + ", " + of + ", to " + y + where;
    };
  }
}
