package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.analysis.AnalysisKind;
import refrain.store.Json;
import refrain.study.Bar.Side;

class StudyTest {
  @Test
  void theStudiesThatComeWithTheProgramAreWhole() {
    for (String name : Study.names()) {
      Study study = Study.named(name);
      Study full = study.atFullSize();
      assertThat(study.cells()).isNotEmpty();
      assertThat(full.cells()).hasSizeGreaterThan(study.cells().size());
      assertThat(full.cells().stream().map(Study.Cell::id).distinct()).hasSameSizeAs(full.cells());
      assertThat(Study.of(Json.tree(study), "again")).isEqualTo(study);
    }
  }

  /** A claim about what no analysis of its variants gives could never be judged. */
  @Test
  void everyClaimIsAboutWhatItsVariantsAreAnalysedFor() {
    for (String name : Study.names()) {
      Study study = Study.named(name).atFullSize();
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
  void aQuickRunHasFewerSeedsAndVariantsThanAFullOne() {
    Study study = study(variant("a", 1, 4, null), variant("b", 0, 2, "a"));
    assertThat(study.cells()).extracting(Study.Cell::label).containsExactly("a seed 0");
    assertThat(study.atFullSize().cells())
        .extracting(Study.Cell::label)
        .containsExactly("a seed 0", "a seed 1", "a seed 2", "b seed 0", "b seed 1");
    assertThat(study.atFullSize().withSeeds(1).cells()).hasSize(2);
  }

  @Test
  void onlyKeepsTheClaimsOfAnArgumentAndWhatTheyNeed() {
    Study study =
        new Study(
            "s",
            "t",
            1,
            1,
            false,
            0,
            0,
            List.of(),
            List.of(variant("a", 1, 1, null), variant("b", 1, 1, "a"), variant("c", 1, 1, null)),
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
        "s", "t", 3, 3, false, 0, 0, List.of(), List.of(variants), List.of(), Map.of());
  }

  private static Variant variant(String name, int quick, int full, String control) {
    return new Variant(
        name, "tiny", Json.object(), quick, full, control, Variant.Settled.AT_END, List.of());
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
            "a", "tiny", Json.object(), 1, 1, null, Variant.Settled.AT_TWICE_CONTROL, List.of());
    assertThatThrownBy(() -> study(alone))
        .hasMessageContaining("stops at twice its control's step and has no control");
    assertThatThrownBy(() -> study(variant("a", 1, 1, "b")))
        .hasMessageContaining("the control of variant 'a' is 'b'; there are a");
    assertThatThrownBy(() -> variant("a", 2, 1, null))
        .hasMessageContaining("quick is 2 and full 1, expected 0 <= quick <= full");
    assertThatThrownBy(() ->
            new Study(
                "s",
                "t",
                1,
                1,
                false,
                0,
                0,
                List.of(),
                List.of(variant("a", 1, 1, null)),
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
