package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import refrain.draw.chart.DotPlot;
import refrain.study.Compare;
import refrain.study.Estimate;
import refrain.study.Verdict;

/**
 * Rows of a {@link DotPlot} for quantities of one variant: the mean over seeds, the single seeds,
 * and the interval where a claim about the quantity has one.
 */
final class SeedRows {
  private final StudyView view;
  private final String variant;
  private final List<DotPlot.Row> rows = new ArrayList<>();

  SeedRows(StudyView view, String variant) {
    this.view = view;
    this.variant = variant;
  }

  /** Adds a row; none where no seed has the quantity. */
  SeedRows add(String label, int slot, String quantity) {
    return add(label, slot, quantity, Arrays.stream(view.values(variant, quantity)).toArray());
  }

  /** Adds a row of how far a quantity lies from another one of the same seed. */
  SeedRows addDifference(String label, int slot, String quantity, String from) {
    double[] values = view.values(variant, quantity);
    double[] other = view.values(variant, from);
    Arrays.setAll(values, i -> values[i] - other[i]);
    return add(label, slot, "", values);
  }

  private SeedRows add(String label, int slot, String quantity, double[] values) {
    List<Double> points = Arrays.stream(values).filter(Double::isFinite).boxed().toList();
    if (!points.isEmpty()) {
      double mean = points.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
      Optional<Estimate> claimed = claimed(quantity);
      rows.add(
          DotPlot.Row.of(
                  label,
                  slot,
                  mean,
                  claimed.map(Estimate::low).orElse(Double.NaN),
                  claimed.map(Estimate::high).orElse(Double.NaN))
              .withPoints(points));
    }
    return this;
  }

  private Optional<Estimate> claimed(String quantity) {
    return view.verdicts().stream()
        .filter(v -> v.claim().test().quantity().equals(quantity))
        .filter(v -> v.claim().test().compare() == Compare.VALUE)
        .filter(v -> v.claim().test().variants().equals(List.of(variant)))
        .map(Verdict::estimate)
        .filter(e -> e.n() > 2)
        .findFirst();
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  List<DotPlot.Row> rows() {
    return List.copyOf(rows);
  }
}
