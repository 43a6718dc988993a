package refrain.pretrained;

import refrain.base.RefrainException;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.pretrained.gguf.GgufFile;

/** What several families share, and blocks with layer norm under GGUF's names. */
final class Tables {
  private Tables() {}

  /** Layer norm before each part, heads that share d_model evenly. */
  static ModelSpec layerNormed(Settings from, int d, int layers, int heads) {
    if (d % heads != 0) {
      throw RefrainException.badFile(
          "%s: has %s heads beside a width of %s, expected a divisor of it",
          from.where(), heads, d);
    }
    return ModelSpec.attentionOnly(layers, d, heads, 1, 1)
        .with(m -> m.norm = Norm.LAYER, m -> m.finalNorm = true);
  }

  /** The shape of the embedding, whose rows are the vocabulary. */
  static int[] embedding(GgufFile file, String tensor, int d) {
    if (!file.names().contains(tensor)) {
      throw RefrainException.badFile("%s: has no tensor '%s'", file.where(), tensor);
    }
    int[] shape = file.shape(tensor);
    if (shape.length != 2) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has %s axes, expected [tokens, %s]",
          file.where(), tensor, shape.length, d);
    }
    return shape;
  }

  /** The unembedding [tokens, d_model], where it is not the embedding. */
  static void unembedding(Mapping map, ModelSpec spec, String theirs) {
    if (!spec.tied()) {
      map.turned("unembed.W_U", theirs, spec.dVocab(), spec.dModel());
    }
  }

  /** Norms, output and MLP of a block with layer norm under GGUF's names. */
  static void ggufBlock(Mapping map, ModelSpec spec, int l) {
    String theirs = "blk." + l + ".";
    String ours = "blocks." + l + ".";
    int d = spec.dModel();
    map.layerNorm(ours + "ln1", theirs + "attn_norm", d);
    map.layerNorm(ours + "ln2", theirs + "ffn_norm", d);
    map.turned(ours + "attn.W_O", theirs + "attn_output.weight", d, d);
    map.vector(ours + "attn.b_O", theirs + "attn_output.bias", d);
    map.turned(ours + "mlp.W_in", theirs + "ffn_up.weight", spec.dMlp(), d);
    map.vector(ours + "mlp.b_in", theirs + "ffn_up.bias", spec.dMlp());
    map.turned(ours + "mlp.W_out", theirs + "ffn_down.weight", d, spec.dMlp());
    map.vector(ours + "mlp.b_out", theirs + "ffn_down.bias", d);
  }
}
