package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import refrain.analysis.Findings;
import refrain.analysis.Quantities;
import refrain.draw.Figure;
import refrain.draw.Num;
import refrain.draw.chart.Axis;
import refrain.draw.chart.PathPlot;
import refrain.draw.chart.ScatterPlot;
import refrain.draw.chart.ScatterPlot.Group;
import refrain.draw.chart.ScatterPlot.Guide;
import refrain.draw.chart.ScatterPlot.Point;
import refrain.stats.Angle;
import refrain.study.Estimate;
import refrain.study.Statistic;
import refrain.study.Study.Cell;
import refrain.study.Test;
import refrain.study.Verdict;

/**
 * Draws runs in a plane: {@link Item.Scatter}, a mark a run, {@link Item.HeadMarks}, a mark a head,
 * and {@link Item.Paths}.
 */
record PlaneDrawing(Reading reading) {
  /** Empty where the claim is not in the study, or fewer than two runs have both numbers. */
  Optional<Figure> draw(Item.Scatter item) {
    Verdict verdict = reading.results().verdict(item.claim()).orElse(null);
    if (verdict == null) {
      return Optional.empty();
    }
    Test test = item.control() ? verdict.claim().control() : verdict.claim().test();
    Estimate judged = item.control() ? verdict.control() : verdict.estimate();
    return test == null || judged == null ? Optional.empty() : scatter(item, test, judged);
  }

  private Optional<Figure> scatter(Item.Scatter item, Test test, Estimate judged) {
    boolean log = test.statistic() == Statistic.DEMING_ANGLE;
    String other = Objects.requireNonNullElse(test.other(), test.quantity());
    Map<String, Group> groups = new LinkedHashMap<>();
    List<Point> all = new ArrayList<>();
    for (String variant : test.variants()) {
      double[] xs = reading.results().values(variant, test.quantity());
      double[] ys =
          reading.results().values(test.against() == null ? variant : test.against(), other);
      List<Point> own = new ArrayList<>();
      for (int i = 0; i < Math.min(xs.length, ys.length); i++) {
        if (Double.isFinite(xs[i]) && Double.isFinite(ys[i]) && (!log || xs[i] > 0 && ys[i] > 0)) {
          own.add(new Point(xs[i], ys[i]));
        }
      }
      String label = reading.arm(variant).map(Figures.Arm::label).orElse(variant);
      if (!own.isEmpty()) {
        groups.merge(label, new Group(label, reading.slot(variant), own), Group::and);
      }
      all.addAll(own);
    }
    if (all.size() < 2) {
      return Optional.empty();
    }
    return Optional.of(
        new ScatterPlot(
            reading.text(item.title()),
            reading.text(item.caption()),
            axis(test.quantity(), log),
            axis(other, log),
            List.copyOf(groups.values()),
            guides(item, all, log, judged)));
  }

  // Deming's line goes through the means, so its slope is all that is needed to draw it.
  private static List<Guide> guides(
      Item.Scatter item, List<Point> all, boolean log, Estimate judged) {
    double x = all.stream().mapToDouble(p -> log ? Math.log(p.x()) : p.x()).average().orElseThrow();
    double y = all.stream().mapToDouble(p -> log ? Math.log(p.y()) : p.y()).average().orElseThrow();
    Point middle = log ? new Point(Math.exp(x), Math.exp(y)) : new Point(x, y);
    List<Guide> guides = new ArrayList<>();
    if (!item.equal().isEmpty()) {
      guides.add(new Guide(new Point(middle.x(), middle.x()), 1, item.equal(), true));
    }
    if (log && Double.isFinite(judged.value())) {
      double slope = Angle.slope(judged.value());
      guides.add(new Guide(middle, slope, "slope " + Num.fixed(slope, 2), false));
    }
    return guides;
  }

  private static Axis axis(String quantity, boolean log) {
    return Reading.axis(Reading.axis(Quantities.number(quantity), log));
  }

  /** Empty where no head has both numbers. */
  Optional<Figure> draw(Item.HeadMarks item) {
    List<Group> groups = new ArrayList<>();
    for (Item.HeadGroup group : item.groups()) {
      List<Point> points =
          item.variants().stream()
              .flatMap(variant -> reading.results().cells(variant).stream())
              .flatMap(cell -> heads(group, reading.results().findings(cell)))
              .toList();
      if (!points.isEmpty()) {
        groups.add(new Group(reading.text(group.label()), group.slot(), points));
      }
    }
    return groups.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ScatterPlot(
                reading.text(item.title()),
                reading.text(item.caption()),
                Reading.axis(item.x()),
                Reading.axis(item.y()),
                groups,
                List.of()));
  }

  private static Stream<Point> heads(Item.HeadGroup group, Findings found) {
    String beginning = group.where().replaceFirst("HEAD$", "");
    return CurvesDrawing.heads(found, beginning).stream()
        .filter(head -> found.value(beginning + head) == group.equals())
        .map(head -> new Point(of(head, group.x(), found), of(head, group.y(), found)))
        .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()));
  }

  private static double of(String head, String number, Findings found) {
    return found.value(number.replaceFirst("HEAD$", head));
  }

  /** Empty where no first seed has a way. */
  Optional<Figure> draw(Item.Paths item) {
    List<PathPlot.Path> paths = new ArrayList<>();
    double[] shares = {};
    for (Item.Way way : item.ways()) {
      List<Cell> cells = reading.results().cells(way.variant());
      Findings found =
          cells.isEmpty() ? new Findings() : reading.results().findings(cells.getFirst());
      if (found.hasSeries(way.x()) && found.hasSeries(way.y())) {
        if (paths.isEmpty() && found.hasSeries(item.components())) {
          shares = found.series(item.components());
        }
        paths.add(
            new PathPlot.Path(
                reading.text(way.label()),
                way.slot(),
                Arrays.stream(found.series(way.x())).boxed().toList(),
                Arrays.stream(found.series(way.y())).boxed().toList(),
                stops(item, way, found)));
      }
    }
    return paths.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PathPlot(
                reading.text(item.title()),
                reading.text(item.caption()),
                axis(item.x(), shares, 0),
                axis(item.y(), shares, 1),
                paths));
  }

  private static Axis axis(Item.AxisOf of, double[] shares, int component) {
    String share =
        shares.length > component
            ? ", " + Math.round(100 * shares[component]) + " % of the variance"
            : "";
    return Axis.linear(of.title() + share, of.unit());
  }

  private static List<PathPlot.Stop> stops(Item.Paths item, Item.Way way, Findings found) {
    List<PathPlot.Stop> stops = new ArrayList<>();
    double[] steps = way.steps().isEmpty() ? new double[0] : found.series(way.steps());
    for (Item.Stop stop : item.stops()) {
      double at = found.value(stop.quantity());
      if (steps.length > 0 && !Double.isNaN(at)) {
        int nearest = 0;
        for (int i = 0; i < steps.length; i++) {
          nearest = Math.abs(steps[i] - at) < Math.abs(steps[nearest] - at) ? i : nearest;
        }
        stops.add(new PathPlot.Stop(nearest, stop.label()));
      }
    }
    return stops;
  }
}
