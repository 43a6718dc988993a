package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import refrain.analysis.AnalysisKind;
import refrain.data.BigramRestarts;
import refrain.store.Json;
import refrain.study.Bar.Side;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.Seeds;

class StudyTest {
  @Test
  void theStudiesThatComeWithTheProgramAreWhole() {
    for (String name : Study.names()) {
      Study study = Study.named(name);
      assertThat(study.cells().isEmpty()).isEqualTo(study.onDisk());
      assertThat(study.arms().isEmpty()).isNotEqualTo(study.onDisk());
      assertThat(study.cells().stream().map(Study.Cell::id).distinct())
          .hasSameSizeAs(study.cells());
      assertThat(Study.of(Json.tree(study), "again")).isEqualTo(study);
    }
  }

  /** A claim about what no analysis of its variants gives could never be judged. */
  @Test
  void everyClaimIsAboutWhatItsVariantsAreAnalysedFor() {
    for (String name : Study.names()) {
      Study study = Study.named(name);
      for (Claim claim : study.claims()) {
        expectAnalysed(study, claim, claim.test());
        if (claim.control() != null) {
          expectAnalysed(study, claim, claim.control());
        }
      }
    }
  }

  private static void expectAnalysed(Study study, Claim claim, refrain.study.Test test) {
    for (Study.Cell cell : study.cells()) {
      String variant = cell.variant().name();
      if (test.variants().contains(variant)) {
        assertThat(cell.analyses())
            .as("%s, %s", claim.id(), variant)
            .contains(AnalysisKind.giving(test.quantity()));
        if (test.other() != null && test.against() == null) {
          assertThat(cell.analyses())
              .as("%s, %s", claim.id(), variant)
              .contains(AnalysisKind.giving(test.other()));
        }
      }
      if (variant.equals(test.against())) {
        String y = test.other() == null ? test.quantity() : test.other();
        assertThat(cell.analyses())
            .as("%s, %s", claim.id(), variant)
            .contains(AnalysisKind.giving(y));
      }
    }
  }

  @Test
  void aVariantHasTheSeedsOfTheBlockOrFewerOrNone() {
    Study study = study(variant("a", 4, null), variant("b", 2, "a"), variant("c", 0, null));
    assertThat(study.cells())
        .extracting(Study.Cell::label)
        .containsExactly("a seed 0", "a seed 1", "a seed 2", "b seed 0", "b seed 1");
    assertThat(study.withSeeds(1).cells()).hasSize(2);
    assertThat(study.withBlock(7).cells())
        .extracting(Study.Cell::label)
        .containsExactly("a seed 7", "a seed 8", "a seed 9", "b seed 7", "b seed 8");
  }

  @Test
  void atASeedAllVariantsShareLanguageEvaluationSetAndProbes() {
    Study study =
        study(
            variant("a", 3, null),
            new Variant(
                "deeper",
                "tiny",
                Json.parse("{\"model\": {\"nLayers\": 1}}", "x"),
                null,
                "a",
                Variant.Settled.AT_END,
                List.of()));
    Map<Integer, List<Study.Cell>> seeds =
        study.withBlock(4).cells().stream().collect(Collectors.groupingBy(Study.Cell::seed));
    assertThat(seeds.keySet()).containsExactlyInAnyOrder(4, 5, 6);
    seeds.forEach((seed, arms) -> {
      RunSpec one = arms.get(0).spec();
      RunSpec other = arms.get(1).spec();
      assertThat(one.data()).isEqualTo(other.data());
      assertThat(((BigramRestarts) one.data()).languageSeed()).isEqualTo(12345 + seed);
      assertThat(one.seeds()).isEqualTo(other.seeds()).isEqualTo(new Seeds(seed, seed, seed));
      assertThat(one.probing()).isEqualTo(other.probing());
      assertThat(one.probing().measures().seed()).isEqualTo(2022 + seed);
      assertThat(arms.get(1).controlId()).isEqualTo(arms.get(0).id());
    });
  }

  @Test
  void theReplicate0IsTheSpecificationItself() {
    for (String preset : Presets.names()) {
      RunSpec spec = Presets.get(preset);
      assertThat(spec.replicate(0)).isEqualTo(spec);
      assertThat(spec.replicate(3).id()).isNotEqualTo(spec.id());
      assertThat(spec.replicate(3).data().getClass()).isEqualTo(spec.data().getClass());
    }
  }

  @Test
  void whatVariesMayBeTheStartAlone() {
    Study all = study(variant("a", 3, null));
    Study start =
        new Study(
            "s", "t", 3, 0, Varies.START, 0, 0, List.of(), all.variants(), List.of(), Map.of());
    assertThat(start.cells().get(0).id()).isEqualTo(all.cells().get(0).id());
    RunSpec second = start.cells().get(2).spec();
    assertThat(second.data()).isEqualTo(Presets.get("tiny").data());
    assertThat(second.seeds()).isEqualTo(new Seeds(2, 2, 0));
    assertThat(second.id()).isNotEqualTo(all.cells().get(2).id());
  }

  @Test
  void onlyKeepsTheClaimsOfAnArgumentAndWhatTheyNeed() {
    Study study =
        new Study(
            "s",
            "t",
            1,
            0,
            Varies.ALL,
            0,
            0,
            List.of(),
            List.of(variant("a", 1, null), variant("b", 1, "a"), variant("c", 1, null)),
            List.of(claim("x", "ablation", "b"), claim("y", "co-occurrence", "c")),
            Map.of("x", "because"));
    Study kept = study.only(List.of(study.argument("ablation")));
    assertThat(kept.claims()).extracting(Claim::id).containsExactly("x");
    assertThat(kept.explanations()).containsKey("x");
    assertThat(study.only(List.of(study.argument("co-occurrence"))).explanations()).isEmpty();
    assertThat(kept.variants()).extracting(Variant::name).containsExactly("a", "b");
  }

  private static Study study(Variant... variants) {
    return new Study(
        "s", "t", 3, 0, Varies.ALL, 0, 0, List.of(), List.of(variants), List.of(), Map.of());
  }

  private static Variant variant(String name, int seeds, String control) {
    return new Variant(
        name, "tiny", Json.object(), seeds, control, Variant.Settled.AT_END, List.of());
  }

  private static Claim claim(String id, String argument, String variant) {
    return MadeResults.claim(
        id,
        argument,
        "R0",
        "sentence",
        new refrain.study.Test(
            List.of(variant),
            "pm.after",
            null,
            null,
            null,
            null,
            Compare.VALUE,
            Statistic.EVERY_SEED,
            new Bar(Side.AT_LEAST, .7, 0)),
        null,
        1,
        "why");
  }

  @Test
  void studiesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Study.named("nothing"))
        .hasMessageContaining("no study 'nothing' comes with the program; there are olsson");
    Variant alone =
        new Variant(
            "a", "tiny", Json.object(), 1, null, Variant.Settled.AT_TWICE_CONTROL, List.of());
    assertThatThrownBy(() -> study(alone))
        .hasMessageContaining("stops by what its control does and has no control");
    assertThatThrownBy(() -> study(variant("a", 1, "b")))
        .hasMessageContaining("the control of variant 'a' is 'b'; there are a");
    assertThatThrownBy(() -> variant("a", -1, null))
        .hasMessageContaining("variant 'a': seeds is -1, expected 0 or more");
    assertThatThrownBy(() -> study(variant("a", 1, null)).withBlock(-1))
        .hasMessageContaining("study: block is -1, expected a first seed from 0 to 1000000");
    assertThatThrownBy(() ->
            new Study(
                "s",
                "t",
                1,
                0,
                Varies.ALL,
                0,
                0,
                List.of(),
                List.of(variant("a", 1, null)),
                List.of(claim("x", "ablation", "b")),
                Map.of()))
        .hasMessageContaining("a variant of claim 'x' is 'b'; there are a");
    assertThatThrownBy(() ->
            new refrain.study.Test(
                List.of("a"),
                "pm.afterwards",
                null,
                null,
                null,
                null,
                Compare.VALUE,
                Statistic.MEAN,
                new Bar(Side.AT_LEAST, 0, 0)))
        .hasMessageContaining("no quantity 'pm.afterwards'; the nearest names are pm.after, ");
  }
}
