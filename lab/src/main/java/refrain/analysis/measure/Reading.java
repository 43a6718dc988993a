package refrain.analysis.measure;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import refrain.analysis.instrument.IclEstimate;

/**
 * A model as it was measured.
 *
 * @param heads layer by layer
 * @param loss mean over sequences and positions, nats per token
 * @param lossByIndex [T] mean over sequences, nats
 * @param icl the ICL score
 * @param numbers of measures that are of no single head, by their names
 * @param series the same, such as losses by index of other texts
 */
public record Reading(
    List<HeadRow> heads,
    double loss,
    double[] lossByIndex,
    IclEstimate icl,
    Map<String, Double> numbers,
    Map<String, double[]> series) {
  /** The key of the prefix-matching score, by which heads are ordered. */
  public static final String PREFIX_MATCHING = "pm";

  public Reading {
    heads = List.copyOf(heads);
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    series = Collections.unmodifiableMap(new LinkedHashMap<>(series));
  }

  /** Heads with a verdict, the surest first, then the others; each group by prefix matching. */
  public List<HeadRow> byVerdict() {
    return heads.stream()
        .sorted(Comparator.comparing(HeadRow::verdict).thenComparing(row -> -order(row)))
        .toList();
  }

  private static double order(HeadRow row) {
    double score = row.score(PREFIX_MATCHING);
    return Double.isNaN(score) && row.match() != null ? row.match().score() : score;
  }

  /** The induction heads by name with their prefix matching, best first: L1H3 .93, L1H0 .41. */
  public String bestHeads() {
    List<HeadRow> found =
        byVerdict().stream().filter(row -> row.verdict() == Verdict.INDUCTION).toList();
    return found.isEmpty()
        ? "none (nearest: " + named(byVerdict().getFirst()) + ")"
        : found.stream().map(Reading::named).collect(Collectors.joining(", "));
  }

  private static String named(HeadRow row) {
    return row.name() + String.format(Locale.ROOT, " %.2f", order(row)).replace(" 0.", " .");
  }

  /** How many heads have a verdict. */
  public long count(Verdict verdict) {
    return heads.stream().filter(row -> row.verdict() == verdict).count();
  }
}
