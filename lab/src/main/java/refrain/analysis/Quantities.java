package refrain.analysis;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;

/**
 * Every number and series that some analysis gives, by its name. Names that come from a file are
 * looked up here once, where the file is read.
 */
public final class Quantities {
  private final Map<String, Quantity> numbers = new LinkedHashMap<>();
  private final Map<String, SeriesQuantity> series = new LinkedHashMap<>();
  private final Map<Declared, AnalysisKind> givers = new LinkedHashMap<>();

  private static final class Loaded {
    private static final Quantities ALL = new Quantities();
  }

  private Quantities() {
    for (AnalysisKind kind : AnalysisKind.values()) {
      for (Declared declared : kind.declared()) {
        Object other =
            switch (declared) {
              case Quantity number -> numbers.put(number.key(), number);
              case SeriesQuantity list -> series.put(list.key(), list);
            };
        if (other != null) {
          throw new IllegalStateException("'" + declared + "' is declared twice");
        }
        givers.put(declared, kind);
      }
    }
  }

  /** All of them; one with .HEAD or .LAYER at the end stands for those of all heads or layers. */
  public static Collection<Declared> all() {
    return Stream.<Declared>concat(
            Loaded.ALL.numbers.values().stream(), Loaded.ALL.series.values().stream())
        .toList();
  }

  /**
   * The number of that name.
   *
   * @throws RefrainException when no analysis gives it; the message has the nearest names
   */
  public static Quantity number(String key) {
    Quantity found = find(key, Loaded.ALL.numbers, "quantity");
    return found.key().equals(key) ? found : new Quantity(found.named(key), null);
  }

  /**
   * The series of that name.
   *
   * @throws RefrainException when no analysis gives it; the message has the nearest names
   */
  public static SeriesQuantity series(String key) {
    SeriesQuantity found = find(key, Loaded.ALL.series, "series");
    return found.key().equals(key) ? found : new SeriesQuantity(found.named(key));
  }

  /** The analysis that gives a number. */
  static AnalysisKind giving(String key) {
    return Objects.requireNonNull(Loaded.ALL.givers.get(find(key, Loaded.ALL.numbers, "quantity")));
  }

  /** Fails where an analysis found what it does not declare. */
  static void check(Findings findings, AnalysisKind kind) {
    Stream.<Declared>concat(
            findings.values().keySet().stream()
                .map(name -> find(name, Loaded.ALL.numbers, "quantity")),
            findings.series().keySet().stream()
                .map(name -> find(name, Loaded.ALL.series, "series")))
        .filter(declared -> Loaded.ALL.givers.get(declared) != kind)
        .forEach(declared -> {
          throw new IllegalStateException(
              kind.slug() + " gives '" + declared + "', which it does not declare");
        });
  }

  private static <Q> Q find(String key, Map<String, Q> all, String what) {
    @Nullable Q found = all.get(canonical(key));
    if (found == null) {
      throw RefrainException.badInput(
          "no %s '%s'; the nearest names are %s"
              .formatted(what, key, Names.nearest(key, all.keySet())));
    }
    return found;
  }

  /** The key under which those of all heads, or of all layers, are declared together. */
  private static String canonical(String key) {
    return key.replaceFirst("\\.L\\d+H\\d+$", Declarations.HEAD)
        .replaceFirst("\\.L\\d+$", Declarations.LAYER);
  }
}
