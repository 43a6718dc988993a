package refrain.probe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import refrain.base.RefrainException;

/**
 * The values of one call of a suite: numbers by name and series by name, each in the order in which
 * they were written.
 */
public final class Measurements {
  private final Map<String, Double> values = new LinkedHashMap<>();
  private final Map<String, double[]> series = new LinkedHashMap<>();

  void put(String name, double value) {
    if (values.put(name, value) != null) {
      throw new IllegalStateException("two measures write '" + name + "'");
    }
  }

  void put(String name, double[] value) {
    if (series.put(name, value) != null) {
      throw new IllegalStateException("two measures write '" + name + "'");
    }
  }

  /** The numbers, for one line of a metrics log. */
  public Map<String, Double> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The series, such as loss.byIndex [T]; not to be written into. */
  public Map<String, double[]> series() {
    return Collections.unmodifiableMap(series);
  }

  /**
   * One number.
   *
   * @throws RefrainException when there is none of that name; the message lists the names there are
   */
  public double value(String name) {
    Double v = values.get(name);
    if (v == null) {
      throw RefrainException.badInput(
          "no measured value '" + name + "'; there are " + String.join(", ", values.keySet()));
    }
    return v;
  }
}
