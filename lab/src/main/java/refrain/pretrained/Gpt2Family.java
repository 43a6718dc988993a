package refrain.pretrained;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.model.Activation;
import refrain.model.Biases;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.pretrained.gguf.GgufFile;
import refrain.pretrained.weights.StoredTensors;

/**
 * GPT-2 ({@code modeling_gpt2.py}): learned positions, layer norm, biases everywhere. Its matrices
 * multiply from the right, [in, out]; queries, keys and values are one matrix, side by side. A GGUF
 * file has them transposed.
 */
final class Gpt2Family {
  private final Mapping map;
  private final ModelSpec spec;
  private final List<String> notes = new ArrayList<>();

  /** By what a layer's queries are multiplied, which our scores do not have. */
  private final double[] queryScale;

  private Gpt2Family(StoredTensors tensors, ModelSpec spec) {
    this.map = new Mapping(tensors);
    this.spec = spec;
    this.queryScale = new double[spec.nLayers()];
    Arrays.fill(queryScale, 1);
  }

  static Described of(Settings config, StoredTensors tensors) {
    config.refuse("add_cross_attention", "attention to another text");
    int d = config.size("n_embd");
    ModelSpec spec =
        spec(config, d, config.size("n_layer"), config.size("n_head"))
            .with(
                m -> m.nCtx = config.size("n_positions", config.size("n_ctx", 1024)),
                m -> m.dMlp = config.size("n_inner", 4 * d),
                m -> m.activation = config.activation("activation_function", "gelu_new"),
                m -> m.dVocab = config.size("vocab_size"),
                m -> m.normEps = config.real("layer_norm_epsilon", 1e-5),
                m -> m.tied = config.flag("tie_word_embeddings", true));
    Gpt2Family family = new Gpt2Family(tensors, spec);
    family.scales(config);
    String prefix = tensors.names().contains("transformer.wte.weight") ? "transformer." : "";
    family.hugging(prefix);
    return new Described("GPT-2", spec, family.map, family.notes);
  }

  static Described of(GgufFile file) {
    Settings keys = Settings.of(file, "gpt2");
    int d = keys.size("embedding_length");
    int[] embedding = Tables.embedding(file, "token_embd.weight", d);
    ModelSpec spec =
        spec(keys, d, keys.size("block_count"), keys.size("attention.head_count"))
            .with(
                m -> m.nCtx = keys.size("context_length"),
                m -> m.dMlp = keys.size("feed_forward_length", 4 * d),
                m -> m.activation = Activation.GELU_TANH,
                m -> m.dVocab = embedding[0],
                m -> m.normEps = keys.real("attention.layer_norm_epsilon", 1e-5),
                m -> m.tied = !file.names().contains("output.weight"));
    Gpt2Family family = new Gpt2Family(file, spec);
    family.gguf();
    return new Described("GPT-2", spec, family.map, family.notes);
  }

  private static ModelSpec spec(Settings from, int d, int layers, int heads) {
    return Tables.layerNormed(from, d, layers, heads)
        .with(m -> m.positions = new Positions.Learned(0.02), m -> m.biases = Biases.ALL);
  }

  private void scales(Settings config) {
    boolean unscaled = !config.flag("scale_attn_weights", true);
    boolean byLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
    for (int l = 0; l < queryScale.length; l++) {
      queryScale[l] = (unscaled ? Math.sqrt(spec.dHead()) : 1) / (byLayer ? l + 1 : 1);
    }
    if (unscaled || byLayer) {
      notes.add("W_Q and b_Q hold the factors of its scores that ours do not have.");
    }
  }

  private void hugging(String prefix) {
    int d = spec.dModel();
    map.rows("embed.W_E", prefix + "wte.weight", spec.dVocab(), d);
    map.rows("pos_embed.W_pos", prefix + "wpe.weight", spec.nCtx(), d);
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = prefix + "h." + l + ".";
      String ours = "blocks." + l + ".";
      map.layerNorm(ours + "ln1", theirs + "ln_1", d);
      map.layerNorm(ours + "ln2", theirs + "ln_2", d);
      qkv(l, theirs + "attn.c_attn", false);
      map.rows(ours + "attn.W_O", theirs + "attn.c_proj.weight", d, d);
      map.vector(ours + "attn.b_O", theirs + "attn.c_proj.bias", d);
      map.rows(ours + "mlp.W_in", theirs + "mlp.c_fc.weight", d, spec.dMlp());
      map.vector(ours + "mlp.b_in", theirs + "mlp.c_fc.bias", spec.dMlp());
      map.rows(ours + "mlp.W_out", theirs + "mlp.c_proj.weight", spec.dMlp(), d);
      map.vector(ours + "mlp.b_out", theirs + "mlp.c_proj.bias", d);
      map.ignore(theirs + "attn.bias");
      map.ignore(theirs + "attn.masked_bias");
    }
    map.layerNorm("ln_final", prefix + "ln_f", d);
    Tables.unembedding(map, spec, "lm_head.weight");
  }

  private void gguf() {
    int d = spec.dModel();
    map.rows("embed.W_E", "token_embd.weight", spec.dVocab(), d);
    map.rows("pos_embed.W_pos", "position_embd.weight", spec.nCtx(), d);
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = "blk." + l + ".";
      qkv(l, theirs + "attn_qkv", true);
      Tables.ggufBlock(map, spec, l);
    }
    map.layerNorm("ln_final", "output_norm", d);
    Tables.unembedding(map, spec, "output.weight");
  }

  /** Queries, keys and values one beside the other, or one below the other where it is turned. */
  private void qkv(int l, String theirs, boolean turned) {
    int d = spec.dModel();
    for (int i = 0; i < 3; i++) {
      String letter = "QKV".substring(i, i + 1);
      String ours = "blocks." + l + ".attn.";
      double scale = i == 0 ? queryScale[l] : 1;
      int from = i * d;
      if (turned) {
        map.turned(ours + "W_" + letter, theirs + ".weight", 3 * d, d, c -> from + c, scale);
      } else {
        map.part(ours + "W_" + letter, theirs + ".weight", from, d, 3 * d, scale);
      }
      map.elements(ours + "b_" + letter, theirs + ".bias", 3 * d, e -> from + e, scale);
    }
  }
}
