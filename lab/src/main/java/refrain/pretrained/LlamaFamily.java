package refrain.pretrained;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import refrain.base.RefrainException;
import refrain.model.Activation;
import refrain.model.Biases;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Positions;
import refrain.pretrained.gguf.GgufFile;
import refrain.pretrained.weights.StoredTensors;
import tools.jackson.databind.JsonNode;

/**
 * Llama, Mistral and Qwen2 ({@code modeling_llama.py} and its neighbours): grouped key heads,
 * rotary positions on whole heads, RMS norm, SwiGLU. Qwen2 has biases on queries, keys and values;
 * Mistral may see a window.
 *
 * <p>A GGUF file of Llama's architecture holds the rows of queries and keys in another order: the
 * two features that turn together lie side by side, where they lie half a head apart here. Files of
 * other architectures do not.
 */
final class LlamaFamily {
  private final Mapping map;
  private final ModelSpec spec;

  private LlamaFamily(StoredTensors tensors, ModelSpec spec) {
    this.map = new Mapping(tensors);
    this.spec = spec;
  }

  /**
   * @param type the library's {@code model_type}: llama, mistral or qwen2
   */
  static Described of(String type, Settings config, StoredTensors tensors) {
    int d = config.size("hidden_size");
    int layers = config.size("num_hidden_layers");
    int heads = config.size("num_attention_heads");
    int dHead = config.size("head_dim", Math.max(1, d / heads));
    String activation = config.text("hidden_act", "silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw RefrainException.badFile(
          "%s: hidden_act is '%s', which is not done here; expected silu",
          config.where(), activation);
    }
    boolean onOutput = type.equals("llama") && config.flag("attention_bias", false);
    boolean onMlp = type.equals("llama") && config.flag("mlp_bias", false);
    ModelSpec spec =
        spec(d, layers, heads, dHead)
            .with(
                m -> m.nKvHeads = keyHeads(config, heads),
                m -> m.nCtx = config.size("max_position_embeddings"),
                m -> m.dMlp = config.size("intermediate_size"),
                m -> m.dVocab = config.size("vocab_size"),
                m -> m.normEps = config.real("rms_norm_eps", 1e-6),
                m -> m.positions = RotaryScaling.of(config, even(config, dHead), "rope_theta"),
                m -> m.biases = biases(type, onOutput, onMlp),
                m -> m.windows = windows(type, config, layers),
                m -> m.tied = config.flag("tie_word_embeddings", false));
    LlamaFamily family = new LlamaFamily(tensors, spec);
    family.hugging(onOutput, onMlp);
    return new Described(title(type), spec, family.map, List.of());
  }

  private static String title(String type) {
    return switch (type) {
      case "mistral" -> "Mistral";
      case "qwen2" -> "Qwen2";
      default -> "Llama";
    };
  }

  private static ModelSpec spec(int d, int layers, int heads, int dHead) {
    return ModelSpec.attentionOnly(layers, d, heads, 1, 1)
        .with(
            m -> m.dHead = dHead,
            m -> m.activation = Activation.SWIGLU,
            m -> m.norm = Norm.RMS,
            m -> m.finalNorm = true);
  }

  private static int even(Settings config, int dHead) {
    if (dHead % 2 != 0) {
      throw RefrainException.badFile(
          "%s: heads have %s features, expected an even number, which turn in pairs",
          config.where(), dHead);
    }
    return dHead;
  }

  private static int keyHeads(Settings config, int heads) {
    int keys = config.size("num_key_value_heads", heads);
    return divides(config, keys, heads);
  }

  private static int divides(Settings config, int keys, int heads) {
    if (heads % keys != 0) {
      throw RefrainException.badFile(
          "%s: %s heads share %s key heads, expected a divisor", config.where(), heads, keys);
    }
    return keys;
  }

  /** Where some maps have biases, others may get zeros. */
  private static Biases biases(String type, boolean onOutput, boolean onMlp) {
    if (type.equals("qwen2")) {
      return Biases.QKV;
    }
    return onOutput ? Biases.ALL : onMlp ? Biases.MLP : Biases.NONE;
  }

  private static List<Integer> windows(String type, Settings config, int layers) {
    boolean may = type.equals("mistral") || config.flag("use_sliding_window", false);
    Integer said = config.sizeOrNull("sliding_window");
    Integer window = !may ? null : config.names("sliding_window") ? said : Integer.valueOf(4096);
    if (window == null) {
      return List.of();
    }
    if (type.equals("mistral")) {
      return List.of(window);
    }
    int from = config.size("max_window_layers", 28);
    List<JsonNode> kinds = config.list("layer_types");
    List<Integer> windows = new ArrayList<>();
    for (int l = 0; l < Math.min(layers, 1 << 16); l++) {
      boolean slides =
          l < kinds.size() ? kinds.get(l).asString("").equals("sliding_attention") : l >= from;
      windows.add(slides ? window : 0);
    }
    return windows;
  }

  private void hugging(boolean biasOnOutput, boolean biasOnMlp) {
    int d = spec.dModel();
    String prefix = map.has("model.embed_tokens.weight") ? "model." : "";
    map.rows("embed.W_E", prefix + "embed_tokens.weight", spec.dVocab(), d);
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = prefix + "layers." + l + ".";
      String ours = "blocks." + l + ".";
      String attention = theirs + "self_attn.";
      map.vector(ours + "ln1.w", theirs + "input_layernorm.weight", d);
      map.vector(ours + "ln2.w", theirs + "post_attention_layernorm.weight", d);
      projection(l, "Q", attention + "q_proj", spec.nHeads(), c -> c);
      projection(l, "K", attention + "k_proj", spec.nKvHeads(), c -> c);
      projection(l, "V", attention + "v_proj", spec.nKvHeads(), c -> c);
      output(l, attention + "o_proj", biasOnOutput);
      mlp(l, theirs + "mlp.gate_proj", theirs + "mlp.up_proj", theirs + "mlp.down_proj", biasOnMlp);
      map.ignore(attention + "rotary_emb.inv_freq");
    }
    map.vector("ln_final.w", prefix + "norm.weight", d);
    Tables.unembedding(map, spec, "lm_head.weight");
  }

  private void projection(int l, String letter, String theirs, int heads, IntUnaryOperator row) {
    int out = heads * spec.dHead();
    String ours = "blocks." + l + ".attn.";
    map.turned(ours + "W_" + letter, theirs + ".weight", out, spec.dModel(), row, 1);
    if (spec.biases().onQkv()) {
      map.elements(ours + "b_" + letter, theirs + ".bias", out, row, 1);
    }
  }

  private void output(int l, String theirs, boolean bias) {
    String ours = "blocks." + l + ".attn.";
    int d = spec.dModel();
    map.turned(ours + "W_O", theirs + ".weight", d, spec.nHeads() * spec.dHead());
    if (bias) {
      map.vector(ours + "b_O", theirs + ".bias", d);
    } else if (spec.biases().onAttentionOutput()) {
      map.constant(ours + "b_O", 0);
    }
  }

  private void mlp(int l, String gate, String up, String down, boolean bias) {
    String ours = "blocks." + l + ".mlp.";
    int d = spec.dModel();
    int mlp = spec.dMlp();
    map.turned(ours + "W_gate", gate + ".weight", mlp, d);
    map.turned(ours + "W_in", up + ".weight", mlp, d);
    map.turned(ours + "W_out", down + ".weight", d, mlp);
    if (bias) {
      map.zeros(gate + ".bias", mlp, "a bias of the gate");
      map.vector(ours + "b_in", up + ".bias", mlp);
      map.vector(ours + "b_out", down + ".bias", d);
    } else if (spec.biases().onMlp()) {
      map.constant(ours + "b_in", 0);
      map.constant(ours + "b_out", 0);
    }
  }

  /**
   * @param type the file's architecture: llama or qwen2
   */
  static Described of(String type, GgufFile file) {
    Settings keys = Settings.of(file, type);
    keys.refuse("expert_count", "a mixture of experts");
    int d = keys.size("embedding_length");
    int layers = keys.size("block_count");
    int heads = keys.size("attention.head_count");
    int dHead = keys.size("attention.key_length", Math.max(1, d / heads));
    if (keys.size("attention.value_length", dHead) != dHead) {
      throw RefrainException.badFile(
          "%s: values are not as wide as keys, which is not done here", keys.where());
    }
    int turning = keys.size("rope.dimension_count", dHead);
    if (turning != dHead || dHead % 2 != 0) {
      throw RefrainException.badFile(
          "%s: %s of a head's %s features turn, expected all, an even number",
          keys.where(), turning, dHead);
    }
    Integer window = keys.sizeOrNull("attention.sliding_window");
    int[] embedding = Tables.embedding(file, "token_embd.weight", d);
    boolean bias = file.names().contains("blk.0.attn_q.bias");
    boolean onOutput = file.names().contains("blk.0.attn_output.bias");
    ModelSpec spec =
        spec(d, layers, heads, dHead)
            .with(
                m -> m.nKvHeads = divides(keys, keys.size("attention.head_count_kv", heads), heads),
                m -> m.nCtx = keys.size("context_length"),
                m -> m.dMlp = keys.size("feed_forward_length"),
                m -> m.dVocab = embedding[0],
                m -> m.normEps = keys.real("attention.layer_norm_rms_epsilon"),
                m -> m.positions = positions(file, keys, dHead),
                m -> m.biases = onOutput ? Biases.ALL : bias ? Biases.QKV : Biases.NONE,
                m -> m.windows = window == null ? List.of() : List.of(window),
                m -> m.tied = !file.names().contains("output.weight"));
    LlamaFamily family = new LlamaFamily(file, spec);
    family.gguf(type.equals("llama"), onOutput);
    return new Described(title(type), spec, family.map, List.of());
  }

  private static Positions.Rotary positions(GgufFile file, Settings keys, int dHead) {
    double base = keys.real("rope.freq_base", 10_000);
    String scaling = keys.text("rope.scaling.type", "none");
    if (!Set.of("none", "linear").contains(scaling)) {
      throw RefrainException.badFile(
          "%s: rotary scaling '%s' is not done here; expected linear, or Llama 3's factors",
          keys.where(), scaling);
    }
    double factor = scaling.equals("linear") ? keys.real("rope.scaling.factor") : 1;
    if (!file.names().contains("rope_freqs.weight")) {
      return new Positions.Rotary(base, dHead, RotaryScaling.linear(factor, dHead));
    }
    float[] factors = new float[dHead / 2];
    if (factor != 1 || !Arrays.equals(file.shape("rope_freqs.weight"), new int[] {dHead / 2})) {
      throw RefrainException.badFile(
          "%s: rope_freqs.weight has shape %s beside a factor of %s, expected [%s] and 1",
          file.where(), Arrays.toString(file.shape("rope_freqs.weight")), factor, dHead / 2);
    }
    file.rows("rope_freqs.weight", 0, 1, factors, 0);
    List<Double> divisors = new ArrayList<>();
    for (float each : factors) {
      divisors.add((double) each);
    }
    return new Positions.Rotary(base, dHead, divisors);
  }

  private void gguf(boolean sideBySide, boolean biasOnOutput) {
    int d = spec.dModel();
    int dHead = spec.dHead();
    IntUnaryOperator paired =
        sideBySide
            ? c -> c - c % dHead + c % dHead % (dHead / 2) * 2 + c % dHead / (dHead / 2)
            : c -> c;
    map.rows("embed.W_E", "token_embd.weight", spec.dVocab(), d);
    map.ignore("rope_freqs.weight");
    for (int l = 0; l < spec.nLayers(); l++) {
      String theirs = "blk." + l + ".";
      String ours = "blocks." + l + ".";
      map.vector(ours + "ln1.w", theirs + "attn_norm.weight", d);
      map.vector(ours + "ln2.w", theirs + "ffn_norm.weight", d);
      projection(l, "Q", theirs + "attn_q", spec.nHeads(), paired);
      projection(l, "K", theirs + "attn_k", spec.nKvHeads(), paired);
      projection(l, "V", theirs + "attn_v", spec.nKvHeads(), c -> c);
      output(l, theirs + "attn_output", biasOnOutput);
      mlp(l, theirs + "ffn_gate", theirs + "ffn_up", theirs + "ffn_down", false);
    }
    map.vector("ln_final.w", "output_norm.weight", d);
    Tables.unembedding(map, spec, "output.weight");
  }
}
