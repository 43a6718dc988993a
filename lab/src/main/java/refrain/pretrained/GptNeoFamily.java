package refrain.pretrained;

import java.util.ArrayList;
import java.util.List;
import refrain.base.RefrainException;
import refrain.model.Biases;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.pretrained.weights.StoredTensors;
import tools.jackson.databind.JsonNode;

/**
 * GPT-Neo and with it TinyStories ({@code modeling_gpt_neo.py}): learned positions, every other
 * layer sees a window of 256, and scores are not divided by the square root of d_head, which W_Q
 * makes good here.
 */
final class GptNeoFamily {
  private GptNeoFamily() {}

  static Described of(Settings config, StoredTensors tensors) {
    int d = config.size("hidden_size");
    int layers = config.size("num_layers");
    ModelSpec spec =
        Tables.layerNormed(config, d, layers, config.size("num_heads"))
            .with(
                m -> m.nCtx = config.size("max_position_embeddings"),
                m -> m.dMlp = config.size("intermediate_size", 4 * d),
                m -> m.activation = config.activation("activation_function", "gelu_new"),
                m -> m.dVocab = config.size("vocab_size"),
                m -> m.normEps = config.real("layer_norm_epsilon", 1e-5),
                m -> m.positions = new Positions.Learned(0.02),
                m -> m.biases = Biases.ALL,
                m -> m.windows = windows(config, layers),
                m -> m.tied = config.flag("tie_word_embeddings", true));
    Mapping map = new Mapping(tensors);
    String prefix = tensors.names().contains("transformer.wte.weight") ? "transformer." : "";
    map.rows("embed.W_E", prefix + "wte.weight", spec.dVocab(), d);
    map.rows("pos_embed.W_pos", prefix + "wpe.weight", spec.nCtx(), d);
    for (int l = 0; l < layers; l++) {
      block(map, spec, prefix, l);
    }
    map.layerNorm("ln_final", prefix + "ln_f", d);
    Tables.unembedding(map, spec, "lm_head.weight");
    return new Described(
        "GPT-Neo",
        spec,
        map,
        List.of(
            "W_Q is multiplied by the square root of d_head, by which its scores are not divided."));
  }

  /** Its layers in {@code attention_types}, groups of kinds with how often each is repeated. */
  private static List<Integer> windows(Settings config, int layers) {
    int window = config.size("window_size", 256);
    List<Integer> windows = new ArrayList<>();
    for (JsonNode group : config.list("attention_types")) {
      int times = group.path(1).asInt(-1);
      for (int i = 0; i < times && windows.size() < layers; i++) {
        for (JsonNode kind : group.path(0)) {
          windows.add(
              switch (kind.asString("")) {
                case "global" -> 0;
                case "local" -> window;
                default ->
                    throw RefrainException.badFile(
                        "%s: attention_types has %s, expected global or local",
                        config.where(), kind);
              });
        }
      }
    }
    if (windows.size() != layers) {
      throw RefrainException.badFile(
          "%s: attention_types are of %s layers, expected %s",
          config.where(), windows.size(), layers);
    }
    return windows;
  }

  private static void block(Mapping map, ModelSpec spec, String prefix, int l) {
    String theirs = prefix + "h." + l + ".";
    String ours = "blocks." + l + ".";
    String attention = theirs + "attn.attention.";
    int d = spec.dModel();
    map.layerNorm(ours + "ln1", theirs + "ln_1", d);
    map.layerNorm(ours + "ln2", theirs + "ln_2", d);
    map.turned(
        ours + "attn.W_Q", attention + "q_proj.weight", d, d, c -> c, Math.sqrt(spec.dHead()));
    map.turned(ours + "attn.W_K", attention + "k_proj.weight", d, d);
    map.turned(ours + "attn.W_V", attention + "v_proj.weight", d, d);
    map.constant(ours + "attn.b_Q", 0);
    map.constant(ours + "attn.b_K", 0);
    map.constant(ours + "attn.b_V", 0);
    map.turned(ours + "attn.W_O", attention + "out_proj.weight", d, d);
    map.vector(ours + "attn.b_O", attention + "out_proj.bias", d);
    map.turned(ours + "mlp.W_in", theirs + "mlp.c_fc.weight", spec.dMlp(), d);
    map.vector(ours + "mlp.b_in", theirs + "mlp.c_fc.bias", spec.dMlp());
    map.turned(ours + "mlp.W_out", theirs + "mlp.c_proj.weight", d, spec.dMlp());
    map.vector(ours + "mlp.b_out", theirs + "mlp.c_proj.bias", d);
    map.ignore(attention + "bias");
    map.ignore(attention + "masked_bias");
  }
}
