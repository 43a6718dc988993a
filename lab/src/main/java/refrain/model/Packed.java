package refrain.model;

import static refrain.tensor.Rows.ORIGIN;

import java.util.ArrayList;
import java.util.List;
import refrain.model.Parameter.Role;
import refrain.tensor.Rows;
import refrain.tensor.Workers;

/**
 * The weight matrices of a model as the kernels want a right-hand side: in panels, both as they are
 * (for the forward pass) and transposed (for the backward pass). Packed anew for each step, which
 * costs two copies of the weights and saves every product from walking with a large stride.
 */
final class Packed {

  /** One matrix B [k, n] in panels; bRow and bPanel of the kernels. */
  static final class Matrix {
    final int k;
    final int n;
    final int row;
    final int panel;
    final float[] data;

    Matrix(int k, int n, int row) {
      this.k = k;
      this.n = n;
      this.row = row;
      this.panel = k * row;
      this.data = Rows.allocate((n + row - 1) / row * panel);
    }

    /** B[p, j] = arena[offset + p stride + j]. */
    void copy(float[] arena, int offset, int stride) {
      for (int j0 = 0, base = ORIGIN; j0 < n; j0 += row, base += panel) {
        int width = Math.min(row, n - j0);
        for (int p = 0; p < k; p++) {
          System.arraycopy(arena, offset + p * stride + j0, data, base + p * row, width);
        }
      }
    }

    /**
     * B[p, j] = arena[offset + j stride + p], in square blocks so that both sides stay in cache.
     */
    void transpose(float[] arena, int offset, int stride) {
      for (int j0 = 0, base = ORIGIN; j0 < n; j0 += row, base += panel) {
        int width = Math.min(row, n - j0);
        for (int p0 = 0; p0 < k; p0 += 16) {
          int depth = Math.min(16, k - p0);
          for (int j = 0; j < width; j++) {
            int from = offset + (j0 + j) * stride + p0;
            int to = base + p0 * row + j;
            for (int p = 0; p < depth; p++) {
              data[to + p * row] = arena[from + p];
            }
          }
        }
      }
    }
  }

  /** A weight matrix, its parameter and its two packed forms. */
  static final class Weight {
    final Parameter parameter;
    final Matrix forward;
    final Matrix backward;
    private final int rows;
    private final int columns;
    private final boolean flipped;

    /** For x W with W [rows, columns]; flipped: for x W^T (the tied unembedding). */
    Weight(Parameter parameter, int rows, int columns, boolean flipped, int panel) {
      this.parameter = parameter;
      this.rows = rows;
      this.columns = columns;
      this.flipped = flipped;
      this.forward = flipped ? new Matrix(columns, rows, panel) : new Matrix(rows, columns, panel);
      this.backward = flipped ? new Matrix(rows, columns, panel) : new Matrix(columns, rows, panel);
    }

    int rows() {
      return rows;
    }

    int columns() {
      return columns;
    }

    void pack(float[] arena, boolean withBackward) {
      if (flipped) {
        forward.transpose(arena, parameter.offset(), columns);
      } else {
        forward.copy(arena, parameter.offset(), columns);
      }
      if (withBackward) {
        if (flipped) {
          backward.copy(arena, parameter.offset(), columns);
        } else {
          backward.transpose(arena, parameter.offset(), columns);
        }
      }
    }
  }

  /** The matrices of one block; those a model lacks are null. */
  static final class Block {
    final Weight wQ;
    final Weight wK;
    final Weight wV;
    final Weight wO;
    final List<Weight> mlp;

    private Block(Weight wQ, Weight wK, Weight wV, Weight wO, List<Weight> mlp) {
      this.wQ = wQ;
      this.wK = wK;
      this.wV = wV;
      this.wO = wO;
      this.mlp = mlp;
    }

    Weight wIn() {
      return mlp.get(0);
    }

    Weight wOut() {
      return mlp.get(1);
    }

    Weight wGate() {
      return mlp.get(2);
    }
  }

  final List<Block> blocks = new ArrayList<>();
  final Weight wU;
  private final List<Weight> all = new ArrayList<>();

  Packed(ModelSpec s, Layout layout, int panel) {
    int d = s.dModel();
    for (int l = 0; l < s.nLayers(); l++) {
      String b = "blocks." + l + ".";
      int q = s.nHeads() * s.dHead();
      int kv = s.nKvHeads() * s.dHead();
      List<Weight> mlp = new ArrayList<>();
      if (s.hasMlp()) {
        mlp.add(weight(layout, b + "mlp.W_in", d, s.dMlp(), panel));
        mlp.add(weight(layout, b + "mlp.W_out", s.dMlp(), d, panel));
        if (s.activation().gated()) {
          mlp.add(weight(layout, b + "mlp.W_gate", d, s.dMlp(), panel));
        }
      }
      blocks.add(
          new Block(
              weight(layout, b + "attn.W_Q", d, q, panel),
              weight(layout, b + "attn.W_K", d, kv, panel),
              weight(layout, b + "attn.W_V", d, kv, panel),
              weight(layout, b + "attn.W_O", q, d, panel),
              mlp));
    }
    Parameter u = layout.all().getLast();
    if (s.tied()) {
      wU = new Weight(layout.get("embed.W_E"), s.dVocab(), d, true, panel);
    } else {
      if (u.role() != Role.W_U) {
        throw new IllegalStateException("the unembedding is not the last parameter");
      }
      wU = new Weight(u, d, s.dVocab(), false, panel);
    }
    all.add(wU);
  }

  private Weight weight(Layout layout, String name, int rows, int columns, int panel) {
    Weight w = new Weight(layout.get(name), rows, columns, false, panel);
    all.add(w);
    return w;
  }

  void pack(float[] arena, boolean withBackward, Workers workers) {
    workers.run(all.size(), (task, worker) -> all.get(task).pack(arena, withBackward));
  }
}
