package refrain.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import refrain.analysis.AnalysisKind;
import refrain.draw.chart.Axis;
import refrain.draw.chart.ScatterPlot;
import refrain.draw.chart.ScatterPlot.Group;
import refrain.draw.chart.ScatterPlot.Guide;
import refrain.draw.chart.ScatterPlot.Point;
import refrain.study.Estimate;
import refrain.study.Test;

/** The runs of a test of two dates as points, with the slope that the judge found. */
final class DateScatter {
  private DateScatter() {}

  /** Empty where fewer than two runs have both dates. */
  static Optional<ScatterPlot> of(StudyView view, String title, Test test, Estimate judged) {
    Map<PerturbationArms, List<Point>> points = new EnumMap<>(PerturbationArms.class);
    double x = 0;
    double y = 0;
    int n = 0;
    String other = Objects.requireNonNullElse(test.other(), test.quantity());
    for (String variant : test.variants()) {
      double[] xs = view.values(variant, test.quantity());
      double[] ys = view.values(variant, other);
      for (int i = 0; i < xs.length; i++) {
        if (xs[i] > 0 && ys[i] > 0) {
          points
              .computeIfAbsent(PerturbationArms.of(variant), arm -> new ArrayList<>())
              .add(new Point(xs[i], ys[i]));
          x += Math.log(xs[i]);
          y += Math.log(ys[i]);
          n++;
        }
      }
    }
    if (n < 2) {
      return Optional.empty();
    }
    List<Group> groups = new ArrayList<>();
    points.forEach((arm, list) -> groups.add(new Group(arm.label(), arm.slot(), list)));
    // Deming's line goes through the means, so its slope is all that is needed to draw it.
    Point middle = new Point(Math.exp(x / n), Math.exp(y / n));
    List<Guide> guides = new ArrayList<>();
    guides.add(new Guide(new Point(middle.x(), middle.x()), 1, "at once", true));
    if (Double.isFinite(judged.value())) {
      guides.add(
          new Guide(
              middle,
              judged.value(),
              String.format(Locale.ROOT, "slope %.2f", judged.value()),
              false));
    }
    return Optional.of(
        ScatterPlot.of(
                title,
                n + " runs, a mark each, and the line that Deming regression gives.",
                Axis.log(AnalysisKind.quantity(test.quantity()).title(), "steps"),
                Axis.log(AnalysisKind.quantity(other).title(), "steps"),
                groups)
            .withGuides(guides));
  }

  /** Such as "slope 1.02, 95 % interval .97 to 1.08, 150 runs". */
  static String words(Estimate e) {
    if (!Double.isFinite(e.value())) {
      return "no slope: too few runs or variants";
    }
    return String.format(
        Locale.ROOT,
        "slope %.2f, 95 %% interval %.2f to %.2f, %d runs",
        e.value(),
        e.low(),
        e.high(),
        e.n());
  }
}
