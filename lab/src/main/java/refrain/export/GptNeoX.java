package refrain.export;

import java.util.ArrayList;
import java.util.List;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.store.Json;
import refrain.store.NamedTensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * GPT-NeoX and Pythia ({@code transformers}, {@code modeling_gpt_neox.py}): rotary positions on the
 * first features of a head, layer norm, the MLP beside attention or after it. Matrices are [out,
 * in]; queries, keys and values are one matrix, head by head: of head 0 the queries, keys, values,
 * then of head 1.
 */
record GptNeoX() implements Architecture {
  @Override
  public String title() {
    return "GPT-NeoX";
  }

  @Override
  public String type() {
    return "gpt_neox";
  }

  @Override
  public String className() {
    return "GPTNeoXForCausalLM";
  }

  @Override
  public List<String> lacks(ModelSpec spec) {
    return Architecture.all(
        Architecture.lackedByAll(spec),
        Architecture.lackedByRotary(spec),
        Architecture.lackedByHeads(spec));
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
            .put("intermediate_size", Architecture.mlp(spec))
            .put("hidden_act", Architecture.activation(spec))
            .put("layer_norm_eps", spec.normEps())
            .put("use_parallel_residual", spec.parallelResidual())
            .put("attention_bias", true) // TransformerLens opens no other
            .put("attention_dropout", 0.0)
            .put("hidden_dropout", 0.0);
    Architecture.rotary(config, (Positions.Rotary) spec.positions(), share(spec));
    return config;
  }

  /** Of a head's features that turn: the library multiplies and rounds down. */
  private static double share(ModelSpec spec) {
    double share = (double) spec.rotaryDims() / spec.dHead();
    return (int) (spec.dHead() * share) == spec.rotaryDims()
        ? share
        : (spec.rotaryDims() + 0.5) / spec.dHead();
  }

  @Override
  public List<NamedTensor> tensors(ModelSpec spec, Weights w) {
    int d = spec.dModel();
    int mlp = Architecture.mlp(spec);
    List<NamedTensor> all = new ArrayList<>();
    all.add(Architecture.tensor("gpt_neox.embed_in.weight", w.get("embed.W_E"), spec.dVocab(), d));
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = "gpt_neox.layers." + l + ".";
      String ours = "blocks." + l + ".";
      Architecture.norm(all, w, theirs + "input_layernorm", ours + "ln1", d);
      Architecture.norm(all, w, theirs + "post_attention_layernorm", ours + "ln2", d);
      String attention = theirs + "attention.";
      float[] q = w.rows(ours + "attn.W_Q");
      float[] k = w.rows(ours + "attn.W_K");
      float[] v = w.rows(ours + "attn.W_V");
      int head = spec.dHead() * d;
      all.add(
          Architecture.tensor(
              attention + "query_key_value.weight", byHead(q, k, v, head), 3 * d, d));
      all.add(
          Architecture.tensor(attention + "dense.weight", w.turned(ours + "attn.W_O", d, d), d, d));
      float[] bias =
          byHead(
              w.orZeros(ours + "attn.b_Q", d),
              w.orZeros(ours + "attn.b_K", d),
              w.orZeros(ours + "attn.b_V", d),
              spec.dHead());
      all.add(Architecture.tensor(attention + "query_key_value.bias", bias, 3 * d));
      all.add(Architecture.tensor(attention + "dense.bias", w.orZeros(ours + "attn.b_O", d), d));
      String in = theirs + "mlp.dense_h_to_4h.";
      String out = theirs + "mlp.dense_4h_to_h.";
      all.add(Architecture.tensor(in + "weight", w.turned(ours + "mlp.W_in", d, mlp), mlp, d));
      all.add(Architecture.tensor(in + "bias", w.orZeros(ours + "mlp.b_in", mlp), mlp));
      all.add(Architecture.tensor(out + "weight", w.turned(ours + "mlp.W_out", mlp, d), d, mlp));
      all.add(Architecture.tensor(out + "bias", w.orZeros(ours + "mlp.b_out", d), d));
    }
    Architecture.norm(all, w, "gpt_neox.final_layer_norm", "ln_final", d);
    Architecture.unembedding(all, spec, w, "embed_out.weight");
    return all;
  }

  /**
   * @param head numbers that belong to one head in each of the three
   */
  private static float[] byHead(float[] q, float[] k, float[] v, int head) {
    float[] turns = new float[3 * q.length];
    for (int h = 0; h * head < q.length; h++) {
      System.arraycopy(q, h * head, turns, 3 * h * head, head);
      System.arraycopy(k, h * head, turns, (3 * h + 1) * head, head);
      System.arraycopy(v, h * head, turns, (3 * h + 2) * head, head);
    }
    return turns;
  }
}
