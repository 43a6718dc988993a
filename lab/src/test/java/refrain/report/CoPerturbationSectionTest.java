package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.Table;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.study.Argument;
import refrain.study.Bar;
import refrain.study.Claim;
import refrain.study.Compare;
import refrain.study.Statistic;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyRunner;
import refrain.study.Variant;

/** On runs too small to form anything, whose findings are then written by hand. */
class CoPerturbationSectionTest {
  @TempDir Path temp;

  private static Variant variant(String name, int batch) {
    return new Variant(
        name,
        "tiny",
        Json.parse("{\"steps\": 20, \"batch\": " + batch + "}", "x"),
        2,
        2,
        null,
        Variant.Settled.AT_END,
        List.of());
  }

  private static Study study(Variant... variants) {
    List<String> names = List.of(variants).stream().map(Variant::name).toList();
    refrain.study.Test test =
        new refrain.study.Test(
            names,
            "formation.step",
            "formation.tokens",
            null,
            Compare.VALUE,
            Statistic.DEMING_SLOPE,
            new Bar(Bar.Side.WITHIN, 0.2, 1));
    Claim claim = new Claim("2-slope", Argument.CO_PERTURBATION, "R0", "s", test, test, 4, "why");
    return new Study("s", "t", 2, 2, false, 0, 0, List.of(variants), List.of(claim), Map.of());
  }

  private List<Block> blocks(Study study) {
    new StudyRunner(study, new StudyFolder(temp), 2, () -> false, StudyListener.NONE).run();
    return new CoPerturbationSection().blocks(new StudyView(new StudyFolder(temp), "command"));
  }

  private static List<String> titles(List<Block> blocks) {
    return blocks.stream()
        .filter(Block.Figured.class::isInstance)
        .map(b -> ((Block.Figured) b).figure().title())
        .toList();
  }

  @Test
  void withoutPerturbedRunsThereIsNoSection() {
    assertThat(blocks(study(variant("2L", 2), variant("1L", 3)))).isEmpty();
  }

  @Test
  void whereNothingFormedTheCurvesAreDrawnAndNoDoses() {
    List<Block> blocks = blocks(study(variant("2L", 2), variant("1L-smeared", 3)));
    assertThat(titles(blocks))
        .containsExactly(
            "In-context-learning score",
            "Prefix matching",
            "Formation step: the circuit perturbed");
    String svg = ((Block.Figured) blocks.getLast()).figure().svg();
    assertThat(svg).contains("none formed on 2 seeds");
  }

  @Test
  void dosesAndDatesAreDrawnOfWhatWasFound() {
    Study study = study(variant("2L", 2), variant("1L-smeared", 3), variant("2L-bias-2", 4));
    blocks(study);
    for (Study.Cell cell : study.cells()) {
      RunFolder run = RunFolder.at(new StudyFolder(temp).run(cell.spec()));
      double factor =
          switch (cell.variant().name()) {
            case "2L" -> 1;
            case "2L-bias-2" -> 0.75;
            default -> 0.4;
          };
      double step = (400 + 20 * cell.seed()) * factor;
      Findings found =
          new Findings()
              .put("formation.step", step)
              .put("formation.tokens", 3 * step * (1 + 0.01 * cell.seed()))
              .put("formation.constant", 10 * step)
              .put("dose.step", 64)
              .put("dose.bias", cell.variant().name().equals("2L-bias-2") ? 2 : 0);
      AnalysisStore.keep(run, AnalysisKind.SUMMARY, cell.controlId(), found);
    }
    List<Block> blocks =
        new CoPerturbationSection().blocks(new StudyView(new StudyFolder(temp), "command"));
    assertThat(titles(blocks))
        .containsExactly(
            "In-context-learning score",
            "Prefix matching",
            "Formation step: the circuit perturbed",
            "Dose of the previous-token bias",
            "Two dates under perturbation",
            "A placebo pair");
    assertThat(blocks.toString())
        .contains("slope 1.0")
        .contains("6 runs")
        .contains("./refrain study run s --only 2");
    StudyView view = new StudyView(new StudyFolder(temp), "command");
    Table table =
        new FormationTimes(view).constants(List.of("2L", "2L-bias-2", "absent")).orElseThrow();
    assertThat(table.csv()).contains("2L,64,410,").doesNotContain("absent");
    assertThat(new FormationTimes(view).constants(List.of("2L"))).isEmpty();
  }
}
