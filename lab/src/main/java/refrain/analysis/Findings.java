package refrain.analysis;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import refrain.base.RefrainException;

/**
 * What an analysis found: numbers by name and series by name, in the order in which they were
 * written. NaN is a number that does not exist, such as the date of a change that did not happen.
 */
public final class Findings {
  private final Map<String, Double> values = new LinkedHashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Map<String, double[]> series = new LinkedHashMap<>();

  /**
   * What there is where a part has nothing to read: NaN for its numbers, no entry in its series.
   */
  public static Findings none(Declarations part) {
    Findings none = new Findings();
    for (Declared each : part.all()) {
      switch (each) {
        case Quantity number -> none.put(number, Double.NaN);
        case SeriesQuantity series -> none.put(series);
      }
    }
    return none;
  }

  /** Adds a number; it is given once. */
  public Findings put(Quantity quantity, double value) {
    return stored(quantity.key(), value);
  }

  /** Adds a series; it is given once. */
  public Findings put(SeriesQuantity quantity, double... value) {
    return stored(quantity.key(), value);
  }

  /** Adds a series of steps. */
  public Findings put(SeriesQuantity quantity, long[] steps) {
    return put(quantity, Arrays.stream(steps).asDoubleStream().toArray());
  }

  /** Adds all that another analysis found. */
  public Findings putAll(Findings other) {
    other.values.forEach(this::stored);
    other.series.forEach(this::stored);
    return this;
  }

  /** A number as a file has it, which may be of a version that declared others. */
  Findings stored(String name, double value) {
    if (values.put(name, value) != null) {
      throw new IllegalStateException("'" + name + "' is found twice");
    }
    return this;
  }

  /** The same of a series. */
  Findings stored(String name, double[] value) {
    if (series.put(name, value.clone()) != null) {
      throw new IllegalStateException("the series '" + name + "' is found twice");
    }
    return this;
  }

  /** Says that the analysis had declared a number of that name when this was found. */
  void known(String name) {
    known.add(name);
  }

  /**
   * Whether the analysis has declared a number since this was found. What is here stands; whoever
   * wants the new number has the run analysed again, and no version is raised for it.
   */
  public boolean lacksOneOf(AnalysisKind kind) {
    return kind.declared().stream()
        .filter(declared -> declared instanceof Quantity && !Declarations.isOfMany(declared.key()))
        .anyMatch(one -> !known.contains(one.key()) && !values.containsKey(one.key()));
  }

  public Map<String, Double> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Not to be written into. */
  public Map<String, double[]> series() {
    return Collections.unmodifiableMap(series);
  }

  /** One number; NaN where it was not found. */
  public double value(Quantity quantity) {
    return values.getOrDefault(quantity.key(), Double.NaN);
  }

  /**
   * One number by its name; NaN where it was not found.
   *
   * @throws RefrainException when no analysis gives it; the message has the nearest names
   */
  public double value(String name) {
    Double found = values.get(name);
    return found != null ? found : value(Quantities.number(name));
  }

  /**
   * Whether a series was found.
   *
   * @throws RefrainException when no analysis gives it; the message has the nearest names
   */
  public boolean hasSeries(String name) {
    return series.containsKey(name) || series.containsKey(Quantities.series(name).key());
  }

  /**
   * One series.
   *
   * @throws RefrainException when there is none of that name; the message lists the names there are
   */
  public double[] series(String name) {
    double[] found = series.get(name);
    if (found == null) {
      throw RefrainException.badInput(
          "no series '" + name + "' was found; there are " + String.join(", ", series.keySet()));
    }
    return found.clone();
  }
}
