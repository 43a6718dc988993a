package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.analysis.RunSummary;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Event;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.Variant;

/** A study in one picture: the ICL score over training, for pages that hold no more than that. */
public final class StudyPicture {
  private StudyPicture() {}

  /**
   * The ICL scores of the first variants' runs on the data of the first one, a line a seed, with a
   * mark where heads had formed in the first variant's runs.
   *
   * @throws refrain.base.RefrainException when the folder holds no study
   */
  public static LineChart of(StudyFolder folder) {
    Study study = folder.study();
    List<Cell> cells = study.cells();
    String data = cells.getFirst().data();
    List<RunSummary> runs = folder.summaries(study);
    List<Series> series = new ArrayList<>();
    for (Variant variant : study.variants()) {
      List<Line> lines = new ArrayList<>();
      for (Cell cell : cells) {
        if (cell.variant().equals(variant) && cell.data().equals(data)) {
          folder.curves(cell).ifPresent(c -> lines.add(Line.of(c.stepAxis(), c.icl())));
        }
      }
      if (!lines.isEmpty() && series.size() < StudyCharts.TOGETHER) {
        series.add(Series.seeds(variant.name(), study.variants().indexOf(variant), lines));
      }
    }
    List<Event> events = new ArrayList<>();
    for (RunSummary run : runs) {
      if (run.variant().equals(study.variants().getFirst().name()) && run.formationStep() != null) {
        events.add(
            Event.at(
                run.formationStep(), events.isEmpty() ? "heads form in " + run.variant() : ""));
      }
    }
    return LineChart.of(
            study.title(),
            "In-context-learning score over training of " + series.size() + " variants",
            Axis.linear("steps", ""),
            Axis.linear("ICL score", "nats"),
            series)
        .withEvents(events);
  }
}
