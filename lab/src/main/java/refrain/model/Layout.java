package refrain.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;
import refrain.model.Parameter.Role;
import refrain.tensor.Mat;

/** Where each parameter of a model lies in its arena, in a fixed order. */
public final class Layout {
  /** Each tensor starts at a multiple of this many floats: one 512-bit vector. */
  static final int ALIGN = 16;

  private final Map<String, Parameter> byName = new LinkedHashMap<>();

  /** Counted from {@link Mat#ORIGIN}, so that every tensor starts at a cache line. */
  private int length = Mat.ORIGIN;

  private Layout(ModelSpec s) {
    int d = s.dModel();
    add("embed.W_E", Role.W_E, -1, s.dVocab(), d);
    if (s.positions() instanceof Positions.Shortformer
        || s.positions() instanceof Positions.Learned) {
      add("pos_embed.W_pos", Role.W_POS, -1, s.nCtx(), d);
    }
    for (int l = 0; l < s.nLayers(); l++) {
      block(s, l);
    }
    if (s.hasFinalNorm()) {
      norm(s, "ln_final", -1);
    }
    if (!s.tied()) {
      add("unembed.W_U", Role.W_U, -1, d, s.dVocab());
    }
  }

  public static Layout of(ModelSpec spec) {
    return new Layout(spec);
  }

  private void block(ModelSpec s, int l) {
    int d = s.dModel();
    String b = "blocks." + l + ".";
    if (s.norm() != Norm.NONE) {
      norm(s, b + "ln1", l);
    }
    perHead(b + "attn.W_Q", Role.W_Q, l, s.nHeads(), d, s.dHead());
    perHead(b + "attn.W_K", Role.W_K, l, s.nKvHeads(), d, s.dHead());
    perHead(b + "attn.W_V", Role.W_V, l, s.nKvHeads(), d, s.dHead());
    add(b + "attn.W_O", Role.W_O, l, s.nHeads(), s.dHead(), d);
    if (s.biases().onQkv()) {
      add(b + "attn.b_Q", Role.B_Q, l, s.nHeads(), s.dHead());
      add(b + "attn.b_K", Role.B_K, l, s.nKvHeads(), s.dHead());
      add(b + "attn.b_V", Role.B_V, l, s.nKvHeads(), s.dHead());
    }
    if (s.biases().onAttentionOutput()) {
      add(b + "attn.b_O", Role.B_O, l, d);
    }
    if (s.smear().on(l)) {
      add(b + "attn.alpha", Role.ALPHA, l, s.nKvHeads());
    }
    if (s.hasMlp()) {
      if (s.norm() != Norm.NONE) {
        norm(s, b + "ln2", l);
      }
      add(b + "mlp.W_in", Role.W_IN, l, d, s.dMlp());
      if (s.activation().gated()) {
        add(b + "mlp.W_gate", Role.W_GATE, l, d, s.dMlp());
      }
      add(b + "mlp.W_out", Role.W_OUT, l, s.dMlp(), d);
      if (s.biases().onMlp()) {
        add(b + "mlp.b_in", Role.B_IN, l, s.dMlp());
        add(b + "mlp.b_out", Role.B_OUT, l, d);
      }
    }
  }

  private void norm(ModelSpec s, String name, int layer) {
    add(name + ".w", Role.NORM_W, layer, s.dModel());
    if (s.norm() == Norm.LAYER) {
      add(name + ".b", Role.NORM_B, layer, s.dModel());
    }
  }

  private void add(String name, Role role, int layer, int... shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    put(new Parameter(name, role, layer, shape, strides, length));
  }

  private void perHead(String name, Role role, int layer, int heads, int dModel, int dHead) {
    int[] strides = {dHead, heads * dHead, 1};
    put(new Parameter(name, role, layer, new int[] {heads, dModel, dHead}, strides, length));
  }

  private void put(Parameter p) {
    byName.put(p.name(), p);
    length += (p.size() + ALIGN - 1) / ALIGN * ALIGN;
  }

  /** Floats in the arena, padding between tensors included. */
  public int length() {
    return length;
  }

  /** Trainable numbers, padding left out. */
  public int count() {
    return byName.values().stream().mapToInt(Parameter::size).sum();
  }

  public List<Parameter> all() {
    return new ArrayList<>(byName.values());
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The parameter of that name; an unknown name is an error that lists the valid ones. */
  public Parameter get(String name) {
    Parameter p = byName.get(name);
    if (p == null) {
      throw RefrainException.badInput(
          "no parameter '"
              + name
              + "' in this model; it has "
              + String.join(", ", byName.keySet()));
    }
    return p;
  }
}
