package refrain.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Positions;
import refrain.store.Json;
import refrain.store.NamedTensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * Llama ({@code transformers}, {@code modeling_llama.py}): rotary positions on whole heads, RMS
 * norm, SwiGLU, heads that may share keys. Matrices are [out, in].
 */
record Llama() implements Architecture {
  @Override
  public String title() {
    return "Llama";
  }

  @Override
  public String type() {
    return "llama";
  }

  @Override
  public String className() {
    return "LlamaForCausalLM";
  }

  @Override
  public List<String> lacks(ModelSpec spec) {
    boolean rotary = spec.positions() instanceof Positions.Rotary;
    boolean gated = spec.activation().gated();
    return Architecture.all(
        Architecture.lackedByAll(spec),
        Architecture.lackedByRotary(spec),
        Architecture.named(
            rotary && spec.rotaryDims() != spec.dHead(), "rotary positions on a part of a head"),
        Architecture.named(
            spec.dModel() % spec.nHeads() != 0,
            "%s heads beside d_model = %s".formatted(spec.nHeads(), spec.dModel())),
        Architecture.named(spec.norm() == Norm.LAYER, "layer norm"),
        Architecture.named(
            spec.hasMlp() && !gated,
            "MLP with %s alone".formatted(spec.activation().name().toLowerCase(Locale.ROOT))),
        Architecture.named(spec.hasMlp() && spec.parallelResidual(), "parallel residual"));
  }

  @Override
  public ObjectNode config(ModelSpec spec) {
    ObjectNode config =
        Json.object()
            .put("vocab_size", spec.dVocab())
            .put("max_position_embeddings", spec.nCtx())
            .put("hidden_size", spec.dModel())
            .put("num_hidden_layers", spec.nLayers())
            .put("num_attention_heads", spec.nHeads())
            .put("num_key_value_heads", spec.nKvHeads())
            .put("head_dim", spec.dHead())
            .put("intermediate_size", Architecture.mlp(spec))
            .put("hidden_act", "silu")
            .put("rms_norm_eps", spec.normEps())
            .put("attention_bias", spec.biases().onQkv())
            .put("mlp_bias", spec.biases().onMlp())
            .put("attention_dropout", 0.0);
    Architecture.rotary(config, (Positions.Rotary) spec.positions(), 1);
    return config;
  }

  @Override
  public List<NamedTensor> tensors(ModelSpec spec, Weights w) {
    int d = spec.dModel();
    int mlp = Architecture.mlp(spec);
    int queries = spec.nHeads() * spec.dHead();
    int keys = spec.nKvHeads() * spec.dHead();
    List<NamedTensor> all = new ArrayList<>();
    all.add(Architecture.tensor("model.embed_tokens.weight", w.get("embed.W_E"), spec.dVocab(), d));
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = "model.layers." + l + ".";
      String ours = "blocks." + l + ".";
      String attention = theirs + "self_attn.";
      all.add(Architecture.tensor(theirs + "input_layernorm.weight", w.get(ours + "ln1.w"), d));
      all.add(
          Architecture.tensor(
              theirs + "post_attention_layernorm.weight", w.orOnes(ours + "ln2.w", d), d));
      all.add(
          Architecture.tensor(attention + "q_proj.weight", w.rows(ours + "attn.W_Q"), queries, d));
      all.add(Architecture.tensor(attention + "k_proj.weight", w.rows(ours + "attn.W_K"), keys, d));
      all.add(Architecture.tensor(attention + "v_proj.weight", w.rows(ours + "attn.W_V"), keys, d));
      all.add(
          Architecture.tensor(
              attention + "o_proj.weight", w.turned(ours + "attn.W_O", queries, d), d, queries));
      if (spec.biases().onQkv()) {
        all.add(Architecture.tensor(attention + "q_proj.bias", w.get(ours + "attn.b_Q"), queries));
        all.add(Architecture.tensor(attention + "k_proj.bias", w.get(ours + "attn.b_K"), keys));
        all.add(Architecture.tensor(attention + "v_proj.bias", w.get(ours + "attn.b_V"), keys));
        all.add(Architecture.tensor(attention + "o_proj.bias", w.orZeros(ours + "attn.b_O", d), d));
      }
      String in = theirs + "mlp.";
      all.add(
          Architecture.tensor(
              in + "gate_proj.weight", w.turned(ours + "mlp.W_gate", d, mlp), mlp, d));
      all.add(
          Architecture.tensor(in + "up_proj.weight", w.turned(ours + "mlp.W_in", d, mlp), mlp, d));
      all.add(
          Architecture.tensor(
              in + "down_proj.weight", w.turned(ours + "mlp.W_out", mlp, d), d, mlp));
      if (spec.biases().onMlp()) {
        all.add(Architecture.tensor(in + "gate_proj.bias", new float[mlp], mlp));
        all.add(Architecture.tensor(in + "up_proj.bias", w.orZeros(ours + "mlp.b_in", mlp), mlp));
        all.add(Architecture.tensor(in + "down_proj.bias", w.orZeros(ours + "mlp.b_out", d), d));
      }
    }
    all.add(Architecture.tensor("model.norm.weight", w.get("ln_final.w"), d));
    Architecture.unembedding(all, spec, w, "lm_head.weight");
    return all;
  }
}
