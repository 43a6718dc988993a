package refrain.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import refrain.draw.Ink;
import refrain.study.Claim;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.Variant;

/**
 * The look of each variant, one throughout a study: variants of an arm share it, and those that
 * meet in a panel differ in colour as long as there are colours.
 */
final class Looks {
  private final Map<String, Integer> slots;

  private Looks(Map<String, Integer> slots) {
    this.slots = slots;
  }

  /**
   * @param together more variants that one panel holds
   */
  static Looks of(Study study, Figures figures, List<List<String>> together) {
    List<List<String>> panels = new ArrayList<>(together);
    figures.sections().forEach(section -> panels(section.items(), study, panels));
    Map<String, String> units = new LinkedHashMap<>();
    for (Variant variant : study.variants()) {
      String unit =
          figures.arms().stream()
              .filter(arm -> arm.variants().contains(variant.name()))
              .map(arm -> "arm " + arm.label())
              .findFirst()
              .orElse(variant.name());
      units.put(variant.name(), unit);
    }
    Map<String, Integer> chosen = new HashMap<>();
    figures.arms().stream()
        .filter(arm -> arm.slot() >= 0)
        .forEach(arm -> chosen.put("arm " + arm.label(), arm.slot()));
    int next = 0;
    for (String unit : units.values()) {
      if (!chosen.containsKey(unit)) {
        Set<Integer> taken = new HashSet<>();
        for (List<String> panel : panels) {
          List<String> members =
              panel.stream().flatMap(v -> Optional.ofNullable(units.get(v)).stream()).toList();
          if (members.contains(unit)) {
            members.stream()
                .flatMap(m -> Optional.ofNullable(chosen.get(m)).stream())
                .forEach(taken::add);
          }
        }
        chosen.put(unit, free(next++, taken));
      }
    }
    Map<String, Integer> slots = new HashMap<>();
    units.forEach((variant, unit) -> slots.put(variant, chosen.getOrDefault(unit, 0)));
    return new Looks(slots);
  }

  /** The slot from {@code wanted} on whose colour is not taken; where all are, another dash. */
  private static int free(int wanted, Set<Integer> taken) {
    for (int slot = 0; slot < Ink.SERIES; slot++) {
      int at = (wanted + slot) % Ink.SERIES;
      if (taken.stream().noneMatch(t -> t % Ink.SERIES == at)) {
        return at;
      }
    }
    int at = wanted % Ink.SERIES;
    while (taken.contains(at)) {
      at += Ink.SERIES;
    }
    return at;
  }

  private static void panels(List<Item> items, Study study, List<List<String>> panels) {
    for (Item item : items) {
      switch (item) {
        case Item.Curves curves ->
            curves.panels().forEach(panel -> panels.add(variants(panel.curves())));
        case Item.Scatter scatter ->
            study.claims().stream()
                .filter(claim -> claim.id().equals(scatter.claim()))
                .map(Claim::test)
                .forEach(test -> panels.add(test.variants()));
        case Item.Group group -> {
          panels(group.items(), study, panels);
          panels(group.otherwise(), study, panels);
        }
        default -> {}
      }
    }
  }

  private static List<String> variants(List<Item.Curve> curves) {
    return curves.stream()
        .filter(curve -> curve.slot() < 0 && !curve.overVariants())
        .map(curve -> curve.variants().getFirst())
        .toList();
  }

  /** The first variants on each kind of data, which are drawn together. */
  static List<List<String>> byData(Map<String, List<Cell>> groups, int first) {
    return groups.values().stream()
        .map(cells ->
            cells.stream().map(cell -> cell.variant().name()).distinct().limit(first).toList())
        .toList();
  }

  /** Which {@link refrain.draw.Style} a variant has. */
  int of(String variant) {
    return slots.getOrDefault(variant, 0);
  }
}
