package refrain.pretrained;

import java.util.List;
import java.util.function.IntUnaryOperator;
import refrain.base.RefrainException;
import refrain.model.Activation;
import refrain.model.Biases;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.pretrained.gguf.GgufFile;
import refrain.pretrained.weights.StoredTensors;

/**
 * GPT-NeoX and with it Pythia ({@code modeling_gpt_neox.py}): rotary positions on the first part of
 * each head, attention and MLP side by side. Queries, keys and values are one matrix [3 d_model,
 * d_model] in which each head has its three in turn; in a GGUF file all queries come first. The
 * vocabulary may be padded: what its last tokens mean, no tokenizer says.
 */
final class GptNeoXFamily {
  private final Mapping map;
  private final ModelSpec spec;

  private GptNeoXFamily(StoredTensors tensors, ModelSpec spec) {
    this.map = new Mapping(tensors);
    this.spec = spec;
  }

  static Described of(Settings config, StoredTensors tensors) {
    int d = config.size("hidden_size");
    ModelSpec plain =
        Tables.layerNormed(
            config, d, config.size("num_hidden_layers"), config.size("num_attention_heads"));
    Settings rope = config.inside("rope_parameters");
    double share = config.real("rotary_pct", 0.25);
    int turning =
        turning(
            config,
            plain.dHead(),
            rope == null ? share : rope.real("partial_rotary_factor", share));
    ModelSpec spec =
        plain.with(
            m -> m.nCtx = config.size("max_position_embeddings"),
            m -> m.dMlp = config.size("intermediate_size"),
            m -> m.activation = config.activation("hidden_act", "gelu"),
            m -> m.dVocab = config.size("vocab_size"),
            m -> m.normEps = config.real("layer_norm_eps", 1e-5),
            m -> m.positions = RotaryScaling.of(config, turning, base(config)),
            m -> m.biases = Biases.ALL,
            m -> m.parallelResidual = config.flag("use_parallel_residual", true),
            m -> m.tied = config.flag("tie_word_embeddings", false));
    GptNeoXFamily family = new GptNeoXFamily(tensors, spec);
    String prefix = tensors.names().contains("gpt_neox.embed_in.weight") ? "gpt_neox." : "";
    family.hugging(prefix, config.flag("attention_bias", true));
    return new Described("GPT-NeoX", spec, family.map, List.of());
  }

  private static String base(Settings config) {
    return config.has("rotary_emb_base") ? "rotary_emb_base" : "rope_theta";
  }

  private static int turning(Settings config, int dHead, double share) {
    int turning = (int) (dHead * share);
    if (turning < 2 || turning % 2 != 0 || turning > dHead) {
      throw RefrainException.badFile(
          "%s: %s of a head's %s features turn, expected an even number of them",
          config.where(), turning, dHead);
    }
    return turning;
  }

  static Described of(GgufFile file) {
    Settings keys = Settings.of(file, "gptneox");
    int d = keys.size("embedding_length");
    int[] embedding = Tables.embedding(file, "token_embd.weight", d);
    ModelSpec plain =
        Tables.layerNormed(keys, d, keys.size("block_count"), keys.size("attention.head_count"));
    int turning = keys.size("rope.dimension_count", plain.dHead());
    turning(keys, plain.dHead(), (double) turning / plain.dHead());
    ModelSpec spec =
        plain.with(
            m -> m.nCtx = keys.size("context_length"),
            m -> m.dMlp = keys.size("feed_forward_length"),
            m -> m.activation = Activation.GELU,
            m -> m.dVocab = embedding[0],
            m -> m.normEps = keys.real("attention.layer_norm_epsilon", 1e-5),
            m -> m.positions = new Positions.Rotary(keys.real("rope.freq_base", 10_000), turning),
            m -> m.biases = Biases.ALL,
            m -> m.parallelResidual = keys.flag("use_parallel_residual", true),
            m -> m.tied = !file.names().contains("output.weight"));
    GptNeoXFamily family = new GptNeoXFamily(file, spec);
    family.gguf();
    return new Described("GPT-NeoX", spec, family.map, List.of());
  }

  private void hugging(String prefix, boolean biases) {
    int d = spec.dModel();
    map.rows("embed.W_E", prefix + "embed_in.weight", spec.dVocab(), d);
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = prefix + "layers." + l + ".";
      String ours = "blocks." + l + ".";
      map.layerNorm(ours + "ln1", theirs + "input_layernorm", d);
      map.layerNorm(ours + "ln2", theirs + "post_attention_layernorm", d);
      qkv(l, theirs + "attention.query_key_value", true, biases);
      map.turned(ours + "attn.W_O", theirs + "attention.dense.weight", d, d);
      if (biases) {
        map.vector(ours + "attn.b_O", theirs + "attention.dense.bias", d);
      } else {
        map.constant(ours + "attn.b_O", 0);
      }
      String in = theirs + "mlp.dense_h_to_4h.";
      String out = theirs + "mlp.dense_4h_to_h.";
      map.turned(ours + "mlp.W_in", in + "weight", spec.dMlp(), d);
      map.vector(ours + "mlp.b_in", in + "bias", spec.dMlp());
      map.turned(ours + "mlp.W_out", out + "weight", d, spec.dMlp());
      map.vector(ours + "mlp.b_out", out + "bias", d);
      map.ignore(theirs + "attention.bias");
      map.ignore(theirs + "attention.masked_bias");
      map.ignore(theirs + "attention.rotary_emb.inv_freq");
    }
    map.layerNorm("ln_final", prefix + "final_layer_norm", d);
    // Versions of the library have called it by either name.
    String unembedding = map.has("embed_out.weight") ? "embed_out.weight" : "lm_head.weight";
    Tables.unembedding(map, spec, unembedding);
  }

  private void gguf() {
    map.rows("embed.W_E", "token_embd.weight", spec.dVocab(), spec.dModel());
    for (int l = 0; l < spec.nLayers(); l++) {
      qkv(l, "blk." + l + ".attn_qkv", false, true);
      Tables.ggufBlock(map, spec, l);
    }
    map.layerNorm("ln_final", "output_norm", spec.dModel());
    Tables.unembedding(map, spec, "output.weight");
  }

  private void qkv(int l, String theirs, boolean byHead, boolean biases) {
    int d = spec.dModel();
    int dHead = spec.dHead();
    for (int i = 0; i < 3; i++) {
      int which = i;
      IntUnaryOperator row =
          byHead ? c -> (c / dHead * 3 + which) * dHead + c % dHead : c -> which * d + c;
      String letter = "QKV".substring(i, i + 1);
      String ours = "blocks." + l + ".attn.";
      map.turned(ours + "W_" + letter, theirs + ".weight", 3 * d, d, row, 1);
      if (biases) {
        map.elements(ours + "b_" + letter, theirs + ".bias", 3 * d, row, 1);
      } else {
        map.constant(ours + "b_" + letter, 0);
      }
    }
  }
}
