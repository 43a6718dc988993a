package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.draw.Block;
import refrain.draw.Page;
import refrain.draw.Terms;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.store.Json;
import refrain.study.MadeResults;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyResults;
import refrain.study.StudyRunner;
import refrain.study.Variant;
import refrain.study.Varies;

/**
 * The figures of the paper's study on runs of seconds, which form no heads: trained, analysed and
 * drawn.
 */
class TrainedStudyTest {
  private static final String EVERYTHING =
      """
      {"engine": "FUSED", "model": {"nLayers": %d},
       "probing": {"every": 2, "thoroughEvery": 2, "measures": {"measures": ["LOSS", "ICL",
         "PREFIX_MATCHING", "PREVIOUS_TOKEN", "PER_TOKEN_LOSSES", "NGRAM_DIVERGENCE"]}}}
      """;
  private static final String FAMILIES =
      """
      {"steps": 10, "engine": "FUSED", "model": {"dVocab": 32}, "data": {"kind": "families",
       "categories": 8, "symbols": 2, "forms": 2, "c": 0.5, "shared": 0.5,
       "repeatProbability": 0.75, "keep": 0.5, "synonym": 0.3, "margin": 4, "languageSeed": 1}}
      """;
  private static final String WORDS =
      """
      {"steps": 10, "engine": "FUSED", "model": {"dVocab": 80},
       "data": {"kind": "word-pairs", "words": 20, "languages": 3, "repeats": 0.5}}
      """;

  @TempDir static Path temp;

  private static StudyResults results;
  private static Page page;

  @BeforeAll
  static void train() {
    Study study =
        new Study(
            "test",
            "t",
            1,
            0,
            Varies.ALL,
            0,
            0,
            Study.named("olsson").arguments().stream()
                .map(a -> MadeResults.argument(a.id(), a.number(), a.title()))
                .toList(),
            List.of(
                variant(
                    "2L",
                    EVERYTHING.formatted(2),
                    "1L",
                    AnalysisKind.DATING,
                    AnalysisKind.LOSS_PLANE,
                    AnalysisKind.N_GRAMS,
                    AnalysisKind.ABLATION,
                    AnalysisKind.DEPTH),
                variant(
                    "1L", EVERYTHING.formatted(1), "2L", AnalysisKind.DATING, AnalysisKind.N_GRAMS),
                variant("families", FAMILIES, null, AnalysisKind.GENERALITY),
                variant("word-pairs", WORDS, null, AnalysisKind.GENERALITY)),
            List.of(),
            Map.of());
    StudyFolder folder = new StudyFolder(temp);
    StudyRunner.Result result =
        new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).run();
    assertThat(result.failures()).isEmpty();
    results = folder.read(StudyListener.NONE);
    Figures figures = FiguresFile.named(Study.named("olsson"));
    page = new StudyReport(results, figures, Terms.NONE, "refrain test").page();
  }

  private static Variant variant(
      String name, String set, @Nullable String control, AnalysisKind... kinds) {
    return new Variant(
        name, "tiny", Json.parse(set, name), 1, control, Variant.Settled.AT_END, List.of(kinds));
  }

  private static Findings found(String variant) {
    return results.findings(results.cells(variant).getFirst());
  }

  @Test
  void everyDeclaredNumberAndSeriesIsFound() {
    Findings f = found("2L");
    for (AnalysisKind kind : List.of(AnalysisKind.DATING, AnalysisKind.N_GRAMS)) {
      kind.declared()
          .forEach(d ->
              assertThat(d instanceof Quantity ? f.values().keySet() : f.series().keySet())
                  .contains(d.key()));
    }
    // Twenty probes after step 0, each thorough, of the run and of its control.
    assertThat(f.series("curve.icl.steps")).hasSize(20);
    // No table of three tokens predicts the second saying of a block otherwise than the first.
    assertThat(f.value("ngram.unseen.trigram.gain")).isZero();
    // The other run's control is this run: the bump seen from the other side.
    double[] there = found("1L").series("curve.bump");
    double[] here = f.series("curve.bump");
    assertThat(here).hasSize(20);
    for (int i = 0; i < here.length; i++) {
      assertThat(there[i]).isEqualTo(-here[i]);
    }
  }

  @Test
  void aRunWithoutHeadsHasNoNumbersOfThem() {
    Findings f = found("2L");
    assertThat(f.value("ablation.set.size")).isZero();
    assertThat(f.value("ablation.set.preserving.zero")).isNaN();
    assertThat(f.value("depth.layers")).isEqualTo(2);
    assertThat(f.series("ablation.icl.full.mean.L1H1")).hasSameSizeAs(f.series("ablation.steps"));
    assertThat(notes("Argument 3: Ablation"))
        .containsExactly("2L: no run has formed a head, so there is none to take away.");
    assertThat(notes("Argument 6: Continuity"))
        .containsExactly(
            "No run that was analysed has formed an induction head.",
            "No run has induction heads with layers behind them.");
    assertThat(notes("The heads that were found")).containsExactly("No run has formed a head yet.");
  }

  @Test
  void sectionsDrawWhatWasRunAndNothingElse() {
    assertThat(titles("Argument 1: Co-occurrence"))
        .containsExactly(
            "In-context learning over training",
            "One run, 2L",
            "Per-token losses in their plane",
            "Derivative of the loss by log token index",
            "Derivative of the loss by log elapsed tokens");
    assertThat(titles("Against n-grams"))
        .containsExactly(
            "Distance from n-grams",
            "Gain by repetition on unseen trigrams",
            "The bigram table in the direct path");
    assertThat(headings("Argument 4: Generality"))
        .containsExactly(
            "Fuzzy matching by similarity",
            "Noisy embeddings: a dose curve",
            "Few-shot word mapping");
    assertThat(page.sections())
        .extracting(Page.Section::title)
        .doesNotContain("Argument 2: Co-perturbation", "Argument 5: Mechanism");
  }

  @Test
  void curvesAreTheNumbersThatWereStored() {
    LineGrid grid = (LineGrid) figured("Argument 1: Co-occurrence").getFirst().figure();
    assertThat(grid.panels()).extracting(LineChart::title).containsExactly("2L", "1L");
    double[] stored = found("1L").series("curve.icl");
    var line = grid.panels().get(1).series().getFirst().lines().getFirst();
    assertThat(line.size()).isEqualTo(stored.length);
    for (int i = 0; i < stored.length; i++) {
      assertThat(line.y(i)).isEqualTo(stored[i]);
    }
    assertThat(section("Argument 1: Co-occurrence").getLast())
        .isEqualTo(new Block.Code("./refrain study run test --only 1"));
  }

  private static List<Block> section(String title) {
    return page.sections().stream()
        .filter(s -> s.title().equals(title))
        .findFirst()
        .orElseThrow()
        .blocks();
  }

  private static List<Block.Figured> figured(String title) {
    return section(title).stream()
        .filter(Block.Figured.class::isInstance)
        .map(Block.Figured.class::cast)
        .toList();
  }

  private static List<String> titles(String title) {
    return figured(title).stream().map(f -> f.figure().title()).toList();
  }

  private static List<String> notes(String title) {
    return section(title).stream()
        .filter(Block.Note.class::isInstance)
        .map(b -> ((Block.Note) b).text())
        .toList();
  }

  private static List<String> headings(String title) {
    return section(title).stream()
        .filter(Block.Heading.class::isInstance)
        .map(b -> ((Block.Heading) b).text())
        .toList();
  }
}
