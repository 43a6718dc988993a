package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.draw.Style;
import refrain.study.Study;

class LooksTest {
  private static final Study STUDY = Study.named("olsson");
  private static final Figures FIGURES = FiguresFile.named(STUDY);

  @Test
  void variantsThatMeetInAPanelDifferInColour() {
    Looks looks = Looks.of(STUDY, FIGURES, List.of());
    assertThat(looks.of("2L")).isNotEqualTo(looks.of("1L"));
    for (Figures.Section section : FIGURES.sections()) {
      panels(section.items(), looks);
    }
  }

  private static void panels(List<Item> items, Looks looks) {
    for (Item item : items) {
      if (item instanceof Item.Group group) {
        panels(group.items(), looks);
      } else if (item instanceof Item.Curves curves) {
        for (Item.Panel panel : curves.panels()) {
          Set<Object> inks = new HashSet<>();
          Set<String> variants = new HashSet<>();
          for (Item.Curve curve : panel.curves()) {
            if (curve.slot() < 0 && variants.add(curve.variants().getFirst())) {
              inks.add(Style.of(looks.of(curve.variants().getFirst())).ink());
            }
          }
          assertThat(inks).as(curves.title() + " " + panel.title()).hasSize(variants.size());
        }
      }
    }
  }

  @Test
  void thoseOfAnArmLookAlikeInEveryFigure() {
    Looks looks = Looks.of(STUDY, FIGURES, List.of());
    for (Figures.Arm arm : FIGURES.arms()) {
      assertThat(arm.variants().stream().map(looks::of).distinct()).as(arm.label()).hasSize(1);
    }
  }

  @Test
  void whereAllColoursAreTakenAnotherDashIs() {
    List<String> many = STUDY.variants().stream().map(v -> v.name()).limit(20).toList();
    Figures plain = new Figures("f", "", "", List.of(), java.util.Map.of(), List.of());
    Looks looks = Looks.of(STUDY, plain, List.of(many));
    assertThat(many.stream().map(looks::of)).doesNotHaveDuplicates();
  }
}
