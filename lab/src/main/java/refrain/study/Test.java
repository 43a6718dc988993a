package refrain.study;

import static refrain.base.RefrainException.require;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Quantities;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.probe.Definition;

/**
 * A number over runs and the bar that it is held against.
 *
 * @param variants whose runs are looked at; more than one pools them
 * @param quantity x of a run, a name that {@link Quantities#number} has
 * @param other y of the same run, or null: y is {@code quantity} again
 * @param against the variant whose run of the same seed y is taken of; null: of the run itself
 * @param compare what is made of x and y where the statistic needs one number a run
 * @param statistic how runs become an estimate
 * @param bar what it has to clear
 */
public record Test(
    List<String> variants,
    String quantity,
    @Default("null") @Nullable String other,
    @Default("null") @Nullable String against,
    @Default("VALUE") Compare compare,
    Statistic statistic,
    Bar bar) {
  public Test {
    variants = List.copyOf(variants);
    require(!variants.isEmpty(), "test: variants is empty, expected at least one");
    Stream.concat(Stream.of(quantity), Stream.ofNullable(other)).forEach(Quantities::number);
    boolean single = other == null && against == null;
    if (single && (compare != Compare.VALUE || statistic.paired())) {
      throw RefrainException.badInput(
          "test: %s of '%s' needs 'other' or 'against'",
          statistic.paired() ? statistic : compare, quantity);
    }
  }

  /** The names of all variants whose runs it needs. */
  Stream<String> needs() {
    return Stream.concat(variants.stream(), Stream.ofNullable(against));
  }

  /** What the numbers mean. */
  public Definition definition() {
    return Quantities.number(quantity).definition();
  }

  /** What is estimated, in words. */
  public String words() {
    String x = definition().title();
    String y = other == null ? x : Quantities.number(other).title();
    String of = String.join(", ", variants);
    String where = against == null ? "" : " of " + against;
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
