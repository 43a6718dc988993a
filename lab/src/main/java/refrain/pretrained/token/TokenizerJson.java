package refrain.pretrained.token;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.Bpe;
import refrain.pretrained.token.ModelTokenizer.Ends;
import refrain.pretrained.token.ModelTokenizer.Normalizer;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code tokenizer.json} of the library {@code tokenizers}: byte-level BPE (GPT-2, GPT-NeoX,
 * Llama 3, Qwen2, SmolLM), Llama's BPE of characters with bytes to fall back to, and words between
 * blanks.
 */
public final class TokenizerJson {
  private final String where;
  private final JsonNode root;
  private boolean byteLevel;

  private TokenizerJson(String where, JsonNode root) {
    this.where = where;
    this.root = root;
  }

  /**
   * Reads the file's tree.
   *
   * @param config {@code tokenizer_config.json}, or an empty object
   * @throws RefrainException of kind BAD_FILE that names what is not done here
   */
  public static ModelTokenizer read(String where, JsonNode root, JsonNode config) {
    return new TokenizerJson(where, root).read(config);
  }

  private ModelTokenizer read(JsonNode config) {
    JsonNode model = root.path("model");
    String type = model.path("type").asString("BPE");
    List<Normalizer> normalizers = new ArrayList<>();
    normalizer(root.path("normalizer"), normalizers);
    Splitter splitter = splitter(root.path("pre_tokenizer"), normalizers);
    Map<String, Integer> tokens = vocabulary(model.path("vocab"));
    List<Sign> signs = signs(tokens);
    Vocabulary vocabulary =
        Vocabulary.of(
            where,
            type.equals("WordLevel")
                ? Vocabulary.Spelling.WORDS
                : byteLevel ? Vocabulary.Spelling.BYTES : Vocabulary.Spelling.CHARACTERS,
            tokens,
            signs);
    int unknown = vocabulary.id(model.path("unk_token").asString(""));
    Words words =
        switch (type) {
          case "BPE" -> bpe(model, vocabulary, unknown);
          case "WordLevel" -> Words.whole(vocabulary, unknown);
          default -> throw refused("model.type", model.path("type"), "BPE");
        };
    Normalizer all = Normalizer.NONE;
    for (Normalizer each : normalizers) {
      all = all.then(each);
    }
    return new ModelTokenizer(
        vocabulary,
        signs,
        all,
        splitter,
        words,
        !byteLevel && stripsFirst(root.path("decoder")),
        ends(config, vocabulary),
        type.equals("WordLevel") ? "words" : byteLevel ? "byte-level BPE" : "BPE of characters");
  }

  private RefrainException refused(String what, JsonNode found, String expected) {
    String text = found.toString();
    return RefrainException.badFile(
        "%s: %s is %s, which is not done here; expected %s",
        where, what, text.length() > 200 ? text.substring(0, 200) + "..." : text, expected);
  }

  private Words bpe(JsonNode model, Vocabulary vocabulary, int unknown) {
    for (String option : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(option).asString("").isEmpty()) {
        throw refused("model." + option, model.path(option), "none");
      }
    }
    if (model.path("dropout").asDouble(0) != 0) {
      throw refused("model.dropout", model.path("dropout"), "none");
    }
    List<String[]> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      String[] pair =
          merge.isArray() && merge.size() == 2
              ? new String[] {merge.get(0).asString(""), merge.get(1).asString("")}
              : merge.asString("").split(" ", 2);
      if (pair.length != 2) {
        throw refused("a merge", merge, "two tokens");
      }
      merges.add(pair);
    }
    return new Words.Ranked(
        where,
        vocabulary,
        merges,
        byteLevel,
        model.path("ignore_merges").asBoolean(false),
        model.path("byte_fallback").asBoolean(false),
        unknown,
        model.path("fuse_unk").asBoolean(false));
  }

  private Map<String, Integer> vocabulary(JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      throw RefrainException.badFile(where + ": has no vocabulary of tokens and ids");
    }
    Map<String, Integer> tokens = new HashMap<>();
    for (Map.Entry<String, JsonNode> token : node.properties()) {
      tokens.put(token.getKey(), token.getValue().asInt(-1));
    }
    return tokens;
  }

  /** The signs; those that the vocabulary has not are put into it. */
  private List<Sign> signs(Map<String, Integer> tokens) {
    List<Sign> signs = new ArrayList<>();
    for (JsonNode added : root.path("added_tokens")) {
      String content = added.path("content").asString("");
      int id = added.path("id").asInt(-1);
      if (added.path("single_word").asBoolean(false)) {
        throw refused("the token '" + content + "'", added, "single_word false");
      }
      if (content.isEmpty() || id < 0) {
        throw refused("an added token", added, "a text and an id");
      }
      tokens.put(content, id);
      signs.add(
          new Sign(
              id,
              content,
              added.path("lstrip").asBoolean(false),
              added.path("rstrip").asBoolean(false),
              added.path("normalized").asBoolean(false),
              added.path("special").asBoolean(false)));
    }
    return signs;
  }

  private void normalizer(JsonNode node, List<Normalizer> into) {
    if (node.isMissingNode() || node.isNull()) {
      return;
    }
    switch (node.path("type").asString("")) {
      case "Sequence" -> node.path("normalizers").forEach(each -> normalizer(each, into));
      case "NFC" -> into.add(form(Form.NFC));
      case "NFD" -> into.add(form(Form.NFD));
      case "NFKC" -> into.add(form(Form.NFKC));
      case "NFKD" -> into.add(form(Form.NFKD));
      case "Prepend" -> {
        String before = node.path("prepend").asString("");
        into.add((text, first) -> text.isEmpty() ? text : before + text);
      }
      case "Replace" -> {
        String from = node.path("pattern").path("String").asString("");
        String to = node.path("content").asString("");
        if (from.isEmpty()) {
          throw refused("normalizer", node, "the replacement of a text");
        }
        into.add((text, first) -> text.replace(from, to));
      }
      default -> throw refused("normalizer", node, "NFC, NFD, NFKC, NFKD, Prepend or Replace");
    }
  }

  private static Normalizer form(Form form) {
    return (text, first) -> java.text.Normalizer.normalize(text, form);
  }

  /** The splitter; what some put before a text becomes a normaliser. */
  private Splitter splitter(JsonNode node, List<Normalizer> normalizers) {
    if (node.isMissingNode() || node.isNull()) {
      return Splitter.WHOLE;
    }
    switch (node.path("type").asString("")) {
      case "Sequence" -> {
        Splitter all = Splitter.WHOLE;
        for (JsonNode each : node.path("pretokenizers")) {
          all = Splitter.then(all, splitter(each, normalizers));
        }
        return all;
      }
      case "ByteLevel" -> {
        byteLevel = true;
        if (node.path("add_prefix_space").asBoolean(true)) {
          normalizers.add((text, first) -> text.startsWith(" ") ? text : " " + text);
        }
        return node.path("use_regex").asBoolean(true) ? Splitter.OF_GPT2 : Splitter.WHOLE;
      }
      case "Digits" -> {
        if (node.path("individual_digits").asBoolean(false)) {
          return Splitter.DIGITS;
        }
        return Splitter.pattern("\\p{N}+");
      }
      case "WhitespaceSplit" -> {
        return text ->
            List.of(text.strip().split("\\s+")).stream().filter(word -> !word.isEmpty()).toList();
      }
      case "Split" -> {
        String regex = node.path("pattern").path("Regex").asString("");
        Splitter known = Splitter.known(regex);
        boolean plain =
            node.path("behavior").asString("").equals("Isolated")
                && !node.path("invert").asBoolean(false);
        if (known == null || !plain) {
          throw refused("pre_tokenizer", node, "the pattern of GPT-2, Llama 3 or Qwen2");
        }
        return known;
      }
      case "Metaspace" -> {
        metaspace(node, normalizers);
        return node.path("split").asBoolean(true)
            ? Splitter.pattern("\u2581[^\u2581]*")
            : Splitter.WHOLE;
      }
      default ->
          throw refused(
              "pre_tokenizer", node, "ByteLevel, Digits, Split, Metaspace or WhitespaceSplit");
    }
  }

  private void metaspace(JsonNode node, List<Normalizer> normalizers) {
    if (!node.path("replacement").asString("").equals("\u2581")) {
      throw refused("pre_tokenizer", node, "\u2581 for blanks");
    }
    String scheme =
        node.path("prepend_scheme")
            .asString(node.path("add_prefix_space").asBoolean(true) ? "always" : "never");
    normalizers.add((text, first) -> text.replace(' ', '\u2581'));
    if (!scheme.equals("never")) {
      boolean always = scheme.equals("always");
      normalizers.add((text, first) ->
          (always || first) && !text.startsWith("\u2581") ? "\u2581" + text : text);
    }
  }

  /** Whether the decoder takes a blank off the beginning. */
  private static boolean stripsFirst(JsonNode decoder) {
    String type = decoder.path("type").asString("");
    if (type.equals("Sequence")) {
      for (JsonNode each : decoder.path("decoders")) {
        if (stripsFirst(each)) {
          return true;
        }
      }
      return false;
    }
    return type.equals("Metaspace") || type.equals("Strip") && decoder.path("start").asInt(0) > 0;
  }

  private Ends ends(JsonNode config, Vocabulary vocabulary) {
    List<String> around = around();
    OptionalInt start = named(config, "bos_token", vocabulary);
    OptionalInt end = named(config, "eos_token", vocabulary);
    int text = around.indexOf("");
    String before = text > 0 ? around.get(text - 1) : null;
    String after = text >= 0 && text + 1 < around.size() ? around.get(text + 1) : null;
    if (start.isEmpty() && before != null) {
      start = id(vocabulary, before);
    }
    if (end.isEmpty() && after != null) {
      end = id(vocabulary, after);
    }
    return new Ends(
        start,
        end,
        config.path("add_bos_token").asBoolean(before != null),
        config.path("add_eos_token").asBoolean(after != null));
  }

  /** The post-processor's template: signs by their names, "" for the text. */
  private List<String> around() {
    List<String> parts = new ArrayList<>();
    for (JsonNode part : template(root.path("post_processor"))) {
      if (part.has("SpecialToken")) {
        parts.add(part.path("SpecialToken").path("id").asString(""));
      } else {
        parts.add("");
      }
    }
    return parts;
  }

  private static JsonNode template(JsonNode node) {
    for (JsonNode each : node.path("processors")) {
      if (each.path("type").asString("").equals("TemplateProcessing")) {
        return each.path("single");
      }
    }
    return node.path("single");
  }

  private static OptionalInt named(JsonNode config, String name, Vocabulary vocabulary) {
    JsonNode node = config.path(name);
    @Nullable String content =
        node.isString() ? node.stringValue() : node.path("content").asString(null);
    return content == null ? OptionalInt.empty() : id(vocabulary, content);
  }

  private static OptionalInt id(Vocabulary vocabulary, String token) {
    int id = vocabulary.id(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Reads GPT-2's older pair of files.
   *
   * @param vocab the tree of {@code vocab.json}
   * @param merges the text of {@code merges.txt}
   * @param config {@code tokenizer_config.json}, or an empty object
   */
  public static ModelTokenizer read(String where, JsonNode vocab, String merges, JsonNode config) {
    TokenizerJson reader = new TokenizerJson(where, vocab);
    reader.byteLevel = true;
    Map<String, Integer> tokens = new LinkedHashMap<>(reader.vocabulary(vocab));
    List<Sign> signs = new ArrayList<>();
    for (Map.Entry<String, JsonNode> added : config.path("added_tokens_decoder").properties()) {
      String content = added.getValue().path("content").asString("");
      if (!content.isEmpty() && added.getKey().matches("\\d{1,8}")) {
        int id = Integer.parseInt(added.getKey());
        tokens.put(content, id);
        signs.add(new Sign(id, content, false, false, false, true));
      }
    }
    String separator = Bpe.END_OF_TEXT;
    Integer known = tokens.get(separator);
    if (signs.isEmpty() && known != null) {
      signs.add(new Sign(known, separator, false, false, false, true));
    }
    List<String[]> pairs = new ArrayList<>();
    for (String line : merges.split("\n")) {
      String pair = line.strip();
      if (!pair.isEmpty() && !(pairs.isEmpty() && pair.startsWith("#version"))) {
        String[] two = pair.split(" ", 2);
        if (two.length != 2) {
          throw RefrainException.badFile("%s: the merge '%s' is of one token", where, pair);
        }
        pairs.add(two);
      }
    }
    Vocabulary vocabulary = Vocabulary.of(where, Vocabulary.Spelling.BYTES, tokens, signs);
    OptionalInt end = id(vocabulary, separator);
    OptionalInt bos = named(config, "bos_token", vocabulary);
    OptionalInt eos = named(config, "eos_token", vocabulary);
    return new ModelTokenizer(
        vocabulary,
        signs,
        config.path("add_prefix_space").asBoolean(false)
            ? (text, first) -> text.startsWith(" ") ? text : " " + text
            : Normalizer.NONE,
        Splitter.OF_GPT2,
        new Words.Ranked(where, vocabulary, pairs, true, false, false, -1, false),
        false,
        new Ends(
            bos.isPresent() ? bos : end,
            eos.isPresent() ? eos : end,
            config.path("add_bos_token").asBoolean(false),
            false),
        "byte-level BPE");
  }
}
