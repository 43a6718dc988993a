package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.draw.Xml;
import refrain.draw.chart.Axis;
import refrain.draw.chart.PathPlot;
import refrain.store.Json;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyRunner;
import refrain.study.Variant;

/** From tiny trained runs through both analyses to the page. */
class CoOccurrenceReportTest {
  private static final String SET =
      """
      {"engine": "FUSED", "model": {"nLayers": %d},
       "probing": {"every": 2, "thoroughEvery": 2, "measures": {"measures": ["LOSS", "ICL",
         "PREFIX_MATCHING", "PREVIOUS_TOKEN", "PER_TOKEN_LOSSES", "NGRAM_DIVERGENCE"]}}}
      """;

  @TempDir Path temp;

  private static Variant variant(String name, int layers, String control) {
    return new Variant(
        name,
        "tiny",
        Json.parse(SET.formatted(layers), "x"),
        1,
        1,
        control,
        Variant.Settled.AT_END,
        List.of(AnalysisKind.DATING, AnalysisKind.N_GRAMS));
  }

  private static Study study(List<Variant> variants) {
    return new Study("test", "t", 1, 1, false, 0, 0, variants, List.of(), Map.of());
  }

  @Test
  void runsAreAnalysedAndDrawn() {
    Study study = study(List.of(variant("2L", 2, "1L"), variant("1L", 1, "2L")));
    StudyFolder folder = new StudyFolder(temp);
    StudyRunner.Result result =
        new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).run();
    assertThat(result.failures()).isEmpty();
    StudyView view = new StudyView(folder, "refrain test");
    Findings f = view.findings(view.cells("2L").getFirst());
    for (AnalysisKind kind : List.of(AnalysisKind.DATING, AnalysisKind.N_GRAMS)) {
      kind.analysis()
          .definitions()
          .forEach(d -> assertThat(f.values()).as(d.key()).containsKey(d.key()));
    }
    // Twenty probes after step 0, each thorough, of the run and of its control.
    assertThat(f.series("curve.icl.steps")).hasSize(20);
    assertThat(f.series("curve.bump")).hasSize(20);
    assertThat(f.series("pca.control.x")).hasSize(21);
    assertThat(f.value("pca.explained")).isBetween(.2, 1.0);
    // No table of three tokens predicts the second saying of a block otherwise than the first.
    assertThat(f.value("ngram.unseen.trigram.gain")).isZero();
    // The other run's control is this run: the bump seen from the other side.
    Findings other = view.findings(view.cells("1L").getFirst());
    double[] here = f.series("curve.bump");
    double[] there = other.series("curve.bump");
    for (int i = 0; i < here.length; i++) {
      assertThat(there[i]).isEqualTo(-here[i]);
    }
    String html = new StudyReport(folder, "refrain test").page().html();
    assertThat(html)
        .contains("Per-token losses in their plane")
        .contains("Derivative of the loss by log token index")
        .contains("Distance from n-grams")
        .contains("Gain by repetition on unseen trigrams");
  }

  @Test
  void aStudyWithoutTheseVariantsHasNoSections() {
    Study study =
        study(
            List.of(
                new Variant(
                    "other",
                    "tiny",
                    Json.object(),
                    1,
                    1,
                    null,
                    Variant.Settled.AT_END,
                    List.of())));
    StudyFolder folder = new StudyFolder(temp);
    new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).analyseOnly();
    StudyView view = new StudyView(folder, "refrain test");
    assertThat(new CoOccurrenceSection().blocks(view)).isEmpty();
    assertThat(new NGramSection().blocks(view)).isEmpty();
  }

  @Test
  void aPathIsDrawnThroughThePlaneWithItsStops() {
    PathPlot.Path path =
        new PathPlot.Path(
            "way",
            0,
            List.of(0.0, 2.0, 1.0),
            List.of(0.0, 1.0, 3.0),
            List.of(new PathPlot.Stop(1, "corner")));
    String svg =
        PathPlot.of(
                "Plane", "A way.", Axis.linear("x", ""), Axis.linear("y", "nats"), List.of(path))
            .svg();
    Xml.parse(svg);
    assertThat(svg)
        .contains(">corner<")
        .contains(">way<")
        .contains("y (nats)")
        .doesNotContain("NaN");
    assertThatThrownBy(() -> new PathPlot.Path("a", 0, List.of(1.0), List.of(), List.of()))
        .hasMessage("a path has 1 x but 0 y");
  }
}
