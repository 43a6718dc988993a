package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import refrain.draw.Style;

/**
 * One labelled thing in a chart: a curve, a curve with a band, or the thin curves of several seeds.
 *
 * @param label written at the end of the line
 * @param slot which {@link Style}; the same slot looks the same in every figure
 * @param lines the curves
 * @param band lower and upper edge of an interval, over the same x
 * @param thin seeds: thin lines without markers along them
 */
public record Series(String label, int slot, List<Line> lines, Optional<Band> band, boolean thin) {
  /** The edges of an interval. */
  public record Band(Line lower, Line upper) {
    /** The stretches where both edges are known. */
    List<Band> parts() {
      List<Band> parts = new ArrayList<>();
      int n = lower.size();
      int start = 0;
      for (int i = 0; i <= n; i++) {
        if (i == n || !Double.isFinite(lower.y(i)) || !Double.isFinite(upper.y(i))) {
          if (i > start) {
            parts.add(new Band(lower.part(start, i), upper.part(start, i)));
          }
          start = i + 1;
        }
      }
      return parts;
    }
  }

  public Series {
    lines = List.copyOf(lines);
  }

  public static Series line(String label, int slot, double[] x, double[] y) {
    return new Series(label, slot, List.of(Line.of(x, y)), Optional.empty(), false);
  }

  /** The curves of several seeds of one variant. */
  public static Series seeds(String label, int slot, List<Line> lines) {
    return new Series(label, slot, lines, Optional.empty(), true);
  }

  /** The same series with an interval from {@code lo} to {@code hi} over {@code x}. */
  public Series withBand(double[] x, double[] lo, double[] hi) {
    Band edges = new Band(Line.of(x, lo), Line.of(x, hi));
    return new Series(label, slot, lines, Optional.of(edges), thin);
  }

  Style style() {
    return Style.of(slot);
  }
}
