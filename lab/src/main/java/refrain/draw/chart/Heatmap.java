package refrain.draw.chart;

import java.util.List;
import refrain.draw.Drawing;
import refrain.draw.Figure;

/**
 * An attention pattern: destination tokens down, source tokens across, darker for more attention.
 * The causal mask is blank paper; pairs marked (for example induction targets) are outlined. Small
 * patterns are cells, those with up to {@link #HOVER} tokens name their value on hover; large ones
 * are one embedded image.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param tokens labels of both axes
 * @param pattern [destination, source], flattened by rows, values in [0, 1]
 * @param marks cells to outline
 */
public record Heatmap(
    String title, String description, List<String> tokens, Pattern pattern, List<Cell> marks)
    implements Figure {
  /** Patterns up to this many tokens name each cell's value on hover. */
  static final int HOVER = 32;

  /** Patterns beyond this many tokens become one image. */
  static final int CELLS = 64;

  /** A pair of positions. */
  public record Cell(int destination, int source) {}

  /** A square matrix of attention, [destination, source]. Immutable. */
  public static final class Pattern {
    private final double[] values;
    private final int n;

    private Pattern(double[] values, int n) {
      this.values = values;
      this.n = n;
    }

    /**
     * @param values flattened by rows, length n * n
     */
    public static Pattern of(double[] values, int n) {
      if (values.length != n * n) {
        throw new IllegalArgumentException(
            "a pattern over " + n + " tokens has " + n * n + " values, found " + values.length);
      }
      return new Pattern(values.clone(), n);
    }

    double at(int destination, int source) {
      double v = values[destination * n + source];
      return Double.isFinite(v) ? Math.clamp(v, 0, 1) : 0;
    }

    int size() {
      return n;
    }
  }

  public Heatmap {
    tokens = List.copyOf(tokens);
    marks = List.copyOf(marks);
    if (tokens.size() != pattern.size()) {
      throw new IllegalArgumentException(
          "a pattern over " + pattern.size() + " tokens has " + tokens.size() + " labels");
    }
  }

  @Override
  public Drawing draw(String id) {
    return new HeatmapPlot(this).draw(id);
  }
}
