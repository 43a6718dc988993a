package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.model.Plan.EdgeEdit;
import refrain.model.Plan.Input;

/**
 * The attention of one block. H query heads share K key heads, H / K to each.
 *
 * <pre>
 * q       [T, H d_head]   input_Q W_Q + b_Q
 * k, v    [T, K d_head]   input_K W_K + b_K, input_V W_V + b_V
 * rotQ    [T, H d_head]   q, turned by its position where positions are rotary
 * rotK    [T, K d_head]   k, turned, then smeared: m k[j] + (1 - m) k[source(j)], m = logistic(alpha)
 * z       [T, H d_head]   {@link ReferencePattern}: softmax(rotQ . rotK / sqrt(d_head)) mixes v
 * result  [H, T, d]    z_h W_O[h]
 * out     [T, d]       sum over heads of result, + b_O
 * </pre>
 */
final class ReferenceAttention {
  private final ReferencePass pass;
  private final ModelSpec spec;
  private final int layer;
  private final int dHead;
  private final int context;
  private final List<ReferenceInput> inputs = new ArrayList<>();
  private final ReferenceInput[] inputQ;
  private final ReferenceInput[] inputK;
  private final ReferenceInput[] inputV;
  private final double[][] rotQ;
  private final double[][] turnedK;
  private final double[][] rotK;
  private final double[][] v;
  private final ReferencePattern pattern;
  private final double[][] z;
  final double[][] out;

  /**
   * @param x [T, d_model] the stream at the block's start
   */
  ReferenceAttention(ReferencePass pass, int layer, double[][] x) {
    this.pass = pass;
    this.spec = pass.spec();
    this.layer = layer;
    this.dHead = spec.dHead();
    this.context = pass.context();
    ReferenceNorm norm = ReferenceInput.norm(pass, layer, x);
    norm.show(pass, HookKind.LN1_SCALE, HookKind.LN1_NORMALIZED, layer);
    boolean positions = pass.positions().atQueriesAndKeys();
    ReferenceInput plainQk = input(ReferenceInput.plain(pass, norm, positions));
    ReferenceInput plainV = input(ReferenceInput.plain(pass, norm, false));
    inputQ = inputs(Input.Q, spec.nHeads(), x, positions, plainQk);
    inputK = inputs(Input.K, spec.nKvHeads(), x, positions, plainQk);
    inputV = inputs(Input.V, spec.nKvHeads(), x, false, plainV);

    double[][] q = project(inputQ, "Q");
    pass.edit(HookKind.Q, layer, q);
    double[][] k = project(inputK, "K");
    pass.edit(HookKind.K, layer, k);
    v = project(inputV, "V");
    pass.edit(HookKind.V, layer, v);

    rotQ = q;
    ReferencePositions.rotate(spec, rotQ, 1);
    pass.show(HookKind.ROT_Q, layer, rotQ);
    turnedK = k;
    ReferencePositions.rotate(spec, turnedK, 1);
    rotK = smear(turnedK);
    pass.show(HookKind.ROT_K, layer, rotK);

    pattern = new ReferencePattern(pass, layer, rotQ, rotK, v);
    z = pattern.z;
    pass.edit(HookKind.Z, layer, z);
    out = output();
    pass.edit(HookKind.ATTN_OUT, layer, out);
  }

  /** Adds to the gradients of the weights; returns that of x. The mirror of the constructor. */
  double[][] backward(double[][] dAttnOut) {
    double[][] dOut = ReferencePass.copy(dAttnOut);
    pass.editBackward(HookKind.ATTN_OUT, layer, dOut);
    double[][] dZ = outputBackward(dOut);
    pass.editBackward(HookKind.Z, layer, dZ);

    double[][] dV = new double[context][v[0].length];
    double[][] dRotQ = new double[context][rotQ[0].length];
    double[][] dRotK = new double[context][rotK[0].length];
    for (int h = 0; h < spec.nHeads(); h++) {
      pattern.backward(h, dZ, dV, dRotQ, dRotK);
    }
    ReferencePositions.rotate(spec, dRotQ, -1);
    pass.editBackward(HookKind.Q, layer, dRotQ);
    projectBackward(inputQ, "Q", dRotQ);
    double[][] dK = smearBackward(dRotK);
    ReferencePositions.rotate(spec, dK, -1);
    pass.editBackward(HookKind.K, layer, dK);
    projectBackward(inputK, "K", dK);
    pass.editBackward(HookKind.V, layer, dV);
    projectBackward(inputV, "V", dV);

    double[][] dx = new double[context][spec.dModel()];
    for (ReferenceInput input : inputs) {
      input.backward(dx);
    }
    return dx;
  }

  private ReferenceInput input(ReferenceInput input) {
    inputs.add(input);
    return input;
  }

  private ReferenceInput[] inputs(
      Input kind, int heads, double[][] x, boolean positions, ReferenceInput plain) {
    ReferenceInput[] read = new ReferenceInput[heads];
    for (int h = 0; h < heads; h++) {
      int head = h;
      List<EdgeEdit> edges =
          pass.plan().edges().stream()
              .filter(e -> e.receiverLayer() == layer && e.receiverHead() == head)
              .filter(e -> e.input() == kind)
              .toList();
      read[h] =
          edges.isEmpty() ? plain : input(ReferenceInput.edited(pass, layer, x, positions, edges));
    }
    return read;
  }

  private ReferenceWeights.Tensor weight(String name) {
    return pass.weights().get("blocks." + layer + ".attn." + name);
  }

  private ReferenceWeights.@Nullable Tensor bias(String name) {
    return pass.weights().find("blocks." + layer + ".attn." + name);
  }

  /** One head's columns, [T, d_head]. */
  private double[][] columns(int h, double[][] x) {
    double[][] own = new double[context][];
    for (int t = 0; t < context; t++) {
      own[t] = Arrays.copyOfRange(x[t], h * dHead, (h + 1) * dHead);
    }
    return own;
  }

  private void putColumns(int h, double[][] own, double[][] into) {
    for (int t = 0; t < context; t++) {
      System.arraycopy(own[t], 0, into[t], h * dHead, dHead);
    }
  }

  /** Each head from its own input: input_h W[h] + b[h]. */
  private double[][] project(ReferenceInput[] input, String name) {
    ReferenceWeights.Tensor w = weight("W_" + name);
    ReferenceWeights.Tensor b = bias("b_" + name);
    double[][] to = new double[context][input.length * dHead];
    for (int h = 0; h < input.length; h++) {
      ReferenceWeights.Tensor own = b == null ? null : b.head(h);
      putColumns(h, ReferenceLinear.forward(input[h].values, w.head(h), own, dHead), to);
    }
    return to;
  }

  private void projectBackward(ReferenceInput[] input, String name, double[][] dY) {
    ReferenceWeights.Tensor w = weight("W_" + name);
    ReferenceWeights.Tensor b = bias("b_" + name);
    for (int h = 0; h < input.length; h++) {
      ReferenceWeights.Tensor own = b == null ? null : b.head(h);
      double[][] dHeadY = columns(h, dY);
      ReferenceLinear.backward(input[h].values, w.head(h), own, dHeadY, input[h].gradient);
    }
  }

  private double[][] smear(double[][] k) {
    if (!spec.smear().on(layer)) {
      return k;
    }
    ReferenceWeights.Tensor alpha = weight("alpha");
    double[][] smeared = new double[context][k[0].length];
    for (int j = 0; j < context; j++) {
      int from = spec.smear().source(j);
      for (int i = 0; i < k[j].length; i++) {
        double m = ReferenceMlp.logistic(alpha.at(i / dHead));
        smeared[j][i] = m * k[j][i] + (1 - m) * k[from][i];
      }
    }
    return smeared;
  }

  private double[][] smearBackward(double[][] dSmeared) {
    if (!spec.smear().on(layer)) {
      return dSmeared;
    }
    ReferenceWeights.Tensor alpha = weight("alpha");
    double[][] dk = new double[context][dSmeared[0].length];
    for (int j = 0; j < context; j++) {
      int from = spec.smear().source(j);
      for (int i = 0; i < dk[j].length; i++) {
        double m = ReferenceMlp.logistic(alpha.at(i / dHead));
        dk[j][i] += m * dSmeared[j][i];
        dk[from][i] += (1 - m) * dSmeared[j][i];
        double dM = dSmeared[j][i] * (turnedK[j][i] - turnedK[from][i]);
        alpha.addGradient(dM * m * (1 - m), i / dHead);
      }
    }
    return dk;
  }

  private double[][] output() {
    ReferenceWeights.Tensor w = weight("W_O");
    ReferenceWeights.Tensor b = bias("b_O");
    double[][] sum = new double[context][spec.dModel()];
    for (int t = 0; t < context && b != null; t++) {
      for (int i = 0; i < spec.dModel(); i++) {
        sum[t][i] = b.at(i);
      }
    }
    double[][][] result = new double[spec.nHeads()][][];
    for (int h = 0; h < spec.nHeads(); h++) {
      result[h] = ReferenceLinear.forward(columns(h, z), w.head(h), null, spec.dModel());
      pass.contributed(Plan.Component.head(layer, h), result[h]);
      ReferencePass.add(sum, result[h]);
    }
    pass.showResults(layer, result);
    return sum;
  }

  private double[][] outputBackward(double[][] dOut) {
    ReferenceWeights.Tensor w = weight("W_O");
    ReferenceWeights.Tensor b = bias("b_O");
    double[][] dZ = new double[context][spec.nHeads() * dHead];
    for (int h = 0; h < spec.nHeads(); h++) {
      double[][] dResult = pass.withEdges(Plan.Component.head(layer, h), dOut);
      putColumns(h, ReferenceLinear.backward(columns(h, z), w.head(h), null, dResult), dZ);
    }
    for (int t = 0; t < context && b != null; t++) {
      for (int i = 0; i < spec.dModel(); i++) {
        b.addGradient(dOut[t][i], i);
      }
    }
    return dZ;
  }
}
