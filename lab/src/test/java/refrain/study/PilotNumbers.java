package refrain.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Quantities;

/**
 * The numbers of some runs: a line each of variant, seed, quantity and value. Seeds below 100 may
 * be looked at before claims are written.
 */
final class PilotNumbers {
  /** One number of the runs of a variant. */
  record Column(String variant, String quantity) {}

  private final Map<Column, Map<Integer, Double>> columns = new LinkedHashMap<>();

  static PilotNumbers read(Path csv) throws IOException {
    PilotNumbers numbers = new PilotNumbers();
    Files.readAllLines(csv).stream()
        .skip(1)
        .map(line -> line.split(","))
        .forEach(c ->
            numbers
                .columns
                .computeIfAbsent(new Column(c[0], c[2]), any -> new LinkedHashMap<>())
                .put(Integer.valueOf(c[1]), Double.valueOf(c[3])));
    return numbers;
  }

  /** What the primary claims of a study that was run need, as such a file. */
  static List<String> lines(StudyResults results) {
    Set<Column> needed = new LinkedHashSet<>();
    results.study().claims().stream()
        .filter(Claim::primary)
        .forEach(claim -> needed.addAll(needs(claim)));
    List<String> lines = new ArrayList<>(List.of("variant,seed,quantity,value"));
    for (Column column : needed) {
      for (Study.Cell cell : results.cells(column.variant())) {
        double value = results.findings(cell).value(column.quantity());
        lines.add(column.variant() + "," + cell.seed() + "," + column.quantity() + "," + value);
      }
    }
    return lines;
  }

  /** All numbers that a claim and the world in which it is false need. */
  static Set<Column> needs(Claim claim) {
    Set<Column> needed = new LinkedHashSet<>();
    Stream.of(claim.test(), claim.control())
        .filter(Objects::nonNull)
        .forEach(test -> needed.addAll(needs(test)));
    if (claim.otherwise() instanceof Otherwise.OtherQuantity other) {
      for (String variant : claim.test().variants()) {
        add(needed, variant, other.quantity());
        add(needed, variant, other.other());
      }
    }
    return needed;
  }

  private static Set<Column> needs(Test test) {
    Set<Column> needed = new LinkedHashSet<>();
    for (String variant : test.variants()) {
      add(needed, variant, test.quantity());
      add(needed, from(test, variant), other(test));
      add(needed, variant, test.placebo());
      add(needed, variant, test.given());
      if (test.statistic() == Statistic.EVERY_SEED) {
        add(needed, variant, Quantities.number(test.quantity()).error());
        add(needed, from(test, variant), Quantities.number(other(test)).error());
      }
    }
    return needed;
  }

  private static void add(Set<Column> needed, String variant, @Nullable String quantity) {
    if (quantity != null) {
      needed.add(new Column(variant, quantity));
    }
  }

  /** The variant whose run y is taken of. */
  static String from(Test test, String variant) {
    return Objects.requireNonNullElse(test.against(), variant);
  }

  static String other(Test test) {
    return Objects.requireNonNullElse(test.other(), test.quantity());
  }

  /** The seeds of which all these numbers are known, upwards. */
  List<Integer> seeds(Set<Column> needed) {
    return needed.stream()
        .map(this::column)
        .map(Map::keySet)
        .reduce((a, b) -> {
          Set<Integer> both = new LinkedHashSet<>(a);
          both.retainAll(b);
          return both;
        })
        .orElseThrow()
        .stream()
        .sorted()
        .toList();
  }

  double value(Column column, int seed) {
    return Objects.requireNonNull(column(column).get(seed));
  }

  private Map<Integer, Double> column(Column column) {
    return Objects.requireNonNull(
        columns.get(column), () -> "the pilot lacks " + column + "; write it again");
  }
}
