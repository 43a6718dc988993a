package refrain.export;

import java.util.ArrayList;
import java.util.List;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.store.Json;
import refrain.store.NamedTensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * GPT-2 ({@code transformers}, {@code modeling_gpt2.py}): positions in the stream, layer norm, an
 * MLP after attention. Its matrices multiply from the right, [in, out]; queries, keys and values
 * are one matrix, side by side. Sinusoidal positions are a table in float32; none is one of zeros.
 */
record Gpt2() implements Architecture {
  @Override
  public String title() {
    return "GPT-2";
  }

  @Override
  public String type() {
    return "gpt2";
  }

  @Override
  public String className() {
    return "GPT2LMHeadModel";
  }

  @Override
  public List<String> lacks(ModelSpec spec) {
    return Architecture.all(
        Architecture.lackedByAll(spec),
        Architecture.named(spec.positions() instanceof Positions.Rotary, "rotary positions"),
        Architecture.lackedByHeads(spec),
        Architecture.named(spec.hasMlp() && spec.parallelResidual(), "parallel residual"));
  }

  @Override
  public ObjectNode config(ModelSpec spec) {
    return Json.object()
        .put("vocab_size", spec.dVocab())
        .put("n_positions", spec.nCtx())
        .put("n_embd", spec.dModel())
        .put("n_layer", spec.nLayers())
        .put("n_head", spec.nHeads())
        .put("n_inner", Architecture.mlp(spec))
        .put("activation_function", Architecture.activation(spec))
        .put("layer_norm_epsilon", spec.normEps())
        .put("scale_attn_weights", true)
        .put("resid_pdrop", 0.0)
        .put("embd_pdrop", 0.0)
        .put("attn_pdrop", 0.0);
  }

  @Override
  public List<NamedTensor> tensors(ModelSpec spec, Weights w) {
    int d = spec.dModel();
    int mlp = Architecture.mlp(spec);
    List<NamedTensor> all = new ArrayList<>();
    all.add(Architecture.tensor("transformer.wte.weight", w.get("embed.W_E"), spec.dVocab(), d));
    all.add(Architecture.tensor("transformer.wpe.weight", positions(spec, w), spec.nCtx(), d));
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = "transformer.h." + l + ".";
      String ours = "blocks." + l + ".";
      Architecture.norm(all, w, theirs + "ln_1", ours + "ln1", d);
      all.add(
          Architecture.tensor(
              theirs + "attn.c_attn.weight", qkv(w, ours + "attn.W_", d), d, 3 * d));
      all.add(
          Architecture.tensor(theirs + "attn.c_attn.bias", qkvBias(w, ours + "attn.b_", d), 3 * d));
      all.add(Architecture.tensor(theirs + "attn.c_proj.weight", w.get(ours + "attn.W_O"), d, d));
      all.add(Architecture.tensor(theirs + "attn.c_proj.bias", w.orZeros(ours + "attn.b_O", d), d));
      Architecture.norm(all, w, theirs + "ln_2", ours + "ln2", d);
      all.add(
          Architecture.tensor(
              theirs + "mlp.c_fc.weight", w.orZeros(ours + "mlp.W_in", d * mlp), d, mlp));
      all.add(
          Architecture.tensor(theirs + "mlp.c_fc.bias", w.orZeros(ours + "mlp.b_in", mlp), mlp));
      all.add(
          Architecture.tensor(
              theirs + "mlp.c_proj.weight", w.orZeros(ours + "mlp.W_out", d * mlp), mlp, d));
      all.add(Architecture.tensor(theirs + "mlp.c_proj.bias", w.orZeros(ours + "mlp.b_out", d), d));
    }
    Architecture.norm(all, w, "transformer.ln_f", "ln_final", d);
    Architecture.unembedding(all, spec, w, "lm_head.weight");
    return all;
  }

  private static float[] positions(ModelSpec spec, Weights w) {
    if (spec.positions() instanceof Positions.Sinusoidal) {
      float[] table = new float[spec.nCtx() * spec.dModel()];
      for (int i = 0; i < table.length; i++) {
        table[i] =
            (float) Positions.Sinusoidal.at(i / spec.dModel(), i % spec.dModel(), spec.dModel());
      }
      return table;
    }
    return w.orZeros("pos_embed.W_pos", spec.nCtx() * spec.dModel());
  }

  /** [d_model, 3 d_model]: a row of W_Q, W_K and W_V after the other. */
  private static float[] qkv(Weights w, String name, int d) {
    float[] side = new float[3 * d * d];
    int part = 0;
    for (String one : List.of("Q", "K", "V")) {
      float[] turned = Weights.transposed(w.rows(name + one), d, d);
      for (int i = 0; i < d; i++) {
        System.arraycopy(turned, i * d, side, i * 3 * d + part * d, d);
      }
      part++;
    }
    return side;
  }

  private static float[] qkvBias(Weights w, String name, int d) {
    return Weights.joined(
        w.orZeros(name + "Q", d), w.orZeros(name + "K", d), w.orZeros(name + "V", d));
  }
}
