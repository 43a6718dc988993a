package refrain.analysis.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.model.ModelSpec;

class PlaceboTest {
  private static Retarget.Others others(int heads, String words) {
    ModelSpec spec = ModelSpec.attentionOnly(2, 8 * heads, heads, 16, 16);
    return Retarget.others(spec, InterventionWords.parse(words), Placebo.MOST);
  }

  @Test
  void otherHeadsAreOfTheSameLayersAndAsMany() {
    Retarget.Others one = others(4, "zero L1H3");
    assertThat(one.all()).isTrue();
    assertThat(one.sets())
        .extracting(other -> List.copyOf(other.values()))
        .containsExactlyInAnyOrder(
            List.of(new HeadId(1, 0)), List.of(new HeadId(1, 1)), List.of(new HeadId(1, 2)));
    // One of three in each layer: nine sets.
    assertThat(others(4, "zero L0H1 L1H3").sets()).hasSize(9);
    // Two of two: one set.
    assertThat(others(4, "mean L0H1 L0H3").sets()).hasSize(1);
    assertThat(others(4, "zero L0H0 L0H1 L0H2").sets()).as("too few others").isEmpty();
    assertThat(others(1, "zero L0H0").sets()).as("a layer of one head").isEmpty();
  }

  @Test
  void ofManySetsFiftyDifferentOnesAreDrawn() {
    Retarget.Others many = others(12, "zero L0H0 L0H1 L1H5");
    assertThat(many.all()).isFalse();
    assertThat(new HashSet<>(many.sets())).hasSize(50);
    assertThat(many.sets())
        .allSatisfy(other -> {
          assertThat(other.values()).doesNotContain(new HeadId(0, 0), new HeadId(1, 5));
          assertThat(new HashSet<>(other.values())).hasSize(3);
          other.forEach((own, to) -> assertThat(to.layer()).isEqualTo(own.layer()));
        });
    // Fifty sets exactly need no draw: 50 other heads, one of them.
    assertThat(others(51, "zero L0H0").all()).isTrue();
    assertThat(others(52, "zero L0H0").all()).isFalse();
  }

  @Test
  void anInterventionIsMadeOnTheOtherHeads() {
    List<Intervention> list = InterventionWords.parse("zero L1H3, mean L0H1 mlp.0");
    Map<HeadId, HeadId> other =
        Map.of(new HeadId(1, 3), new HeadId(1, 0), new HeadId(0, 1), new HeadId(0, 2));
    assertThat(Retarget.on(list, other).stream().map(InterventionWords::words))
        .containsExactly("zero L1H0", "mean L0H2", "mean mlp.0");
  }

  @Test
  void changesAreSummedUpAndTheInterventionIsRankedAmongThem() {
    Placebo placebo =
        new Placebo(List.of(set(0, .1), set(1, .9), set(0, -.2), set(0, .3)), true, "");
    Removal own = change(.5);
    assertThat(placebo.summary(own, change -> change.icl().mean(), true))
        .contains(new Placebo.Summary(4, .2, -.2, .9, 2));
    assertThat(placebo.summary(own, change -> change.icl().mean(), false))
        .contains(new Placebo.Summary(3, .1, -.2, .3, 1));
    assertThat(Placebo.none("why").summary(own, change -> change.icl().mean(), true)).isEmpty();
  }

  private static Placebo.Set set(int matching, double icl) {
    return new Placebo.Set(List.of("L0H0"), matching, change(icl));
  }

  private static Removal change(double icl) {
    return new Removal(new Change(0, 0, 2), new Change(icl, .1, 2));
  }

  @Test
  void wordsThatSayNoInterventionAreRefused() {
    for (String wrong : List.of("L1H3", "zero", "remove L1H3", "")) {
      assertThatThrownBy(() -> InterventionWords.parse(wrong))
          .hasMessageContaining("--intervene '" + wrong + "': expected zero, mean or resample");
    }
    assertThatThrownBy(() -> InterventionWords.parse("zero nowhere"))
        .hasMessageContaining("nowhere");
  }
}
