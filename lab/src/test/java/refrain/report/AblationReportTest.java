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
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyRunner;
import refrain.study.Variant;
import refrain.study.Variant.Settled;
import tools.jackson.databind.JsonNode;

/**
 * The sections of Arguments 3 and 6 on runs of seconds, which form no heads, and on made-up ones.
 */
class AblationReportTest {
  @TempDir Path temp;

  private static Study study() {
    JsonNode none = Json.object();
    JsonNode three = Json.parse("{\"model\": {\"nLayers\": 3}, \"context\": 13}", "x");
    return new Study(
        "test",
        "A test",
        1,
        1,
        false,
        0,
        0,
        List.of(
            new Variant(
                "2L",
                "tiny",
                none,
                1,
                1,
                null,
                Settled.AT_END,
                List.of(AnalysisKind.ABLATION, AnalysisKind.DEPTH)),
            new Variant(
                "3L", "tiny", three, 1, 1, null, Settled.AT_END, List.of(AnalysisKind.DEPTH))),
        List.of(),
        Map.of());
  }

  @Test
  void runsWithoutHeadsAreToldPlainlyAndRunsWithHeadsAreDrawn() {
    StudyFolder folder = new StudyFolder(temp);
    assertThat(new StudyRunner(study(), folder, 2, () -> false, StudyListener.NONE).run())
        .satisfies(result -> assertThat(result.failures()).isEmpty());
    StudyView none = new StudyView(folder, "refrain");
    Findings found = none.findings(none.cells("2L").getFirst());
    assertThat(found.value("ablation.set.size")).isEqualTo(0);
    assertThat(found.value("ablation.set.preserving.zero")).isNaN();
    assertThat(found.value("depth.layers")).isEqualTo(2);
    assertThat(found.series("ablation.icl.full.mean.L1H1"))
        .hasSameSizeAs(found.series("ablation.steps"));
    assertThat(none.values("3L", "depth.layers")).containsExactly(3);
    assertThat(text(new AblationSection().blocks(none))).contains("no run has formed a head");
    assertThat(text(new ContinuitySection().blocks(none))).contains("0 of 1", "No run");

    pretend(folder, "2L", AnalysisKind.ABLATION, ABLATION);
    pretend(folder, "3L", AnalysisKind.DEPTH, DEPTH);
    pretend(folder, "2L", AnalysisKind.SUMMARY, Map.of("formation.step", 20.0, "formed", 1.0));
    StudyView some = new StudyView(folder, "refrain");
    assertThat(text(new AblationSection().blocks(some)))
        .contains("layer 1", "0.97", "induction heads", "V-composition");
    assertThat(text(new ContinuitySection().blocks(some))).contains("1 (1)", "0.21", "3L");
    assertThat(new AblationSection().blocks(new StudyView(new StudyFolder(temp), "refrain")))
        .isNotEmpty();
  }

  private static final Map<String, Double> ABLATION =
      Map.of(
          "ablation.set.size", 1.0,
          "ablation.member.L0H0", 0.0,
          "ablation.member.L1H0", 1.0,
          "ablation.set.preserving.zero", .97,
          "ablation.restored.resample", .01);

  private static final Map<String, Double> DEPTH =
      Map.of(
          "depth.layers", 3.0,
          "depth.induction.layer", 1.0,
          "depth.previous.layer", 0.0,
          "depth.path.mean", .21,
          "depth.set", .9);

  private static void pretend(
      StudyFolder folder, String variant, AnalysisKind kind, Map<String, Double> values) {
    Study study = folder.study();
    Cell cell =
        study.cells().stream()
            .filter(c -> c.variant().name().equals(variant))
            .findFirst()
            .orElseThrow();
    RunFolder run = folder.find(cell).orElseThrow();
    Findings findings = new Findings();
    values.forEach(findings::put);
    if (kind == AnalysisKind.ABLATION) {
      findings.put("ablation.steps", 10, 20, 30);
      for (String head : List.of("L0H0", "L1H0")) {
        for (String what : List.of("icl.preserving.zero", "icl.full.zero", "attribution")) {
          findings.put("ablation." + what + "." + head, 0, .5, 1);
        }
      }
    }
    AnalysisStore.keep(run, kind, null, findings);
  }

  /** All that the blocks say, figures drawn. */
  private static String text(List<Block> blocks) {
    StringBuilder all = new StringBuilder();
    for (Block block : blocks) {
      switch (block) {
        case Block.Figured f -> all.append(f.figure().svg()).append(f.caption());
        case Block.Tabled t ->
            t.table().rows().forEach(row -> row.forEach(c -> all.append(c.plain()).append('|')));
        default -> all.append(block);
      }
    }
    return all.toString();
  }
}
