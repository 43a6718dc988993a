package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.PathPlot;
import refrain.draw.chart.Series;

/** The figures of Argument 1 that follow training through losses: plane, slopes, bend. */
final class TrajectoryFigures {
  private static final List<String> LAYERS = List.of("2L", "1L");

  private TrajectoryFigures() {}

  static void blocks(StudyView view, String command, List<Block> blocks) {
    plane(view, command, blocks);
    over(
        view,
        "index.slope.steps",
        "index.slope",
        new Words(
            "Derivative of the loss by log token index",
            "slope",
            "Least-squares slope of the loss by token index over the indices of the ICL score, a"
                + " line a seed: what an e-fold of context saves. It drops where heads form."),
        command,
        blocks);
    over(
        view,
        "bend.steps",
        "bend.slopes",
        new Words(
            "Derivative of the loss by log elapsed tokens",
            "d loss / d ln tokens",
            "A convex loss only flattens: its slope rises. The one place where it falls is the"
                + " bump; in one layer there is none after the warm-up."),
        command,
        blocks);
  }

  private record Words(String title, String axis, String caption) {}

  private static void plane(StudyView view, String command, List<Block> blocks) {
    if (!view.has("2L")) {
      return;
    }
    Findings f = view.findings(view.cells("2L").getFirst());
    if (!f.hasSeries("pca.x")) {
      return;
    }
    List<PathPlot.Path> paths = new ArrayList<>();
    double[] steps = f.series("pca.steps");
    List<PathPlot.Stop> stops = new ArrayList<>();
    stop(steps, f.value("date.icl.onset"), "onset", stops);
    stop(steps, f.value("date.icl.tau"), "tau", stops);
    stop(steps, f.value("date.icl.end"), "end", stops);
    paths.add(path("2 layers", 0, f, "pca", stops));
    paths.add(path("1 layer", 1, f, "pca.control", List.of()));
    double[] explained = f.series("pca.components");
    blocks.add(
        new Block.Figured(
            PathPlot.of(
                "Per-token losses in their plane",
                "Snapshots of the first seed of two layers and one, in the plane of the first two"
                    + " principal components of their per-token losses",
                Axis.linear(share("first component", explained[0]), "nats"),
                Axis.linear(share("second component", explained[1]), "nats"),
                paths),
            "First seed; both runs start at the rings. Two layers and one go about the same way until the"
                + " onset of the change; between onset and end two layers leap along the first"
                + " component. The corner that the paper shows is shallow here: most of the"
                + " variance *is* in-context learning.",
            command));
  }

  private static String share(String name, double explained) {
    return name + ", " + Math.round(100 * explained) + " % of the variance";
  }

  private static PathPlot.Path path(
      String label, int slot, Findings f, String name, List<PathPlot.Stop> stops) {
    return new PathPlot.Path(
        label,
        slot,
        Arrays.stream(f.series(name + ".x")).boxed().toList(),
        Arrays.stream(f.series(name + ".y")).boxed().toList(),
        stops);
  }

  /** The snapshot nearest to a step; none where there is no such step. */
  private static void stop(double[] steps, double at, String label, List<PathPlot.Stop> stops) {
    if (Double.isNaN(at)) {
      return;
    }
    int nearest = 0;
    for (int i = 0; i < steps.length; i++) {
      nearest = Math.abs(steps[i] - at) < Math.abs(steps[nearest] - at) ? i : nearest;
    }
    stops.add(new PathPlot.Stop(nearest, label));
  }

  private static void over(
      StudyView view, String x, String y, Words words, String command, List<Block> blocks) {
    List<Series> series = new ArrayList<>();
    for (String variant : LAYERS) {
      List<Line> lines = view.lines(variant, x, y);
      if (!lines.isEmpty()) {
        series.add(Series.seeds(variant, LAYERS.indexOf(variant), lines));
      }
    }
    if (!series.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineChart.of(
                  words.title(),
                  words.title() + " over training, two layers and one",
                  Axis.linear("steps", ""),
                  Axis.linear(words.axis(), "nats"),
                  series),
              words.caption(),
              command));
    }
  }
}
