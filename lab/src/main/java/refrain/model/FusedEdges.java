package refrain.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.model.Buffers.Gradients;
import refrain.model.Buffers.Normed;
import refrain.model.Packed.Weight;
import refrain.model.Plan.Input;
import refrain.model.Plan.Sender;
import refrain.tensor.Mat;

/**
 * Edited edges: a receiving head's Q, K or V input reads a changed residual stream. Receivers that
 * read the same one share it, so that a layer cut off from another costs a norm and a few products
 * and not a pass a pair of heads. On the way back their gradient goes through the changed stream
 * too, and what the senders get is kept until their layer's turn.
 *
 * <p>A sender's contribution c[t] becomes s[t] c[t] + a[t]: the stream gains (s - 1) c + a. Of all
 * heads of a layer that is one product, of z times (s - 1) with W_O.
 */
final class FusedEdges {
  private final FusedCall call;
  private final ModelSpec spec;
  private final Buffers buffers;
  private final int dHead;
  private final List<Owed> owed = new ArrayList<>();

  /** The gradient of a changed stream that its senders are still to get. */
  private record Owed(List<PlanIndex.Change> changes, Mat dx) {}

  FusedEdges(FusedCall call, Buffers buffers) {
    this.call = call;
    this.spec = call.spec();
    this.buffers = buffers;
    this.dHead = spec.dHead();
  }

  /** to[i] += z_h[i] W_O[h], for all positions. */
  static void addHeadResult(FusedCall call, Buffers buffers, HeadId head, Mat to) {
    Weight wO = call.packed().blocks.get(head.layer()).wO();
    int dHead = call.spec().dHead();
    int d = call.spec().dModel();
    int from = wO.parameter.offset() + head.head() * dHead * d;
    call.kernels()
        .gemm(
            buffers.layers[head.layer()].zHeads[head.head()].whole,
            Mat.of(call.arena(), from, dHead, d, d),
            to);
  }

  /** A reader's changed input: the norm of the changed stream, with positions where they go. */
  private Normed changed(int sequence, int l, PlanIndex.Reader reader) {
    Mat x = buffers.layers[l].resid.copy();
    for (PlanIndex.Change change : reader.changes()) {
      if (change.sender() != Sender.HEAD) {
        addScaled(contribution(change), change.factor(), x);
      }
      change.addTo(x, sequence);
    }
    for (int from = 0; from < l; from++) {
      Mat z = scaledHeads(from, reader.changes());
      if (z != null) {
        call.kernels().gemm(z, call.packed().blocks.get(from).wO().forward, x);
      }
    }
    Normed normed = Buffers.normed(x, spec.norm() != Norm.NONE);
    call.norm(x, call.packed().blocks.get(l).ln1(), normed);
    if (call.shortformer() && reader.input() != Input.V) {
      call.addPositions(normed.out());
    }
    return normed;
  }

  private Mat contribution(PlanIndex.Change change) {
    return change.sender() == Sender.EMBED ? buffers.embed : buffers.layers[change.layer()].mlpOut;
  }

  /** The z of a layer's changed heads times s - 1, 0 for the others; null: none is changed. */
  private @Nullable Mat scaledHeads(int layer, List<PlanIndex.Change> changes) {
    Mat scaled = null;
    for (PlanIndex.Change change : changes) {
      if (change.sender() == Sender.HEAD && change.layer() == layer) {
        scaled = scaled == null ? buffers.layers[layer].z.like() : scaled;
        Mat z = buffers.layers[layer].zHeads[change.head()].whole;
        addScaled(z, change.factor(), scaled.part(0, change.head() * dHead, z.rows, dHead));
      }
    }
    return scaled;
  }

  /** to[i] += factor[i] x[i]. */
  private static void addScaled(Mat x, float[] factor, Mat to) {
    for (int i = 0; i < x.rows; i++) {
      int from = x.at(i);
      int at = to.at(i);
      for (int j = 0; j < x.columns; j++) {
        to.data[at + j] += factor[i] * x.data[from + j];
      }
    }
  }

  /** Computes the receivers' columns of q, k and v again. */
  void forward(int sequence, int l) {
    for (PlanIndex.Reader reader : call.plan().readers(l)) {
      Mat in = changed(sequence, l, reader).out();
      Weight w = call.packed().blocks.get(l).of(reader.input());
      Mat values = buffers.layers[l].of(reader.input());
      if (reader.heads().size() * dHead == values.columns) {
        call.kernels().gemm(in, w.forward, start(w, 0, values), values);
        continue;
      }
      for (int head : reader.heads()) {
        Mat own = values.part(0, head * dHead, values.rows, dHead);
        call.kernels().gemm(in, columns(w, head, values), start(w, head * dHead, own), own);
      }
    }
  }

  private Mat start(Weight w, int column, Mat of) {
    return w.bias < 0
        ? buffers.zeros
        : Mat.of(call.arena(), w.bias + column, of.rows, of.columns, 0);
  }

  /** A head's columns of W_Q, W_K or W_V in the arena: [d_model, d_head]. */
  private Mat columns(Weight w, int head, Mat values) {
    int from = w.parameter.offset() + head * dHead;
    return Mat.of(call.arena(), from, spec.dModel(), dHead, values.columns);
  }

  /**
   * Takes the receivers' columns of dq, dk and dv back through the changed stream and clears them,
   * so that the main way back sees nothing of them.
   */
  void backward(int sequence, int l, Gradients grad, Packed.Shard shard) {
    for (PlanIndex.Reader reader : call.plan().readers(l)) {
      Normed in = changed(sequence, l, reader);
      Mat dIn = inputsGradient(reader, l, in.out(), grad.of(reader.input()), shard);
      if (call.shortformer() && reader.input() != Input.V) {
        call.positionsBack(dIn, shard.gradient);
      }
      Mat dx = dIn;
      if (spec.norm() != Norm.NONE) {
        dx = dIn.like();
        call.normBack(dIn, call.packed().blocks.get(l).ln1(), in, dx, shard.gradient);
      }
      FusedCall.add(grad.stream, dx, grad.stream);
      owed.add(new Owed(reader.changes(), dx));
    }
  }

  private Mat inputsGradient(
      PlanIndex.Reader reader, int l, Mat in, Mat dValues, Packed.Shard shard) {
    Weight w = call.packed().blocks.get(l).of(reader.input());
    Mat dIn = in.like();
    if (reader.heads().size() * dHead == dValues.columns) {
      call.kernels().gemm(in.transposed(), dValues, shard.of(w));
      call.kernels().gemm(dValues, w.backward(), buffers.zeros, dIn);
      toBias(w, 0, dValues, shard);
      dValues.clear();
      return dIn;
    }
    for (int head : reader.heads()) {
      Mat own = dValues.part(0, head * dHead, dValues.rows, dHead);
      Mat weights = shard.of(w);
      call.kernels().gemm(in.transposed(), own, weights.part(0, head * dHead, weights.rows, dHead));
      Mat turned = Mat.allocate(dHead, spec.dModel());
      turned.setTransposed(columns(w, head, dValues));
      call.kernels().gemm(own, turned, dIn);
      toBias(w, head * dHead, own, shard);
      own.clear();
    }
    return dIn;
  }

  private void toBias(Weight w, int column, Mat dy, Packed.Shard shard) {
    for (int i = 0; i < dy.rows && w.bias >= 0; i++) {
      call.kernels().add(dy.data, dy.at(i), shard.gradient, w.bias + column, dy.columns);
    }
  }

  /** dz and dW_O of the senders in block l. */
  void addHeadGradients(int l, Gradients grad, Packed.Shard shard) {
    Weight wO = call.packed().blocks.get(l).wO();
    for (Owed each : owed) {
      Mat z = scaledHeads(l, each.changes);
      if (z == null) {
        continue;
      }
      call.kernels().gemm(z.transposed(), each.dx, shard.of(wO));
      Mat dz = z.like();
      call.kernels().gemm(each.dx, wO.backward(), buffers.zeros, dz);
      for (PlanIndex.Change change : each.changes) {
        if (change.sender() == Sender.HEAD && change.layer() == l) {
          Mat own = dz.part(0, change.head() * dHead, dz.rows, dHead);
          addScaled(own, change.factor(), grad.zHeads[change.head()].whole);
        }
      }
    }
  }

  void addMlpGradient(int l, Mat dOut) {
    add(Sender.MLP, l, dOut);
  }

  void addEmbedGradient(Mat dEmbed) {
    add(Sender.EMBED, -1, dEmbed);
  }

  private void add(Sender sender, int layer, Mat to) {
    for (Owed each : owed) {
      for (PlanIndex.Change change : each.changes) {
        if (change.sender() == sender && change.layer() == layer) {
          addScaled(each.dx, change.factor(), to);
        }
      }
    }
  }
}
