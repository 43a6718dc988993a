package refrain.catalog;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.catalog.Quantity.Kind;

/** What a listing says of a run, and by what it is sorted and chosen. */
public enum RunColumn {
  RUN(Kind.TEXT, r -> r.path().toString()),
  ID(Kind.TEXT, RunRow::id),
  NAME(Kind.TEXT, RunRow::name),
  STUDY(Kind.TEXT, RunRow::study),
  VARIANT(Kind.TEXT, r -> r.variants().isEmpty() ? null : r.variants()),
  SEED(Kind.NUMBER, r -> (double) r.seed()),
  STEP(Kind.NUMBER, r -> (double) r.step()),
  STEPS(Kind.NUMBER, r -> (double) r.steps()),
  FORMED(Kind.YES_OR_NO, RunRow::formed),
  FORMATION(Kind.NUMBER, r -> r.formation() == null ? null : (double) r.formation()),
  ICL(Kind.NUMBER, r -> known(r.icl().score())),
  ERROR(Kind.NUMBER, r -> known(r.icl().error())),
  N(Kind.NUMBER, r -> (double) r.icl().n()),
  HEAD(Kind.TEXT, r -> r.head() == null ? null : r.head().toString()),
  PREFIX(Kind.NUMBER, r -> known(r.prefixMatching())),
  LOSS(Kind.NUMBER, r -> known(r.loss())),
  AGE(Kind.SECONDS, r -> Quantity.secondsSince(r.last())),
  SIZE(Kind.BYTES, r -> (double) r.bytes()),
  STATE(Kind.TEXT, r -> r.state().word()),
  ORACLE(Kind.TEXT, r -> r.oracles().isEmpty() ? null : r.oracles()),
  PARENT(Kind.TEXT, RunRow::parent);

  private final Kind kind;
  private final Function<RunRow, @Nullable Object> of;

  RunColumn(Kind kind, Function<RunRow, @Nullable Object> of) {
    this.kind = kind;
    this.of = of;
  }

  private static @Nullable Object known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** How it is written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Kind kind() {
    return kind;
  }

  /** A text, a number or a truth value; null: the run has none. */
  public @Nullable Object of(RunRow row) {
    return of.apply(row);
  }

  /** All columns as they are written. */
  public static List<String> words() {
    return Arrays.stream(values()).map(RunColumn::word).toList();
  }

  /**
   * The column of that name.
   *
   * @param option where it was asked for, as errors call it
   * @throws RefrainException of kind BAD_INPUT when there is none; the message lists them
   */
  public static RunColumn named(String word, String option) {
    return Arrays.stream(values())
        .filter(c -> c.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: no column '%s'; there are %s", option, word, Names.list(words())));
  }

  /**
   * An order of rows: a column, upwards, or with a minus before it downwards. What has no value
   * comes last either way.
   */
  public static Comparator<RunRow> order(String asked) {
    boolean down = asked.startsWith("-");
    RunColumn column = named(down ? asked.substring(1) : asked, "--sort " + asked);
    Comparator<Object> values =
        (a, b) ->
            a instanceof String x && b instanceof String y
                ? x.compareTo(y)
                : Double.compare(Quantity.number(a), Quantity.number(b));
    Comparator<@Nullable Object> all = Comparator.nullsLast(down ? values.reversed() : values);
    return (a, b) -> all.compare(column.of(a), column.of(b));
  }
}
