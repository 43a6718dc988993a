package refrain.model;

import static refrain.tensor.Rows.ORIGIN;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.model.Buffers.Layer;
import refrain.model.Plan.EdgeEdit;
import refrain.model.Plan.Input;
import refrain.model.Plan.Sender;
import refrain.tensor.Rows;

/**
 * Edited edges: a receiving head's Q, K or V input reads a changed residual stream. The receiver's
 * columns are computed again from that stream, in plain loops; on the way back their gradient takes
 * the same detour, and what the senders get is kept until their layer's turn.
 */
final class FusedEdges {
  private final Engine e;
  private final ModelSpec s;
  private final Buffers b;
  private final int t;
  private final int d;
  private final int dh;

  /** What sending heads write, [T, d_model] at the stream's stride, for one layer's receivers. */
  private final Map<SenderId, float[]> results = new HashMap<>();

  /** The gradient of each sender's contribution, [T, d_model] at the stream's stride. */
  private final Map<SenderId, float[]> gradients = new HashMap<>();

  private record SenderId(Sender kind, int layer, int head) {
    static SenderId of(EdgeEdit edit) {
      return switch (edit.sender()) {
        case EMBED -> new SenderId(Sender.EMBED, -1, -1);
        case MLP -> new SenderId(Sender.MLP, edit.senderLayer(), -1);
        case HEAD -> new SenderId(Sender.HEAD, edit.senderLayer(), edit.senderHead());
      };
    }
  }

  private record ReceiverId(int head, Input input) {}

  /** A receiver's changed input: the norm's parts and what meets the weights. */
  private record Detour(float[] hat, float[] r, float[] in) {}

  FusedEdges(Engine engine, Buffers buffers) {
    this.e = engine;
    this.s = engine.spec();
    this.b = buffers;
    this.t = buffers.t;
    this.d = s.dModel();
    this.dh = s.dHead();
  }

  private Map<ReceiverId, List<EdgeEdit>> receivers(int l) {
    Map<ReceiverId, List<EdgeEdit>> map = new LinkedHashMap<>();
    for (EdgeEdit edit : e.plan().edges(l)) {
      map.computeIfAbsent(new ReceiverId(edit.receiverHead(), edit.input()), k -> new ArrayList<>())
          .add(edit);
    }
    return map;
  }

  /** to[i, 0..d) += z_h[i] W_O[h], for all positions; rows of {@code to} have this stride. */
  static void headResult(
      Engine e, Buffers b, int l, int h, int wO, float[] to, int offset, int stride) {
    int d = e.spec().dModel();
    int dh = e.spec().dHead();
    float[] z = b.layers[l].z;
    for (int i = 0; i < b.t; i++) {
      for (int c = 0; c < dh; c++) {
        float x = z[ORIGIN + i * b.ldQ + h * dh + c];
        int row = wO + (h * dh + c) * d;
        for (int j = 0; j < d; j++) {
          to[offset + i * stride + j] += x * e.arena()[row + j];
        }
      }
    }
  }

  private float[] contribution(EdgeEdit edit) {
    return switch (edit.sender()) {
      case EMBED -> b.embed;
      case MLP -> b.layers[edit.senderLayer()].mlpOut;
      case HEAD -> results.computeIfAbsent(SenderId.of(edit), this::result);
    };
  }

  private float[] result(SenderId sender) {
    float[] c = Rows.allocate(t * b.ld);
    int wO = e.packed().blocks.get(sender.layer()).wO.parameter.offset();
    headResult(e, b, sender.layer(), sender.head(), wO, c, ORIGIN, b.ld);
    return c;
  }

  /** Several edits of one edge follow one another, in the plan's order. */
  private static Collection<List<EdgeEdit>> bySender(List<EdgeEdit> edits) {
    Map<SenderId, List<EdgeEdit>> map = new LinkedHashMap<>();
    for (EdgeEdit edit : edits) {
      map.computeIfAbsent(SenderId.of(edit), k -> new ArrayList<>()).add(edit);
    }
    return map.values();
  }

  private Detour detour(int sequence, int l, Input input, List<EdgeEdit> edits) {
    float[] x = b.layers[l].resid.clone();
    for (List<EdgeEdit> same : bySender(edits)) {
      float[] original = contribution(same.getFirst());
      float[] c = original.clone();
      for (EdgeEdit edit : same) {
        float[] add = edit.add() == null ? null : edit.add().of(sequence);
        for (int i = 0; i < t; i++) {
          for (int j = 0; j < d; j++) {
            int at = ORIGIN + i * b.ld + j;
            c[at] = edit.scale()[i] * c[at] + (add == null ? 0 : add[i * d + j]);
          }
        }
      }
      for (int i = 0; i < x.length; i++) {
        x[i] += c[i] - original[i];
      }
    }
    float[] hat = s.norm() == Norm.NONE ? x : Rows.allocate(t * b.ld);
    float[] in = s.norm() == Norm.NONE ? x : Rows.allocate(t * b.ld);
    float[] r = new float[t];
    Engine.Slots.Block slots = e.slots().blocks[l];
    float eps = (float) s.normEps();
    for (int i = 0; i < t && s.norm() != Norm.NONE; i++) {
      int at = ORIGIN + i * b.ld;
      r[i] =
          s.norm() == Norm.LAYER
              ? e.kernels()
                  .layerNorm(
                      x,
                      at,
                      e.arena(),
                      slots.ln1W(),
                      e.arena(),
                      slots.ln1B(),
                      hat,
                      at,
                      in,
                      at,
                      d,
                      eps)
              : e.kernels().rmsNorm(x, at, e.arena(), slots.ln1W(), hat, at, in, at, d, eps);
    }
    if (s.positions() instanceof Positions.Shortformer && input != Input.V) {
      for (int i = 0; i < t; i++) {
        for (int j = 0; j < d; j++) {
          in[ORIGIN + i * b.ld + j] += e.arena()[e.slots().wPos + i * d + j];
        }
      }
    }
    return new Detour(hat, r, in);
  }

  private record Target(float[] values, int stride, int width, int weight, int bias) {}

  private Target target(int l, Input input, float @Nullable [] gradient) {
    Layer y = b.layers[l];
    Packed.Block w = e.packed().blocks.get(l);
    Engine.Slots.Block slots = e.slots().blocks[l];
    return switch (input) {
      case Q ->
          new Target(
              gradient == null ? y.q : gradient,
              b.ldQ,
              w.wQ.columns(),
              w.wQ.parameter.offset(),
              slots.bQ());
      case K ->
          new Target(
              gradient == null ? y.k : gradient,
              b.ldKv,
              w.wK.columns(),
              w.wK.parameter.offset(),
              slots.bK());
      case V ->
          new Target(
              gradient == null ? y.v : gradient,
              b.ldKv,
              w.wV.columns(),
              w.wV.parameter.offset(),
              slots.bV());
    };
  }

  /** Computes the receivers' columns of q, k and v again. */
  void forward(int sequence, int l) {
    results.clear();
    receivers(l)
        .forEach((receiver, edits) -> {
          Detour detour = detour(sequence, l, receiver.input(), edits);
          Target to = target(l, receiver.input(), null);
          int column = receiver.head() * dh;
          for (int i = 0; i < t; i++) {
            for (int c = 0; c < dh; c++) {
              float sum = to.bias() < 0 ? 0 : e.arena()[to.bias() + column + c];
              for (int j = 0; j < d; j++) {
                sum +=
                    detour.in()[ORIGIN + i * b.ld + j]
                        * e.arena()[to.weight() + j * to.width() + column + c];
              }
              to.values()[ORIGIN + i * to.stride() + column + c] = sum;
            }
          }
        });
  }

  /**
   * Takes the receivers' columns of dq, dk and dv along the detour and clears them, so that the
   * main way back sees nothing of them.
   */
  void backward(int sequence, int l, Buffers.Gradients g, float[] part) {
    results.clear();
    receivers(l)
        .forEach((receiver, edits) -> {
          float[] dy =
              switch (receiver.input()) {
                case Q -> g.q;
                case K -> g.k;
                case V -> g.v;
              };
          Detour detour = detour(sequence, l, receiver.input(), edits);
          Target to = target(l, receiver.input(), dy);
          float[] din = columnsBack(detour, to, receiver.head() * dh, part);
          float[] dx = normBack(l, receiver.input(), detour, din, part);
          for (int i = 0; i < dx.length; i++) {
            g.stream[i] += dx[i];
          }
          for (List<EdgeEdit> same : bySender(edits)) {
            toSender(same, dx);
          }
        });
  }

  private float[] columnsBack(Detour detour, Target to, int column, float[] part) {
    float[] din = Rows.allocate(t * b.ld);
    for (int i = 0; i < t; i++) {
      for (int c = 0; c < dh; c++) {
        int at = ORIGIN + i * to.stride() + column + c;
        float dy = to.values()[at];
        to.values()[at] = 0;
        if (to.bias() >= 0) {
          part[to.bias() + column + c] += dy;
        }
        for (int j = 0; j < d; j++) {
          int w = to.weight() + j * to.width() + column + c;
          part[w] += detour.in()[ORIGIN + i * b.ld + j] * dy;
          din[ORIGIN + i * b.ld + j] += dy * e.arena()[w];
        }
      }
    }
    return din;
  }

  private float[] normBack(int l, Input input, Detour detour, float[] din, float[] part) {
    if (s.positions() instanceof Positions.Shortformer && input != Input.V) {
      for (int i = 0; i < t; i++) {
        for (int j = 0; j < d; j++) {
          part[e.slots().wPos + i * d + j] += din[ORIGIN + i * b.ld + j];
        }
      }
    }
    if (s.norm() == Norm.NONE) {
      return din;
    }
    float[] dx = Rows.allocate(t * b.ld);
    Engine.Slots.Block slots = e.slots().blocks[l];
    for (int i = 0; i < t; i++) {
      int at = ORIGIN + i * b.ld;
      if (s.norm() == Norm.LAYER) {
        e.kernels()
            .layerNormBackward(
                din,
                at,
                detour.hat(),
                at,
                detour.r()[i],
                e.arena(),
                slots.ln1W(),
                dx,
                at,
                part,
                slots.ln1W(),
                part,
                slots.ln1B(),
                d);
      } else {
        e.kernels()
            .rmsNormBackward(
                din,
                at,
                detour.hat(),
                at,
                detour.r()[i],
                e.arena(),
                slots.ln1W(),
                dx,
                at,
                part,
                slots.ln1W(),
                d);
      }
    }
    return dx;
  }

  private void toSender(List<EdgeEdit> same, float[] dx) {
    float[] dc =
        gradients.computeIfAbsent(SenderId.of(same.getFirst()), k -> Rows.allocate(t * b.ld));
    for (int i = 0; i < t; i++) {
      float scale = 1;
      for (EdgeEdit edit : same) {
        scale *= edit.scale()[i];
      }
      for (int j = 0; j < d; j++) {
        dc[ORIGIN + i * b.ld + j] += (scale - 1) * dx[ORIGIN + i * b.ld + j];
      }
    }
  }

  /** dz and dW_O of the senders in block l. */
  void addHeadGradients(int l, Buffers.Gradients g, float[] part) {
    if (gradients.isEmpty()) {
      return;
    }
    float[] z = b.layers[l].z;
    int wO = e.packed().blocks.get(l).wO.parameter.offset();
    for (int h = 0; h < s.nHeads(); h++) {
      float[] dc = gradients.get(new SenderId(Sender.HEAD, l, h));
      if (dc == null) {
        continue;
      }
      for (int i = 0; i < t; i++) {
        for (int c = 0; c < dh; c++) {
          int at = ORIGIN + i * b.ldQ + h * dh + c;
          int row = wO + (h * dh + c) * d;
          float sum = 0;
          for (int j = 0; j < d; j++) {
            sum += dc[ORIGIN + i * b.ld + j] * e.arena()[row + j];
            part[row + j] += z[at] * dc[ORIGIN + i * b.ld + j];
          }
          g.z[at] += sum;
        }
      }
    }
  }

  void addMlpGradient(int l, float[] dout) {
    add(gradients.get(new SenderId(Sender.MLP, l, -1)), dout);
  }

  void addEmbedGradient(float[] dembed) {
    add(gradients.get(new SenderId(Sender.EMBED, -1, -1)), dembed);
  }

  private static void add(float @Nullable [] from, float[] to) {
    if (from != null) {
      for (int i = 0; i < from.length; i++) {
        to[i] += from[i];
      }
    }
  }
}
