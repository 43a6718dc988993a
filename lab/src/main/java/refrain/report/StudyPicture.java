package refrain.report;

import java.util.List;
import java.util.Map;
import refrain.draw.Figure;
import refrain.draw.chart.Axis;
import refrain.draw.chart.LineChart;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;
import refrain.study.Variant;

/**
 * A study in one picture, for pages that hold no more than that: the ICL score over training, or of
 * a model on disk the first curves that its figures draw.
 */
public final class StudyPicture {
  private StudyPicture() {}

  /**
   * The ICL scores of the first variants' runs on the data of the first one, a line a seed, with a
   * mark where heads had formed in the first variant's runs.
   */
  public static Figure of(StudyResults results, Figures figures) {
    Study study = results.study();
    Map<String, List<Cell>> groups = results.byData();
    List<Variant> variants =
        groups.values().iterator().next().stream().map(Cell::variant).distinct().toList();
    Item.Curves picture =
        (study.onDisk() ? figures.sections() : List.<Figures.Section>of())
            .stream()
                .flatMap(section -> section.items().stream())
                .filter(Item.Curves.class::isInstance)
                .map(Item.Curves.class::cast)
                .findFirst()
                .orElseGet(() -> DefaultFigures.picture(variants));
    return new CurvesDrawing(Reading.of(results, figures))
        .draw(picture)
        .orElseGet(() ->
            new LineChart(
                study.title(),
                "No run has been measured yet.",
                Axis.linear("steps", ""),
                Reading.axis(picture.y()),
                List.of(),
                List.of(),
                List.of()));
  }
}
