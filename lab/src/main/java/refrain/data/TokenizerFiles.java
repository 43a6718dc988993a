package refrain.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes tokenizers in the formats of the field: Hugging Face's {@code tokenizer.json}
 * (byte-level BPE) and GPT-2's {@code vocab.json} with {@code merges.txt}. What a file asks for and
 * this program cannot do is an error, never dropped.
 */
public final class TokenizerFiles {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private TokenizerFiles() {}

  /** The text of {@code tokenizer.json}, which Hugging Face's library reads. */
  public static String toJson(Bpe bpe) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    root.putArray("added_tokens")
        .addObject()
        .put("id", bpe.endOfText())
        .put("content", Bpe.END_OF_TEXT)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"), false);
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"), true);
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < bpe.vocab(); id++) {
      vocab.put(spelling(bpe, id), id);
    }
    ArrayNode merges = model.putArray("merges");
    for (Bpe.Merge merge : bpe.merges()) {
      merges.addArray().add(spelling(bpe, merge.left())).add(spelling(bpe, merge.right()));
    }
    return JSON.writeValueAsString(root);
  }

  private static void byteLevel(ObjectNode node, boolean addPrefixSpace) {
    node.put("type", "ByteLevel").put("add_prefix_space", addPrefixSpace);
    node.put("trim_offsets", true).put("use_regex", true);
  }

  private static String spelling(Bpe bpe, int id) {
    return id == bpe.endOfText() ? Bpe.END_OF_TEXT : ByteUnicode.spell(bpe.bytes(id));
  }

  /** Reads {@code tokenizer.json}. */
  public static Bpe read(Path file) {
    JsonNode root = json(file);
    String where = file.toString();
    expectNull(where, root, "normalizer");
    JsonNode cutter = root.path("pre_tokenizer");
    if (!cutter.path("type").asString("none").equals("ByteLevel")
        || cutter.path("add_prefix_space").asBoolean(false)
        || !cutter.path("use_regex").asBoolean(true)) {
      throw unsupported(
          where, "pre_tokenizer", "ByteLevel with GPT-2's pattern and no prefix space", cutter);
    }
    JsonNode model = root.path("model");
    if (!model.path("type").asString("BPE").equals("BPE")) {
      throw unsupported(where, "model.type", "BPE", model.path("type"));
    }
    for (String option : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
      JsonNode value = model.path(option);
      if (!value.isMissingNode() && !value.isNull() && !value.asString("").isEmpty()) {
        throw unsupported(where, "model." + option, "none", value);
      }
    }
    for (String option : List.of("byte_fallback", "ignore_merges")) {
      if (model.path(option).asBoolean(false)) {
        throw unsupported(where, "model." + option, "false", model.path(option));
      }
    }
    Map<String, Integer> vocab = vocab(where, model.path("vocab"));
    for (JsonNode added : root.path("added_tokens")) {
      String content = added.path("content").asString("");
      if (!content.equals(Bpe.END_OF_TEXT)) {
        throw unsupported(where, "added_tokens", "only " + Bpe.END_OF_TEXT, added.path("content"));
      }
      vocab.put(content, added.path("id").asInt(-1));
    }
    List<String[]> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      merges.add(
          merge.isArray()
              ? new String[] {merge.path(0).asString(""), merge.path(1).asString("")}
              : merge.asString("").split(" ", 2));
    }
    return assemble(where, vocab, merges);
  }

  /** Reads GPT-2's {@code vocab.json} and {@code merges.txt}. */
  public static Bpe read(Path vocabFile, Path mergesFile) {
    Map<String, Integer> vocab = vocab(vocabFile.toString(), json(vocabFile));
    List<String[]> merges = new ArrayList<>();
    for (String line : text(mergesFile).split("\n")) {
      String pair = line.strip();
      if (!pair.isEmpty() && !(merges.isEmpty() && pair.startsWith("#version"))) {
        merges.add(pair.split(" ", 2));
      }
    }
    return assemble(mergesFile.toString(), vocab, merges);
  }

  private static Bpe assemble(String where, Map<String, Integer> vocab, List<String[]> spelled) {
    Integer endOfText = vocab.get(Bpe.END_OF_TEXT);
    if (endOfText == null) {
      throw RefrainException.badFile(
          where + ": no token '" + Bpe.END_OF_TEXT + "', which separates documents");
    }
    byte[][] tokens = new byte[vocab.size()][];
    for (Map.Entry<String, Integer> token : vocab.entrySet()) {
      int id = token.getValue();
      if (id < 0 || id >= tokens.length || tokens[id] != null) {
        throw RefrainException.badFile(
            "%s: token '%s' has id %d, expected ids 0 to %d, each once",
            where, token.getKey(), id, tokens.length - 1);
      }
      tokens[id] = id == endOfText ? new byte[0] : ByteUnicode.read(where, token.getKey());
    }
    List<Bpe.Merge> merges = new ArrayList<>();
    for (String[] pair : spelled) {
      if (pair.length != 2) {
        throw RefrainException.badFile(
            "%s: merge %d is %s, expected two tokens", where, merges.size(), Arrays.toString(pair));
      }
      merges.add(
          new Bpe.Merge(
              id(where, vocab, pair[0], pair),
              id(where, vocab, pair[1], pair),
              id(where, vocab, pair[0] + pair[1], pair)));
    }
    return new Bpe(tokens, merges, endOfText);
  }

  private static int id(String where, Map<String, Integer> vocab, String token, String[] pair) {
    Integer id = vocab.get(token);
    if (id == null) {
      throw RefrainException.badFile(
          "%s: merge '%s %s' needs the token '%s', which the vocabulary does not have",
          where, pair[0], pair[1], token);
    }
    return id;
  }

  private static Map<String, Integer> vocab(String where, JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      throw RefrainException.badFile(
          where + ": expected a vocabulary, an object of tokens to ids; is this a BPE tokenizer?");
    }
    Map<String, Integer> vocab = new HashMap<>();
    for (Map.Entry<String, JsonNode> token : node.properties()) {
      vocab.put(token.getKey(), token.getValue().asInt(-1));
    }
    return vocab;
  }

  private static void expectNull(String where, JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (!value.isMissingNode() && !value.isNull()) {
      throw unsupported(where, field, "none", value);
    }
  }

  private static RefrainException unsupported(
      String where, String field, String expected, JsonNode found) {
    String text = found.toString();
    return RefrainException.badFile(
        "%s: %s is not supported: expected %s, found %s",
        where, field, expected, text.isEmpty() ? "none" : text);
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(text(file));
    } catch (JacksonException e) {
      throw RefrainException.badFile(
          file + ": not JSON: " + e.getOriginalMessage() + "; expected a tokenizer", e);
    }
  }

  private static String text(Path file) {
    try {
      byte[] raw = Files.readAllBytes(file);
      return new String(
          Utf8.clean(file.toString(), raw, false), java.nio.charset.StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw RefrainException.badInput(file + ": no such file; expected a tokenizer", e);
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
