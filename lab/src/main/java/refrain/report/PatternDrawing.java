package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.analysis.NamedPattern;
import refrain.draw.chart.Heatmap;
import refrain.store.HeadPattern;

/** A kept pattern as a figure, the places that a match would look at outlined. */
final class PatternDrawing {
  private PatternDrawing() {}

  static Heatmap of(String title, NamedPattern named) {
    HeadPattern p = named.pattern();
    int n = p.tokens().length;
    List<Heatmap.Cell> targets = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j + 1 < i; j++) {
        if (p.tokens()[j] == p.tokens()[i] && p.tokens()[j + 1] != p.tokens()[i]) {
          targets.add(new Heatmap.Cell(i, j + 1));
        }
      }
    }
    return new Heatmap(
        title,
        "Attention of head " + p.headName() + " on random tokens repeated every " + p.block(),
        named.tokens(),
        Heatmap.Pattern.of(p.pattern(), n),
        targets);
  }
}
