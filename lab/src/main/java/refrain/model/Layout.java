package refrain.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

  /** The same without the limit of an array. */
  private double wanted = Mat.ORIGIN;

  private Layout(ModelSpec spec) {
    int d = spec.dModel();
    add("embed.W_E", Role.W_E, -1, spec.dVocab(), d);
    if (spec.positions() instanceof Positions.Shortformer
        || spec.positions() instanceof Positions.Learned) {
      add("pos_embed.W_pos", Role.W_POS, -1, spec.nCtx(), d);
    }
    double before = wanted;
    for (int l = 0; l < spec.nLayers(); l++) {
      block(spec, l);
      if (l == 0) { // else as many blocks are listed as memory holds, before they are refused
        requireWithin(before + spec.nLayers() * (wanted - before));
      }
    }
    if (spec.hasFinalNorm()) {
      norm(spec, "ln_final", -1);
    }
    if (!spec.tied()) {
      add("unembed.W_U", Role.W_U, -1, d, spec.dVocab());
    }
    requireWithin(wanted);
  }

  public static Layout of(ModelSpec spec) {
    return new Layout(spec);
  }

  private void block(ModelSpec spec, int l) {
    int d = spec.dModel();
    String b = "blocks." + l + ".";
    if (spec.norm() != Norm.NONE) {
      norm(spec, b + "ln1", l);
    }
    perHead(b + "attn.W_Q", Role.W_Q, l, spec.nHeads(), d, spec.dHead());
    perHead(b + "attn.W_K", Role.W_K, l, spec.nKvHeads(), d, spec.dHead());
    perHead(b + "attn.W_V", Role.W_V, l, spec.nKvHeads(), d, spec.dHead());
    add(b + "attn.W_O", Role.W_O, l, spec.nHeads(), spec.dHead(), d);
    if (spec.biases().onQkv()) {
      add(b + "attn.b_Q", Role.B_Q, l, spec.nHeads(), spec.dHead());
      add(b + "attn.b_K", Role.B_K, l, spec.nKvHeads(), spec.dHead());
      add(b + "attn.b_V", Role.B_V, l, spec.nKvHeads(), spec.dHead());
    }
    if (spec.biases().onAttentionOutput()) {
      add(b + "attn.b_O", Role.B_O, l, d);
    }
    if (spec.smear().on(l)) {
      add(b + "attn.alpha", Role.ALPHA, l, spec.nKvHeads());
    }
    if (spec.hasMlp()) {
      if (spec.norm() != Norm.NONE) {
        norm(spec, b + "ln2", l);
      }
      add(b + "mlp.W_in", Role.W_IN, l, d, spec.dMlp());
      if (spec.activation().gated()) {
        add(b + "mlp.W_gate", Role.W_GATE, l, d, spec.dMlp());
      }
      add(b + "mlp.W_out", Role.W_OUT, l, spec.dMlp(), d);
      if (spec.biases().onMlp()) {
        add(b + "mlp.b_in", Role.B_IN, l, spec.dMlp());
        add(b + "mlp.b_out", Role.B_OUT, l, d);
      }
    }
  }

  private void norm(ModelSpec spec, String name, int layer) {
    add(name + ".w", Role.NORM_W, layer, spec.dModel());
    if (spec.norm() == Norm.LAYER) {
      add(name + ".b", Role.NORM_B, layer, spec.dModel());
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

  /** Every index into the arena has to fit the kernels'. */
  private static void requireWithin(double floats) {
    RefrainException.require(
        floats <= Mat.MAX_INDEX,
        "model: has at least %s parameters, expected at most %s; make nLayers, dModel, dMlp, nHeads"
            + " x dHead or dVocab smaller",
        grouped((long) floats),
        grouped(Mat.MAX_INDEX));
  }

  /** A whole number with commas. */
  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private void put(Parameter p) {
    double floats = 1;
    for (int n : p.shape()) {
      floats *= n;
    }
    wanted += floats;
    if (wanted > Mat.MAX_INDEX) {
      return; // refused when all of it is counted
    }
    byName.put(p.name(), p);
    length += (p.size() + ALIGN - 1) / ALIGN * ALIGN;
  }

  /** Floats in the arena, padding between tensors included. */
  public int length() {
    return length;
  }

  public List<Parameter> all() {
    return new ArrayList<>(byName.values());
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** Where the parameter of that name begins in the arena; -1 where the model has none. */
  int at(String name) {
    return has(name) ? get(name).offset() : -1;
  }

  /** The parameter of that name; an unknown name is an error that lists the valid ones. */
  public Parameter get(String name) {
    Parameter p = byName.get(name);
    if (p == null) {
      throw RefrainException.badInput(
          "no parameter '%s' in this model; it has %s", name, String.join(", ", byName.keySet()));
    }
    return p;
  }
}
