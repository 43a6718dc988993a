package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import refrain.analysis.Quantity;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Level;
import refrain.report.Item.AxisOf;
import refrain.report.Item.LevelAt;
import refrain.study.Bar;
import refrain.study.StudyResults;
import refrain.study.Test;
import refrain.study.Verdict;

/** What figures are drawn from: the results of a study, and the looks of its variants. */
record Reading(StudyResults results, List<Figures.Arm> arms, Looks looks) {
  static Reading of(StudyResults results, Figures figures) {
    List<List<String>> together = Looks.byData(results.byData(), DefaultFigures.TOGETHER);
    return new Reading(results, figures.arms(), Looks.of(results.study(), figures, together));
  }

  /** A text with its numbers. */
  String text(String text) {
    return Phrases.filled(text, results);
  }

  boolean holds(Item.When when) {
    return when.variants().isEmpty()
        || when.variants().stream()
            .anyMatch(v ->
                results.has(v)
                    && (when.quantity().isEmpty() || any(v, when.quantity()))
                    && (when.series().isEmpty() || drawn(v, when.series())));
  }

  /** Whether some run of a variant has a number. */
  boolean any(String variant, String quantity) {
    return Arrays.stream(results.values(variant, quantity)).anyMatch(Double::isFinite);
  }

  private boolean drawn(String variant, String series) {
    return results.cells(variant).stream().anyMatch(c -> results.findings(c).hasSeries(series));
  }

  /** The group that a variant looks like. */
  Optional<Figures.Arm> arm(String variant) {
    return arms.stream().filter(arm -> arm.variants().contains(variant)).findFirst();
  }

  /** Which style a variant has in all figures. */
  int slot(String variant) {
    return looks.of(variant);
  }

  /** The axis of a quantity; a pure number has no unit. */
  static AxisOf axis(Quantity of, boolean log) {
    return new AxisOf(of.title(), of.unit().equals("1") ? "" : of.unit(), log, null, null);
  }

  static Axis axis(AxisOf of) {
    Axis axis = of.log() ? Axis.log(of.title(), of.unit()) : Axis.linear(of.title(), of.unit());
    return axis.from(
        of.from() == null ? Double.NaN : of.from(), of.to() == null ? Double.NaN : of.to());
  }

  /** Where lines to compare with stand; those that nothing is known of are left out. */
  List<Level> levels(List<LevelAt> all) {
    List<Level> levels = new ArrayList<>();
    for (LevelAt level : all) {
      if (level.at() != null) {
        levels.add(new Level(level.at(), level.label()));
      } else if (!level.claim().isEmpty()) {
        results.verdict(level.claim()).ifPresent(verdict -> bars(level, verdict, levels));
      } else if (any(level.variant(), level.quantity())) {
        levels.add(new Level(results.mean(level.variant(), level.quantity()), text(level.label())));
      }
    }
    return levels.stream().distinct().toList();
  }

  private static void bars(LevelAt level, Verdict verdict, List<Level> levels) {
    Test test = level.control() ? verdict.claim().control() : verdict.claim().test();
    if (test == null) {
      return;
    }
    Bar bar = test.bar();
    String label = level.label().isEmpty() ? bar.words() : level.label();
    if (bar.side() == Bar.Side.WITHIN) {
      levels.add(new Level(bar.around() - bar.at(), ""));
      levels.add(new Level(bar.around() + bar.at(), label));
    } else {
      levels.add(new Level(bar.at(), label));
    }
  }
}
