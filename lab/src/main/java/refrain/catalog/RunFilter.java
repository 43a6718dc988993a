package refrain.catalog;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;

/** A condition that a run has to meet to be listed: a column, a comparison and a value. */
public final class RunFilter implements Predicate<RunRow> {
  private static final Pattern WRITTEN = Pattern.compile("([^=!<>]*)(!=|<=|>=|=|<|>)(.*)");
  private static final String NONE = "none";

  private final RunColumn column;
  private final String comparison;
  private final String value;
  private final double number;
  private final Pattern glob;

  private RunFilter(RunColumn column, String comparison, String value, double number) {
    this.column = column;
    this.comparison = comparison;
    this.value = value;
    this.number = number;
    this.glob = Pattern.compile("\\Q" + value.replace("*", "\\E.*\\Q") + "\\E", Pattern.DOTALL);
  }

  /**
   * Reads a condition, such as {@code name=r0-2l}, {@code formed=yes} or {@code step>500}.
   *
   * @throws RefrainException of kind BAD_INPUT that says what is expected
   */
  public static RunFilter parse(String text) {
    String option = "--filter " + text;
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) {
      throw RefrainException.badInput(
          "%s: expected a column, one of = != < <= > >=, and a value, such as name=r0-2l; the"
              + " columns are %s",
          option, Names.list(RunColumn.words()));
    }
    RunColumn column = RunColumn.named(written.group(1).strip(), option);
    String comparison = written.group(2);
    String value = written.group(3).strip();
    boolean equality = comparison.equals("=") || comparison.equals("!=");
    boolean text1 = column.kind() == Quantity.Kind.TEXT;
    boolean truth = column.kind() == Quantity.Kind.YES_OR_NO;
    if ((text1 || truth) && !equality) {
      throw RefrainException.badInput(
          "%s: %s is %s; compare it with = or !=", option, column.word(), column.kind().words());
    }
    double number =
        truth
            ? value.equals("yes") ? 1 : value.equals("no") ? 0 : Double.NaN
            : Quantity.parse(column.kind(), value);
    boolean none = equality && value.equals(NONE);
    if (!text1 && !none && Double.isNaN(number)) {
      throw RefrainException.badInput(
          "%s: %s is %s, found '%s'", option, column.word(), column.kind().words(), value);
    }
    return new RunFilter(column, comparison, value, number);
  }

  /** All of them. */
  public static Predicate<RunRow> all(List<String> texts) {
    Predicate<RunRow> all = row -> true;
    for (String text : texts) {
      all = all.and(parse(text));
    }
    return all;
  }

  @Override
  public boolean test(RunRow row) {
    @Nullable Object found = column.of(row);
    if (comparison.equals("=") || comparison.equals("!=")) {
      return equal(found) == comparison.equals("=");
    }
    if (found == null) {
      return false;
    }
    int order = Double.compare(Quantity.number(found), number);
    return switch (comparison) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /** What a run has none of equals the word none, and nothing else. */
  private boolean equal(@Nullable Object found) {
    if (found == null) {
      return value.equals(NONE);
    }
    return found instanceof String text
        ? glob.matcher(text).matches()
        : Quantity.number(found) == number;
  }
}
