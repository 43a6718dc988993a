package refrain.model;

import org.jspecify.annotations.Nullable;

/**
 * One block, on a stream x [T, d_model].
 *
 * <pre>
 * attention-only  x + attn(x)
 * with MLP        mid = x + attn(x); mid + mlp(ln2(mid))
 * parallel        x + attn(x) + mlp(ln2(x))
 * </pre>
 */
final class ReferenceBlock {
  private final ReferencePass pass;
  private final int layer;
  private final ReferenceAttention attention;
  private final @Nullable ReferenceNorm ln2;
  private final @Nullable ReferenceMlp mlp;

  /** [T, d_model] the stream at the block's end. */
  final double[][] out;

  /**
   * @param x [T, d_model]; edited in place
   */
  ReferenceBlock(ReferencePass pass, int layer, double[][] x) {
    this.pass = pass;
    this.layer = layer;
    ModelSpec spec = pass.spec();
    pass.edit(HookKind.RESID_PRE, layer, x);
    attention = new ReferenceAttention(pass, layer, x);
    double[][] mid = ReferencePass.sum(x, attention.out);
    if (!spec.hasMlp()) {
      ln2 = null;
      mlp = null;
      out = mid;
    } else {
      if (!spec.parallelResidual()) {
        pass.show(HookKind.RESID_MID, layer, mid);
      }
      double[][] read = spec.parallelResidual() ? x : mid;
      String name = "blocks." + layer + ".ln2";
      ln2 = new ReferenceNorm(pass, name, read);
      ln2.show(pass, HookKind.LN2_SCALE, HookKind.LN2_NORMALIZED, layer);
      mlp = new ReferenceMlp(pass, layer, ln2.out);
      pass.show(HookKind.MLP_PRE, layer, mlp.pre);
      pass.show(HookKind.MLP_POST, layer, mlp.post);
      pass.edit(HookKind.MLP_OUT, layer, mlp.out);
      pass.contributed(Plan.Component.mlp(layer), mlp.out);
      out = ReferencePass.sum(mid, mlp.out);
    }
    pass.show(HookKind.RESID_POST, layer, out);
  }

  /** Adds to the gradients of the weights; returns that of x before its edits. */
  double[][] backward(double[][] dPost) {
    double[][] dMid = ReferencePass.copy(dPost);
    double[][] dx = dMid;
    if (mlp != null && ln2 != null) {
      double[][] dOut = ReferencePass.copy(pass.withEdges(Plan.Component.mlp(layer), dPost));
      pass.editBackward(HookKind.MLP_OUT, layer, dOut);
      double[][] dRead = ln2.backward(mlp.backward(dOut));
      if (pass.spec().parallelResidual()) {
        dx = ReferencePass.sum(dMid, dRead);
      } else {
        ReferencePass.add(dMid, dRead);
      }
    }
    dx = ReferencePass.sum(dx, attention.backward(dMid));
    pass.editBackward(HookKind.RESID_PRE, layer, dx);
    return dx;
  }
}
