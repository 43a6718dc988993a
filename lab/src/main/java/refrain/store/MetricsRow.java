package refrain.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * What was measured after one step: numbers, and lists of numbers such as the loss by token index.
 *
 * <p>As JSON it is one object, {@code step} first. Doubles are printed with the fewest digits that
 * read back as the same bits; whole numbers without a fraction; NaN and the infinities, which JSON
 * lacks, as the strings "NaN", "Infinity" and "-Infinity".
 */
public final class MetricsRow {
  private static final double EXACT_WHOLE = 0x1p53;

  private final long step;
  private final Map<String, Double> values = new LinkedHashMap<>();
  private final Map<String, double[]> lists = new LinkedHashMap<>();

  private MetricsRow(long step) {
    this.step = step;
  }

  /** An empty row of a step (the number of optimiser updates done, 0 before the first). */
  public static MetricsRow at(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 or more");
    }
    return new MetricsRow(step);
  }

  /** Adds a number; returns this row. */
  public MetricsRow put(String name, double value) {
    checkNew(name);
    values.put(name, value);
    return this;
  }

  /** Adds a list of numbers; returns this row. */
  public MetricsRow put(String name, double[] list) {
    checkNew(name);
    lists.put(name, list.clone());
    return this;
  }

  private void checkNew(String name) {
    if (name.equals("step") || values.containsKey(name) || lists.containsKey(name)) {
      throw new IllegalArgumentException("metric '" + name + "' is already in the row");
    }
  }

  public long step() {
    return step;
  }

  /** The numbers in the order they were put. */
  public Map<String, Double> values() {
    return Collections.unmodifiableMap(values);
  }

  /** A number; NaN when the row has none of this name. */
  public double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  /** A list of numbers; null when the row has none of this name. */
  public double @Nullable [] list(String name) {
    double[] list = lists.get(name);
    return list == null ? null : list.clone();
  }

  /** The lists in the order they were put, copied. */
  public Map<String, double[]> lists() {
    Map<String, double[]> copies = new LinkedHashMap<>();
    lists.forEach((name, list) -> copies.put(name, list.clone()));
    return copies;
  }

  /** The row as one line of JSON, without a line end. */
  String line() {
    StringBuilder out = new StringBuilder(64 + 24 * values.size());
    out.append("{\"step\":").append(step);
    values.forEach(
        (name, value) -> append(out.append(',').append(Json.line(name)).append(':'), value));
    lists.forEach((name, list) -> {
      out.append(',').append(Json.line(name)).append(":[");
      for (int i = 0; i < list.length; i++) {
        append(i == 0 ? out : out.append(','), list[i]);
      }
      out.append(']');
    });
    return out.append('}').toString();
  }

  private static void append(StringBuilder out, double value) {
    String text = text(value);
    out.append(Double.isFinite(value) ? text : '"' + text + '"');
  }

  /** A number with the fewest digits that read back as the same bits; NaN, Infinity, -Infinity. */
  public static String text(double value) {
    boolean negativeZero = value == 0 && 1 / value < 0;
    boolean whole = value == Math.rint(value) && Math.abs(value) < EXACT_WHOLE && !negativeZero;
    return whole ? Long.toString((long) value) : Double.toString(value);
  }

  /**
   * Reads a line back.
   *
   * @param where file and line number, for errors
   */
  static MetricsRow parse(String line, String where) {
    JsonNode tree = Json.parse(line, where);
    JsonNode stepNode = tree.isObject() ? tree.get("step") : null;
    if (stepNode == null || !stepNode.canConvertToExactIntegral() || stepNode.asLong(-1) < 0) {
      throw RefrainException.badFile(where + ": expected an object with a whole \"step\" >= 0");
    }
    MetricsRow row = at(stepNode.asLong(-1));
    for (Map.Entry<String, JsonNode> property : tree.properties()) {
      String name = property.getKey();
      JsonNode node = property.getValue();
      if (name.equals("step")) {
        continue;
      }
      if (node.isArray()) {
        double[] list = new double[node.size()];
        for (int i = 0; i < list.length; i++) {
          list[i] = number(Objects.requireNonNull(node.get(i)), name, where);
        }
        row.put(name, list);
      } else {
        row.put(name, number(node, name, where));
      }
    }
    return row;
  }

  private static double number(JsonNode node, String name, String where) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return switch (node.asString("")) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default ->
          throw RefrainException.badFile(
              "%s: metric '%s' is %s, expected a number, \"NaN\", \"Infinity\" or \"-Infinity\"",
              where, name, node);
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MetricsRow row && line().equals(row.line());
  }

  @Override
  public int hashCode() {
    return line().hashCode();
  }

  @Override
  public String toString() {
    return line();
  }
}
