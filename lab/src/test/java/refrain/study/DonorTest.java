package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.model.Parameters;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.NamedTensor;
import refrain.store.Parent;
import refrain.store.RunFolder;
import refrain.study.Study.Cell;
import refrain.train.Seeds;
import refrain.train.Trainer;

/** Variants that begin with weights of another one. */
class DonorTest {
  private static final String STUDY =
      """
      name: given
      title: Weights of another variant
      seeds: 2
      variants:
        - {name: given, preset: tiny, control: donor, settled: AT_CONTROL_ICL, set: {steps: 9},
           donor: {variant: donor, parameters: [embed], graft: {fresh: 0.5, mixed: [blocks.0.attn]}},
           analyses: [HALF_OF_CONTROL]}
        - {name: turned, from: given, donor: {graft: {mixed: [], rotated: [blocks.0.attn]}}}
        - {name: donor, preset: tiny, set: {steps: 10}}
      """;

  @TempDir Path temp;

  private static Study read(String yaml) {
    return Study.of(refrain.store.Written.text(yaml, "s.yaml"));
  }

  @Test
  void whatARunBeginsWithIsKnownBeforeItsDonorWasTrained() {
    Study study = read(STUDY);
    Cell given = study.cells().get(1);
    Cell donor = study.cells().get(5);
    Parent parent = Objects.requireNonNull(given.spec().parent());
    assertThat(parent.id()).isEqualTo(donor.id()).isEqualTo(given.controlId());
    assertThat(parent.step()).isEqualTo(10);
    assertThat(parent.sha256()).isEmpty();
    assertThat(given.spec().seeds()).isEqualTo(new Seeds(-2, 1, 1));
    assertThat(study.cells().stream().map(Cell::id).distinct()).hasSize(6);
    Parent turned = Objects.requireNonNull(study.cells().get(2).spec().parent());
    assertThat(Objects.requireNonNull(turned.graft()).rotates("blocks.0.attn.W_Q")).isTrue();
    assertThat(turned.graft().fresh()).isEqualTo(.5);
    assertThat(study.withSeeds(1).cells()).hasSize(3);
    assertThat(Study.of(Json.tree(study), "again")).isEqualTo(study);
  }

  @Test
  void aRunWaitsForItsDonorAndBeginsWithItsLastWeights() {
    StudyFolder folder = new StudyFolder(temp);
    Set<String> ended = ConcurrentHashMap.newKeySet();
    Set<String> early = ConcurrentHashMap.newKeySet();
    StudyListener listener =
        new StudyListener() {
          @Override
          public void started(Cell cell, int step, List<MetricsRow> before) {
            if (!cell.label().startsWith("donor") && !ended.contains("donor seed " + cell.seed())) {
              early.add(cell.label());
            }
          }

          @Override
          public void ended(Cell cell, refrain.train.TrainResult result) {
            ended.add(cell.label());
          }
        };
    Study study = read(STUDY);
    assertThat(new StudyRunner(study, folder, 2, () -> false, listener).run().failures())
        .isEqualTo(Map.of());
    assertThat(early).isEmpty();
    Cell cell = study.cells().getFirst();
    RunFolder run = folder.find(cell).orElseThrow();
    RunFolder donor = folder.find(study.cells().get(4)).orElseThrow();
    assertThat(tensor(run, 0, "embed.W_E")).isEqualTo(tensor(donor, 10, "embed.W_E"));
    float[] own = Parameters.init(cell.spec().model(), -1).get("blocks.0.attn.W_Q");
    float[] given = tensor(donor, 10, "blocks.0.attn.W_Q");
    assertThat(tensor(run, 0, "blocks.0.attn.W_Q")[3])
        .isEqualTo((float) (.5 * given[3] + .5 * own[3]));
    assertThat(Objects.requireNonNull(Trainer.spec(run).parent()).folder())
        .isEqualTo(donor.path().toString());
    assertThat(run.path().getFileName()).hasToString(cell.id());
    StudyResults results = folder.read(StudyListener.NONE);
    assertThat(results.runs()).hasSize(6);
    assertThat(new StudyRunner(study, folder, 2, () -> false, StudyListener.NONE).run().complete())
        .isTrue();
  }

  private static float[] tensor(RunFolder run, int step, String name) {
    return run.checkpoints().at(step).model().stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .map(NamedTensor::values)
        .orElseThrow();
  }

  @Test
  void aDonorHasToBeKnownBeforeAnythingIsTrained() {
    refused(
        STUDY.replace(
            "{name: donor, preset: tiny,",
            "{name: donor, preset: tiny, control: given, settled: AT_TWICE_CONTROL,"),
        "the donor of variant 'given' is 'donor', expected one that begins anew and is settled AT_END");
    refused(
        STUDY.replace("donor: {variant: donor,", "donor: {variant: nobody,"),
        "the donor of variant 'given' is 'nobody'; there are donor, given, turned");
    assertThatThrownBy(
            () -> read(STUDY.replace("mixed: [blocks.0.attn]", "mixed: [blocks.7]")).cells())
        .hasMessageContaining("graft: no parameter is 'blocks.7' or begins with it");
  }

  @Test
  void aVariantWithAnOracleIsNamedOne() {
    String clamped =
        STUDY.replace(
            "set: {steps: 9}",
            "set: {steps: 9, interventions: [{kind: clamp-pattern, heads: [\"1.0\"], template: INDUCTION}]}");
    refused(
        clamped,
        "expected a name with the word 'oracle', such as 'given-oracle', since where"
            + " 'clamp to INDUCTION' acts depends on the tokens");
    Study named =
        read(
            clamped
                .replace("name: given,", "name: given-oracle,")
                .replace("{name: turned, from: given", "{name: turned-oracle, from: given-oracle"));
    assertThat(named.variants()).hasSize(3);
    assertThat(Study.of(Json.tree(read(STUDY)), "recorded").variants()).hasSize(3);
  }

  private static void refused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(message);
  }
}
