package refrain.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.model.Plan.Component;
import refrain.model.Plan.EdgeEdit;

/**
 * What a head's Q, K or V map reads: the stream with the edited edges' contributions replaced, then
 * the norm, then positions where they belong there.
 *
 * <pre>
 * stream [T, d_model]  x + sum over edited senders of (c' - c), c' = scale * c + add
 * values [T, d_model]  ln1(stream) (+ W_pos for Q and K under shortformer)
 * </pre>
 */
final class ReferenceInput {
  private final ReferencePass pass;
  private final ReferenceNorm norm;
  private final boolean positions;
  private final Map<Component, double[]> scales;

  /** [T, d_model] */
  final double[][] values;

  /** [T, d_model] the gradient of values: receivers add to it. */
  final double[][] gradient;

  private ReferenceInput(
      ReferencePass pass, ReferenceNorm norm, boolean positions, Map<Component, double[]> scales) {
    this.pass = pass;
    this.norm = norm;
    this.positions = positions;
    this.scales = scales;
    this.values = ReferencePass.copy(norm.out);
    if (positions) {
      ReferencePass.add(values, pass.positions().vectors(pass.context()));
    }
    this.gradient = new double[values.length][values[0].length];
  }

  /** The input of every head without edited edges. */
  static ReferenceInput plain(ReferencePass pass, ReferenceNorm norm, boolean positions) {
    return new ReferenceInput(pass, norm, positions, Map.of());
  }

  /**
   * The input of a head with edited edges.
   *
   * @param x [T, d_model] the stream at the block's start
   * @param edges all that end here, in the plan's order
   */
  static ReferenceInput edited(
      ReferencePass pass, int layer, double[][] x, boolean positions, List<EdgeEdit> edges) {
    Map<Component, double[]> scales = new LinkedHashMap<>();
    Map<Component, double[][]> replaced = new LinkedHashMap<>();
    for (EdgeEdit e : edges) {
      Component sender = e.component();
      double[] scale = scales.computeIfAbsent(sender, s -> ones(pass.context()));
      double[][] c =
          replaced.computeIfAbsent(sender, s -> ReferencePass.copy(pass.contribution(s)));
      float[] add = e.add() == null ? null : pass.constants(e.add());
      for (int t = 0; t < c.length; t++) {
        scale[t] *= e.scale()[t];
        for (int i = 0; i < c[t].length; i++) {
          c[t][i] = e.scale()[t] * c[t][i] + (add == null ? 0 : add[t * c[t].length + i]);
        }
      }
    }
    double[][] stream = ReferencePass.copy(x);
    replaced.forEach((sender, c) -> {
      double[][] original = pass.contribution(sender);
      for (int t = 0; t < stream.length; t++) {
        for (int i = 0; i < stream[t].length; i++) {
          stream[t][i] += c[t][i] - original[t][i];
        }
      }
    });
    return new ReferenceInput(pass, norm(pass, layer, stream), positions, scales);
  }

  static ReferenceNorm norm(ReferencePass pass, int layer, double[][] stream) {
    return new ReferenceNorm(pass, "blocks." + layer + ".ln1", stream);
  }

  /** Adds the gradient of the stream to dx, and that of each edge's sender to its place. */
  void backward(double[][] dx) {
    if (positions) {
      pass.positions().backward(gradient);
    }
    double[][] dStream = norm.backward(gradient);
    ReferencePass.add(dx, dStream);
    scales.forEach((sender, scale) -> {
      double[][] dc = pass.contributionGradient(sender);
      for (int t = 0; t < dc.length; t++) {
        for (int i = 0; i < dc[t].length; i++) {
          dc[t][i] += (scale[t] - 1) * dStream[t][i];
        }
      }
    });
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }
}
