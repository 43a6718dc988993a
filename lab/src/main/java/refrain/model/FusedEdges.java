package refrain.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.model.Buffers.Gradients;
import refrain.model.Buffers.Normed;
import refrain.model.Packed.Weight;
import refrain.model.Plan.Component;
import refrain.model.Plan.EdgeEdit;
import refrain.model.Plan.Input;
import refrain.tensor.Mat;

/**
 * Edited edges: a receiving head's Q, K or V input reads a changed residual stream. The receiver's
 * columns are computed again from that stream, in plain loops, since they are few. On the way back
 * their gradient goes through the changed stream too, and what the senders get is kept until their
 * layer's turn.
 */
final class FusedEdges {
  private final FusedCall call;
  private final ModelSpec spec;
  private final Buffers buffers;
  private final int dHead;

  /** What sending heads write, [T, d_model], for one layer's receivers. */
  private final Map<Component, Mat> results = new HashMap<>();

  /** The gradient of each sender's contribution, [T, d_model]. */
  private final Map<Component, Mat> gradients = new HashMap<>();

  private record ReceiverId(int head, Input input) {}

  FusedEdges(FusedCall call, Buffers buffers) {
    this.call = call;
    this.spec = call.spec();
    this.buffers = buffers;
    this.dHead = spec.dHead();
  }

  private Map<ReceiverId, List<EdgeEdit>> receivers(int l) {
    return PlanIndex.by(call.plan().edges(l), e -> new ReceiverId(e.receiverHead(), e.input()));
  }

  /** Several edits of one edge follow one another. */
  private static Collection<List<EdgeEdit>> bySender(List<EdgeEdit> edits) {
    return PlanIndex.by(edits, EdgeEdit::component).values();
  }

  /** to[i] += z_h[i] W_O[h], for all positions. */
  static void addHeadResult(FusedCall call, Buffers buffers, HeadId head, Mat to) {
    float[] arena = call.arena();
    Mat z = buffers.layers[head.layer()].zHeads[head.head()].whole;
    int wO = outputRows(call, head);
    for (int i = 0; i < z.rows; i++) {
      for (int c = 0; c < z.columns; c++) {
        float x = z.data[z.at(i) + c];
        int row = wO + c * to.columns;
        for (int j = 0; j < to.columns; j++) {
          to.data[to.at(i) + j] += x * arena[row + j];
        }
      }
    }
  }

  /** Where W_O[h], [d_head, d_model], starts in the arena. */
  private static int outputRows(FusedCall call, HeadId head) {
    Weight wO = call.packed().blocks.get(head.layer()).wO();
    return wO.parameter.offset() + head.head() * call.spec().dHead() * call.spec().dModel();
  }

  private Mat contribution(EdgeEdit edit) {
    return switch (edit.sender()) {
      case EMBED -> buffers.embed;
      case MLP -> buffers.layers[edit.senderLayer()].mlpOut;
      case HEAD -> results.computeIfAbsent(edit.component(), this::result);
    };
  }

  private Mat result(Component sender) {
    Mat c = buffers.embed.like();
    addHeadResult(call, buffers, new HeadId(sender.layer(), sender.head()), c);
    return c;
  }

  /** A receiver's changed input: the norm of the changed stream, with positions where they go. */
  private Normed changed(int sequence, int l, Input input, List<EdgeEdit> edits) {
    Mat x = buffers.layers[l].resid.copy();
    for (List<EdgeEdit> same : bySender(edits)) {
      Mat original = contribution(same.getFirst());
      Mat c = original.copy();
      for (EdgeEdit edit : same) {
        float[] add = edit.add() == null ? null : edit.add().of(sequence);
        for (int i = 0; i < c.rows; i++) {
          for (int j = 0; j < c.columns; j++) {
            int at = c.at(i) + j;
            c.data[at] = edit.scale()[i] * c.data[at] + (add == null ? 0 : add[i * c.columns + j]);
          }
        }
      }
      for (int i = 0; i < x.data.length; i++) {
        x.data[i] += c.data[i] - original.data[i];
      }
    }
    Normed normed = Buffers.normed(x, spec.norm() != Norm.NONE);
    call.norm(x, call.packed().blocks.get(l).ln1(), normed);
    if (call.shortformer() && input != Input.V) {
      call.addPositions(normed.out());
    }
    return normed;
  }

  /**
   * The columns of a receiver's activation or its gradient, and of the map that makes it.
   *
   * @param values [T, d_head]
   * @param weight where the columns start in the arena
   * @param width of a row of the weights
   * @param bias where it starts in the arena; -1: none
   */
  private record Target(Mat values, int weight, int width, int bias) {}

  private Target target(int l, ReceiverId receiver, Mat values) {
    Weight weight = call.packed().blocks.get(l).of(receiver.input());
    int column = receiver.head() * dHead;
    return new Target(
        values.part(0, column, values.rows, dHead),
        weight.parameter.offset() + column,
        values.columns,
        weight.bias < 0 ? -1 : weight.bias + column);
  }

  /** Computes the receivers' columns of q, k and v again. */
  void forward(int sequence, int l) {
    results.clear();
    float[] arena = call.arena();
    receivers(l)
        .forEach((receiver, edits) -> {
          Mat in = changed(sequence, l, receiver.input(), edits).out();
          Target to = target(l, receiver, buffers.layers[l].of(receiver.input()));
          for (int i = 0; i < in.rows; i++) {
            for (int c = 0; c < dHead; c++) {
              float sum = to.bias() < 0 ? 0 : arena[to.bias() + c];
              for (int j = 0; j < in.columns; j++) {
                sum += in.data[in.at(i) + j] * arena[to.weight() + j * to.width() + c];
              }
              to.values().data[to.values().at(i) + c] = sum;
            }
          }
        });
  }

  /**
   * Takes the receivers' columns of dq, dk and dv back through the changed stream and clears them,
   * so that the main way back sees nothing of them.
   */
  void backward(int sequence, int l, Gradients grad, float[] part) {
    results.clear();
    receivers(l)
        .forEach((receiver, edits) -> {
          Normed in = changed(sequence, l, receiver.input(), edits);
          Mat dIn = columnsBack(in.out(), target(l, receiver, grad.of(receiver.input())), part);
          if (call.shortformer() && receiver.input() != Input.V) {
            call.positionsBack(dIn, part);
          }
          Mat dx = dIn;
          if (spec.norm() != Norm.NONE) {
            dx = dIn.like();
            call.normBack(dIn, call.packed().blocks.get(l).ln1(), in, dx, part);
          }
          FusedCall.add(grad.stream, dx, grad.stream);
          for (List<EdgeEdit> same : bySender(edits)) {
            toSender(same, dx);
          }
        });
  }

  private Mat columnsBack(Mat in, Target to, float[] part) {
    Mat dIn = in.like();
    for (int i = 0; i < in.rows; i++) {
      for (int c = 0; c < dHead; c++) {
        int at = to.values().at(i) + c;
        float dy = to.values().data[at];
        to.values().data[at] = 0;
        if (to.bias() >= 0) {
          part[to.bias() + c] += dy;
        }
        for (int j = 0; j < in.columns; j++) {
          int w = to.weight() + j * to.width() + c;
          part[w] += in.data[in.at(i) + j] * dy;
          dIn.data[in.at(i) + j] += dy * call.arena()[w];
        }
      }
    }
    return dIn;
  }

  private void toSender(List<EdgeEdit> same, Mat dx) {
    Mat dc = gradients.computeIfAbsent(same.getFirst().component(), k -> dx.like());
    for (int i = 0; i < dx.rows; i++) {
      float scale = 1;
      for (EdgeEdit edit : same) {
        scale *= edit.scale()[i];
      }
      for (int j = dx.at(i); j < dx.at(i) + dx.columns; j++) {
        dc.data[j] += (scale - 1) * dx.data[j];
      }
    }
  }

  /** dz and dW_O of the senders in block l. */
  void addHeadGradients(int l, Gradients grad, float[] part) {
    for (int h = 0; h < spec.nHeads() && !gradients.isEmpty(); h++) {
      Mat dc = gradients.get(Component.head(l, h));
      if (dc == null) {
        continue;
      }
      Mat z = buffers.layers[l].zHeads[h].whole;
      Mat dz = grad.zHeads[h].whole;
      int wO = outputRows(call, new HeadId(l, h));
      for (int i = 0; i < z.rows; i++) {
        for (int c = 0; c < dHead; c++) {
          int row = wO + c * dc.columns;
          float sum = 0;
          for (int j = 0; j < dc.columns; j++) {
            float d = dc.data[dc.at(i) + j];
            sum += d * call.arena()[row + j];
            part[row + j] += z.data[z.at(i) + c] * d;
          }
          dz.data[dz.at(i) + c] += sum;
        }
      }
    }
  }

  void addMlpGradient(int l, Mat dOut) {
    add(gradients.get(Component.mlp(l)), dOut);
  }

  void addEmbedGradient(Mat dEmbed) {
    add(gradients.get(Component.EMBED), dEmbed);
  }

  private static void add(@Nullable Mat from, Mat to) {
    if (from != null) {
      FusedCall.add(to, from, to);
    }
  }
}
