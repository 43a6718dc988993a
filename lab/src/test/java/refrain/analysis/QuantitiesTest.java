package refrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.base.ExitCode;
import refrain.base.RefrainException;

class QuantitiesTest {
  @ParameterizedTest
  @EnumSource
  void everyAnalysisIsFoundAndSaysWhatItGives(AnalysisKind kind) {
    assertThat(kind.analysis().kind()).isEqualTo(kind);
    assertThat(kind.declared()).isNotEmpty();
    for (Declared each : kind.declared()) {
      assertThat(each.title()).as(each.key()).isNotBlank();
      assertThat(each.unit()).as(each.key()).isNotBlank();
      assertThat(each.formula()).as(each.key()).isNotBlank();
      assertThat(each.source()).as(each.key()).isNotBlank();
    }
  }

  @Test
  void aNumberIsFoundByItsName() {
    assertThat(Quantities.number("date.icl.tau").title()).isEqualTo("date: ICL score");
    assertThat(Quantities.number("date.icl.tau").unit()).isEqualTo("steps");
    assertThat(AnalysisKind.giving("date.icl.tau")).isEqualTo(AnalysisKind.DATING);
    assertThat(Quantities.series("curve.icl").unit()).isEqualTo("nats");
    assertThat(Quantities.all()).extracting(Declared::key).contains("date.icl.tau", "curve.icl");
  }

  @Test
  void aMisspeltNameIsAnErrorWithTheNearestOnes() {
    assertThatThrownBy(() -> Quantities.number("date.icl.tua"))
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind().exitCode()).isEqualTo(ExitCode.BAD_INPUT))
        .hasMessageStartingWith("no quantity 'date.icl.tua'; the nearest names are date.icl.tau, ");
    assertThatThrownBy(() -> Quantities.series("curve.ilc"))
        .hasMessageStartingWith("no series 'curve.ilc'; the nearest names are curve.icl, ");
    assertThatThrownBy(() -> new Findings().value("formation.stpe"))
        .hasMessageContaining("formation.step");
    assertThatThrownBy(() -> new Findings().hasSeries("curve.ilc"))
        .hasMessageContaining("curve.icl");
  }

  @Test
  void aHeadOrALayerIsNamedAtTheEndOfAFamilysKey() {
    assertThat(Quantities.number("ablation.member.L1H13").key()).isEqualTo("ablation.member.L1H13");
    assertThat(Quantities.number("ablation.member.HEAD").title()).isEqualTo("induction head");
    assertThat(Quantities.series("ablation.icl.full.mean.L0H2").unit()).isEqualTo("nats");
    assertThat(Quantities.series("smear2.profile.L3").title())
        .isEqualTo("attention by offset, best head of the layer");
    assertThat(AnalysisKind.giving("ablation.member.L0H0")).isEqualTo(AnalysisKind.ABLATION);
    assertThatThrownBy(() -> Quantities.number("formed.L0H0"))
        .hasMessageContaining("no quantity 'formed.L0H0'");
  }

  @Test
  void aNumberIsGivenOnce() {
    Quantity formed = Quantities.number("formed");
    assertThatThrownBy(() -> new Findings().put(formed, 1).put(formed, 1))
        .hasMessage("'formed' is found twice");
  }
}
