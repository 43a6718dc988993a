package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import refrain.draw.Figure;
import refrain.draw.chart.DotPlot;
import refrain.report.Item.Reach;
import refrain.study.Estimate;
import refrain.study.Verdict;

/** Draws {@link Item.Dots}. */
record DotsDrawing(Reading reading) {
  /** Empty where no row has a run. */
  Optional<Figure> draw(Item.Dots item) {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (Item.Row row : item.rows()) {
      (row.claim().isEmpty() ? ofRuns(row) : ofClaim(row)).ifPresent(rows::add);
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DotPlot(
                reading.text(item.title()),
                reading.text(item.caption()),
                Reading.axis(item.axis()),
                rows,
                reading.levels(item.levels())));
  }

  private Optional<DotPlot.Row> ofRuns(Item.Row row) {
    if (!reading.results().has(row.variant())) {
      return Optional.empty();
    }
    double[] values = reading.results().values(row.variant(), row.quantity());
    if (!row.minus().isEmpty()) {
      double[] minus = reading.results().values(row.variant(), row.minus());
      Arrays.setAll(values, i -> values[i] - minus[i]);
    }
    Samples samples = Samples.of(values);
    String label = row.label().isEmpty() ? row.variant() : reading.text(row.label());
    int slot = row.slot() < 0 ? reading.slot(row.variant()) : row.slot();
    int n = samples.points().size();
    if (n == 0) {
      String runs = samples.all() == 1 ? "the run" : "any of " + samples.all() + " runs";
      return Optional.of(DotPlot.Row.none(label, slot, "no value in " + runs));
    }
    String of = n == samples.all() ? label : label + " (" + n + " of " + samples.all() + ")";
    boolean range = row.reach() == Reach.RANGE;
    return Optional.of(
        new DotPlot.Row(
            of,
            slot,
            samples.mean(),
            range ? samples.least() : samples.low(),
            range ? samples.largest() : samples.high(),
            samples.points(),
            ""));
  }

  private Optional<DotPlot.Row> ofClaim(Item.Row row) {
    Verdict verdict = reading.results().verdict(row.claim()).orElse(null);
    if (verdict == null || Double.isNaN(verdict.estimate().value())) {
      return Optional.empty();
    }
    Estimate e = verdict.estimate();
    int ruled = verdict.ruling() == Verdict.Ruling.HOLDS ? 0 : 3;
    return Optional.of(
        new DotPlot.Row(
            row.label().isEmpty() ? row.claim() : reading.text(row.label()),
            row.slot() < 0 ? ruled : row.slot(),
            e.value(),
            e.low(),
            e.high(),
            e.values(),
            ""));
  }
}
