package refrain.export;

import java.util.List;
import java.util.OptionalInt;
import refrain.data.Bpe;
import refrain.data.TokenizerFiles;
import refrain.store.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tokenizer as the library {@code tokenizers} reads it.
 *
 * @param json the contents of {@code tokenizer.json}
 * @param endOfText the token that separates documents; empty: there is none
 */
record TokenizerFile(String json, OptionalInt endOfText) {

  /** Of text. */
  static TokenizerFile of(Bpe bpe) {
    return new TokenizerFile(TokenizerFiles.toJson(bpe), OptionalInt.of(bpe.endOfText()));
  }

  private static final String UNKNOWN = "<unknown>";

  /**
   * Of a synthetic language, whose tokens are words between blanks. Another word becomes a token
   * after the model's last, which it refuses; TransformerLens encodes one when it opens a model.
   */
  static TokenizerFile of(List<String> words) {
    ObjectNode root = Json.object().put("version", "1.0").putNull("truncation").putNull("padding");
    root.putArray("added_tokens");
    root.putNull("normalizer");
    root.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    root.putNull("post_processor").putNull("decoder");
    ObjectNode model = root.putObject("model").put("type", "WordLevel");
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < words.size(); id++) {
      vocab.put(words.get(id), id);
    }
    vocab.put(UNKNOWN, words.size());
    model.put("unk_token", UNKNOWN);
    return new TokenizerFile(Json.pretty(root), OptionalInt.empty());
  }

  /** The contents of {@code tokenizer_config.json}. */
  ObjectNode config(int longest) {
    ObjectNode config =
        Json.object()
            .put("tokenizer_class", "PreTrainedTokenizerFast")
            .put("model_max_length", longest)
            .put("clean_up_tokenization_spaces", false);
    if (endOfText.isPresent()) {
      config.put("bos_token", Bpe.END_OF_TEXT).put("eos_token", Bpe.END_OF_TEXT);
    }
    return config;
  }
}
