package refrain.pretrained.token;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.pretrained.gguf.GgufFile;
import refrain.pretrained.token.ModelTokenizer.Ends;
import refrain.pretrained.token.ModelTokenizer.Normalizer;

/**
 * The tokenizer inside a GGUF file ({@code tokenizer.ggml.*}): the kind {@code gpt2} with merges,
 * whose {@code pre} names the splitter, and the kind {@code llama} with a score for each token.
 */
public final class GgufTokenizer {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  private final GgufFile file;
  private final List<String> tokens;

  private GgufTokenizer(GgufFile file) {
    this.file = file;
    this.tokens = file.texts(PREFIX + "tokens");
  }

  /** Whether a file has one. */
  public static boolean isIn(GgufFile file) {
    return file.keys().contains(PREFIX + "model");
  }

  /**
   * Reads it.
   *
   * @throws RefrainException of kind BAD_FILE that names what is not done here
   */
  public static ModelTokenizer read(GgufFile file) {
    String kind = file.text(PREFIX + "model").orElse("");
    GgufTokenizer reader = new GgufTokenizer(file);
    if (reader.tokens.isEmpty()) {
      throw RefrainException.badFile("%s: has a tokenizer without tokens", file.where());
    }
    return switch (kind) {
      case "gpt2" -> reader.merges();
      case "llama" -> reader.scores();
      default ->
          throw RefrainException.badFile(
              "%s: its tokenizer is of the kind '%s', which is not done here; expected gpt2 or"
                  + " llama",
              file.where(), kind);
    };
  }

  private ModelTokenizer merges() {
    String pre = file.text(PREFIX + "pre").orElse("gpt-2");
    Splitter splitter = Splitter.named(pre);
    if (splitter == null) {
      throw RefrainException.badFile(
          "%s: its tokenizer cuts text as '%s', which is not done here; expected one of %s",
          file.where(), pre, Names.list(Splitter.NAMED.keySet().stream().sorted().toList()));
    }
    List<String[]> merges = new ArrayList<>();
    for (String merge : file.texts(PREFIX + "merges")) {
      // A token may begin with the blank's own sign, but none holds a blank.
      String[] pair = merge.split(" ", 2);
      if (pair.length != 2) {
        throw RefrainException.badFile("%s: the merge '%s' is of one token", file.where(), merge);
      }
      merges.add(pair);
    }
    List<Sign> signs = signs();
    Vocabulary vocabulary = Vocabulary.of(Vocabulary.Spelling.BYTES, tokens, signs);
    boolean whole = pre.equals("llama-bpe") || pre.startsWith("llama");
    return new ModelTokenizer(
        vocabulary,
        signs,
        flag("add_space_prefix", false)
            ? (text, first) -> text.startsWith(" ") ? text : " " + text
            : Normalizer.NONE,
        splitter,
        new Words.Ranked(file.where(), vocabulary, merges, true, whole, false, -1, false),
        false,
        ends(false),
        "byte-level BPE, cut as " + pre);
  }

  private ModelTokenizer scores() {
    double[] given = file.reals(PREFIX + "scores");
    if (given == null || given.length != tokens.size()) {
      throw RefrainException.badFile(
          "%s: has %s scores for %s tokens",
          file.where(), given == null ? 0 : given.length, tokens.size());
    }
    float[] scores = new float[given.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) given[i];
    }
    List<Sign> signs = signs();
    Vocabulary vocabulary = Vocabulary.of(Vocabulary.Spelling.CHARACTERS, tokens, signs);
    boolean blank = flag("add_space_prefix", true);
    Normalizer normalizer =
        (text, first) -> ((blank && !text.isEmpty() ? " " : "") + text).replace(' ', '\u2581');
    return new ModelTokenizer(
        vocabulary,
        signs,
        normalizer,
        Splitter.WHOLE,
        new Words.Scored(vocabulary, scores, id("unknown_token_id").orElse(-1)),
        blank,
        ends(true),
        "SentencePiece");
  }

  private List<Sign> signs() {
    long[] types = file.wholes(PREFIX + "token_type");
    if (types != null && types.length != tokens.size()) {
      throw RefrainException.badFile(
          "%s: has the types of %s tokens for %s", file.where(), types.length, tokens.size());
    }
    List<Sign> signs = new ArrayList<>();
    for (int id = 0; types != null && id < types.length; id++) {
      if ((types[id] == CONTROL || types[id] == USER_DEFINED) && !tokens.get(id).isEmpty()) {
        signs.add(new Sign(id, tokens.get(id), false, false, false, types[id] == CONTROL));
      }
    }
    return signs;
  }

  private boolean flag(String name, boolean otherwise) {
    Long flag = file.whole(PREFIX + name);
    return flag == null ? otherwise : flag != 0;
  }

  private OptionalInt id(String name) {
    Long id = file.whole(PREFIX + name);
    if (id == null || id < 0 || id >= tokens.size()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(id.intValue());
  }

  private Ends ends(boolean prepends) {
    return new Ends(
        id("bos_token_id"),
        id("eos_token_id"),
        flag("add_bos_token", prepends),
        flag("add_eos_token", false));
  }
}
