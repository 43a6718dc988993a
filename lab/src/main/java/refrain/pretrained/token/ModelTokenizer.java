package refrain.pretrained.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import refrain.data.TextTokenizer;

/**
 * The tokenizer of a pretrained model. It does what the one that the model was trained with does,
 * so signs typed in a text become their tokens.
 */
public final class ModelTokenizer implements TextTokenizer {
  private static final int CACHED_PIECES = 1 << 16;
  private static final int CACHED_LENGTH = 32;

  /** Changes a text before it is cut. */
  interface Normalizer {
    /**
     * @param first whether nothing stands before the text
     */
    String normal(String text, boolean first);

    Normalizer NONE = (text, first) -> text;

    default Normalizer then(Normalizer next) {
      return (text, first) -> next.normal(normal(text, first), first);
    }
  }

  /**
   * What stands around whole texts.
   *
   * @param start the token that begins texts; empty: there is none
   * @param end the token that ends them
   * @param prepends whether the start belongs before every text
   * @param appends whether the end belongs after every text
   */
  public record Ends(OptionalInt start, OptionalInt end, boolean prepends, boolean appends) {}

  private final Vocabulary vocabulary;
  private final Signs raw;
  private final Signs normalized;
  private final Normalizer normalizer;
  private final Splitter splitter;
  private final Words words;
  private final boolean dropsFirstBlank;
  private final Ends ends;
  private final String kind;
  private final Map<String, int[]> pieces =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, int[]> eldest) {
          return size() > CACHED_PIECES;
        }
      };

  /**
   * @param dropsFirstBlank whether a blank that was put before a text is taken away again
   * @param kind what people call it, such as byte-level BPE
   */
  ModelTokenizer(
      Vocabulary vocabulary,
      List<Sign> signs,
      Normalizer normalizer,
      Splitter splitter,
      Words words,
      boolean dropsFirstBlank,
      Ends ends,
      String kind) {
    this.vocabulary = vocabulary;
    this.raw = new Signs(signs.stream().filter(sign -> !sign.normalized()).toList());
    this.normalized = new Signs(signs.stream().filter(Sign::normalized).toList());
    this.normalizer = normalizer;
    this.splitter = splitter;
    this.words = words;
    this.dropsFirstBlank = dropsFirstBlank;
    this.ends = ends;
    this.kind = kind;
  }

  public Ends ends() {
    return ends;
  }

  /** What it is, for people: byte-level BPE, SentencePiece. */
  public String kind() {
    return kind;
  }

  @Override
  public int vocab() {
    return vocabulary.size();
  }

  @Override
  public OptionalInt separator() {
    return ends.end().isPresent() ? ends.end() : ends.start();
  }

  @Override
  public @Nullable String sign(int id) {
    Sign sign = vocabulary.sign(id);
    return sign == null ? null : sign.content();
  }

  @Override
  public byte[] bytes(int id) {
    return id < vocabulary.size() ? vocabulary.text(id) : new byte[0];
  }

  /** The tokens of a text, with those that belong around every text. */
  public int[] encodeWhole(String text) {
    int[] inner = encode(text);
    boolean before = ends.prepends() && ends.start().isPresent();
    boolean after = ends.appends() && ends.end().isPresent();
    int[] all = new int[inner.length + (before ? 1 : 0) + (after ? 1 : 0)];
    System.arraycopy(inner, 0, all, before ? 1 : 0, inner.length);
    if (before) {
      all[0] = ends.start().getAsInt();
    }
    if (after) {
      all[all.length - 1] = ends.end().getAsInt();
    }
    return all;
  }

  @Override
  public synchronized int[] encode(String text) {
    Tokens out = new Tokens();
    for (Signs.Part part : raw.parts(text, true)) {
      if (part.sign() != null) {
        out.add(part.sign().id());
        continue;
      }
      String normal = normalizer.normal(part.text(), part.first());
      for (Signs.Part inner : normalized.parts(normal, part.first())) {
        if (inner.sign() != null) {
          out.add(inner.sign().id());
        } else {
          splitter.split(inner.text()).forEach(piece -> out.add(tokens(piece)));
        }
      }
    }
    return out.ids();
  }

  private int[] tokens(String piece) {
    if (piece.length() > CACHED_LENGTH) {
      return words.tokens(piece);
    }
    return pieces.computeIfAbsent(piece, words::tokens);
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(ids.length * 3);
    for (int id : ids) {
      out.writeBytes(bytes(id));
    }
    String text = out.toString(UTF_8);
    return dropsFirstBlank && text.startsWith(" ") ? text.substring(1) : text;
  }

  /** Ids that are added one after the other. */
  private static final class Tokens {
    private int[] ids = new int[64];
    private int size;

    void add(int... more) {
      if (size + more.length > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more.length));
      }
      System.arraycopy(more, 0, ids, size, more.length);
      size += more.length;
    }

    int[] ids() {
      return Arrays.copyOf(ids, size);
    }
  }
}
