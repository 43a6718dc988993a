package refrain.pretrained;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.base.RefrainException;
import refrain.model.Activation;
import refrain.model.Biases;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Positions;
import refrain.pretrained.weights.StoredTensors;

/**
 * A model that was trained with TransformerLens or before it, under the names that are ours too: a
 * {@code config.json} with {@code d_model}, {@code n_layers}, {@code attn_only} ... and a {@code
 * .pth}. The library itself opens those with shortformer positions no more.
 */
final class TransformerLensFolder {
  private final Mapping map;
  private final ModelSpec spec;
  private final boolean folded;

  private TransformerLensFolder(Settings config, StoredTensors tensors, ModelSpec spec) {
    this.map = new Mapping(tensors);
    this.spec = spec;
    this.folded = normalization(config).endsWith("pre");
  }

  static Described of(Settings config, StoredTensors tensors) {
    config.refuse("final_rms", "another norm at the end");
    config.refuse("use_local_attn", "local attention");
    config.refuse("parallel_attn_mlp", "attention and MLP side by side");
    config.refuse("scale_attn_by_inverse_layer_idx", "another scale of the scores");
    String act = config.text("act_fn", "");
    boolean only = config.flag("attn_only", false);
    int d = config.size("d_model");
    int heads = config.size("n_heads");
    Norm norm = norm(config);
    ModelSpec spec =
        ModelSpec.attentionOnly(
                config.size("n_layers"), d, heads, config.size("n_ctx"), config.size("d_vocab"))
            .with(
                m -> m.dHead = config.size("d_head", Math.max(1, d / heads)),
                m -> m.dMlp = only ? 0 : config.size("d_mlp", 4 * d),
                m -> m.activation = only ? Activation.GELU : activation(config, act),
                m -> m.norm = norm,
                m -> m.finalNorm = norm != Norm.NONE,
                m -> m.normEps = config.real("eps", config.real("layer_norm_eps", 1e-5)),
                m -> m.positions = positions(config),
                m -> m.biases = Biases.ALL,
                m -> m.tied = false);
    TransformerLensFolder folder = new TransformerLensFolder(config, tensors, spec);
    folder.map();
    return new Described("TransformerLens", spec, folder.map, folder.notes());
  }

  private static Activation activation(Settings config, String act) {
    config.refuse("gated_mlp", "an MLP with a gate");
    return config.activation("act_fn", act);
  }

  private static String normalization(Settings config) {
    return config
        .text("normalization_type", config.text("normalization", "none"))
        .toLowerCase(Locale.ROOT);
  }

  private static Norm norm(Settings config) {
    return switch (normalization(config)) {
      case "none" -> Norm.NONE;
      case "ln", "lnpre" -> Norm.LAYER;
      case "rms", "rmspre" -> Norm.RMS;
      default ->
          throw RefrainException.badFile(
              "%s: the norm '%s' is not done here; expected none, LN, LNPre, RMS or RMSPre",
              config.where(), normalization(config));
    };
  }

  private static Positions positions(Settings config) {
    String kind =
        config.flag("shortformer_pos", false)
            ? "shortformer"
            : config.text("positional_embedding_type", "standard");
    return switch (kind) {
      case "standard" -> new Positions.Learned(0.02);
      case "shortformer" -> new Positions.Shortformer(0.3);
      default ->
          throw RefrainException.badFile(
              "%s: positions '%s' are not done here; expected standard or shortformer",
              config.where(), kind);
    };
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (folded) {
      notes.add("Its norms were folded into the weights; they are ones here.");
    }
    return notes;
  }

  private void map() {
    int d = spec.dModel();
    map.rows("embed.W_E", "embed.W_E", spec.dVocab(), d);
    map.rows("pos_embed.W_pos", "pos_embed.W_pos", spec.nCtx(), d);
    for (int l = 0; l < spec.nLayers(); l++) {
      String block = "blocks." + l + ".";
      norm(block + "ln1");
      for (String letter : List.of("Q", "K", "V")) {
        map.heads(
            block + "attn.W_" + letter, block + "attn.W_" + letter, spec.nHeads(), d, spec.dHead());
        bias(block + "attn.b_" + letter, spec.nHeads(), spec.dHead());
      }
      map.stacked(block + "attn.W_O", block + "attn.W_O", spec.nHeads(), spec.dHead(), d);
      bias(block + "attn.b_O", d);
      if (spec.hasMlp()) {
        norm(block + "ln2");
        map.rows(block + "mlp.W_in", block + "mlp.W_in", d, spec.dMlp());
        bias(block + "mlp.b_in", spec.dMlp());
        map.rows(block + "mlp.W_out", block + "mlp.W_out", spec.dMlp(), d);
        bias(block + "mlp.b_out", d);
      }
      map.ignore(block + "attn.mask");
      map.ignore(block + "attn.IGNORE");
    }
    norm("ln_final");
    map.rows("unembed.W_U", "unembed.W_U", d, spec.dVocab());
    if (map.has("unembed.b_U")) {
      map.zeros("unembed.b_U", spec.dVocab(), "a bias of the logits");
    }
  }

  private void norm(String name) {
    if (spec.norm() == Norm.NONE) {
      return;
    }
    boolean there = map.has(name + ".w");
    if (folded && !there) {
      map.constant(name + ".w", 1);
    } else {
      map.vector(name + ".w", name + ".w", spec.dModel());
    }
    if (spec.norm() == Norm.LAYER) {
      if (folded && !map.has(name + ".b")) {
        map.constant(name + ".b", 0);
      } else {
        map.vector(name + ".b", name + ".b", spec.dModel());
      }
    }
  }

  private void bias(String name, int... shape) {
    if (map.has(name)) {
      map.vector(name, name, shape);
    } else {
      map.constant(name, 0);
    }
  }
}
