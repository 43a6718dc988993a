package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * A byte-level byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019 for the byte level):
 * text is cut by GPT-2's pre-tokenisation, each piece starts as its bytes, and the adjacent pair of
 * the lowest rank is merged until none is left. Any bytes can be encoded and decode to themselves.
 * Immutable; text never becomes the end-of-text token.
 */
public final class Bpe implements TextTokenizer {
  /** One merge: the tokens {@code left} and {@code right} become {@code merged}. */
  record Merge(int left, int right, int merged) {}

  /** What separates documents. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  private static final int CACHED_PIECE_BYTES = 64;
  private static final int CACHED_PIECES = 1 << 20;

  private final byte[][] tokens;
  private final List<Merge> merges;
  private final int endOfText;
  private final int[] byteTokens;
  private final LongIntMap ranks;

  /**
   * @param tokens [V][] the bytes of each token; the end-of-text token has none
   * @param merges in the order of their rank
   * @param endOfText the id of the end-of-text token
   */
  Bpe(byte[][] tokens, List<Merge> merges, int endOfText) {
    this.tokens = tokens;
    this.merges = List.copyOf(merges);
    this.endOfText = endOfText;
    this.byteTokens = new int[256];
    Arrays.fill(byteTokens, -1);
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id].length == 1 && byteTokens[tokens[id][0] & 0xFF] < 0) {
        byteTokens[tokens[id][0] & 0xFF] = id;
      }
    }
    for (int b = 0; b < 256; b++) {
      if (byteTokens[b] < 0) {
        throw RefrainException.badFile(
            "tokenizer: no token for byte 0x%02X; a byte-level vocabulary holds all 256", b);
      }
    }
    this.ranks = new LongIntMap(this.merges.size());
    for (int rank = 0; rank < this.merges.size(); rank++) {
      Merge merge = this.merges.get(rank);
      long pair = pair(merge.left, merge.right);
      if (ranks.get(pair) == LongIntMap.MISSING) {
        ranks.put(pair, rank);
      }
    }
  }

  /** V, the end-of-text token included. */
  @Override
  public int vocab() {
    return tokens.length;
  }

  /** The id of the token that stands before each document. */
  public int endOfText() {
    return endOfText;
  }

  @Override
  public OptionalInt separator() {
    return OptionalInt.of(endOfText);
  }

  @Override
  public @Nullable String sign(int id) {
    return id == endOfText ? END_OF_TEXT : null;
  }

  /** SHA-256, hexadecimal, of the tokenizer as {@link TokenizerFiles#toJson} writes it. */
  public String fingerprint() {
    return Sha256.hex(Sha256.of(TokenizerFiles.toJson(this).getBytes(UTF_8)));
  }

  List<Merge> merges() {
    return merges;
  }

  /** The bytes of a token; none for the end-of-text token. */
  @Override
  public byte[] bytes(int id) {
    return tokens[id].clone();
  }

  /** The tokens of a text. */
  @Override
  public int[] encode(String text) {
    return encode(text.getBytes(UTF_8));
  }

  /** The tokens of a text in UTF-8, or of any bytes. */
  public int[] encode(byte[] text) {
    return new Encoder().encode(text);
  }

  /** The bytes that tokens stand for. */
  public byte[] decodeBytes(int[] ids) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(ids.length * 3);
    for (int id : ids) {
      out.writeBytes(tokens[id]);
    }
    return out.toByteArray();
  }

  /** The text that tokens stand for; bytes that are no UTF-8 become U+FFFD. */
  @Override
  public String decode(int[] ids) {
    return new String(decodeBytes(ids), UTF_8);
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  /** Encodes many texts, remembering each piece that it met. For one thread. */
  public final class Encoder {
    private final SpanIndex pieces = new SpanIndex();
    private int[] encodings = new int[1 << 12];
    private int[] ends = new int[1 << 12];
    private int[] out = new int[1 << 12];
    private int size;

    /** The tokens of a text in UTF-8, or of any bytes. */
    public int[] encode(byte[] text) {
      size = 0;
      PreTokenizer cutter = new PreTokenizer(text);
      int start = 0;
      while (start < text.length) {
        int end = cutter.end(start);
        if (end - start > CACHED_PIECE_BYTES || pieces.size() >= CACHED_PIECES) {
          int[] ids = merge(text, start, end);
          emit(ids, 0, ids.length);
        } else {
          int known = pieces.size();
          int id = pieces.intern(text, start, end);
          if (id == known) {
            remember(id, merge(text, start, end));
          }
          emit(encodings, id == 0 ? 0 : ends[id - 1], ends[id]);
        }
        start = end;
      }
      return Arrays.copyOf(out, size);
    }

    private void remember(int id, int[] ids) {
      int at = id == 0 ? 0 : ends[id - 1];
      if (at + ids.length > encodings.length) {
        encodings = Arrays.copyOf(encodings, Math.max(encodings.length * 2, at + ids.length));
      }
      System.arraycopy(ids, 0, encodings, at, ids.length);
      if (id == ends.length) {
        ends = Arrays.copyOf(ends, ends.length * 2);
      }
      ends[id] = at + ids.length;
    }

    private void emit(int[] ids, int from, int to) {
      if (size + to - from > out.length) {
        out = Arrays.copyOf(out, Math.max(out.length * 2, size + to - from));
      }
      System.arraycopy(ids, from, out, size, to - from);
      size += to - from;
    }
  }

  /**
   * The tokens of one piece. A queue of pairs by rank and then position, over a doubly linked list
   * of what is left: n log n, where a plain scan would take the square of a long piece.
   */
  private int[] merge(byte[] text, int from, int to) {
    int n = to - from;
    int[] id = new int[n];
    int[] next = new int[n];
    int[] previous = new int[n];
    PriorityQueue<Long> queue = new PriorityQueue<>();
    for (int i = 0; i < n; i++) {
      id[i] = byteTokens[text[from + i] & 0xFF];
      next[i] = i + 1;
      previous[i] = i - 1;
      if (i > 0) {
        offer(queue, id[i - 1], id[i], i - 1);
      }
    }
    int left = n;
    while (!queue.isEmpty()) {
      long head = queue.poll();
      int at = (int) head;
      Merge merge = merges.get((int) (head >>> 32));
      int after = next[at];
      // Entries whose tokens have been merged since are out of date.
      if (id[at] != merge.left || after >= n || id[after] != merge.right) {
        continue;
      }
      id[at] = merge.merged;
      id[after] = -1;
      next[at] = next[after];
      left--;
      if (next[at] < n) {
        previous[next[at]] = at;
        offer(queue, id[at], id[next[at]], at);
      }
      if (previous[at] >= 0) {
        offer(queue, id[previous[at]], id[at], previous[at]);
      }
    }
    int[] ids = new int[left];
    for (int i = 0, k = 0; i < n; i = next[i]) {
      ids[k++] = id[i];
    }
    return ids;
  }

  private void offer(PriorityQueue<Long> queue, int left, int right, int at) {
    int rank = ranks.get(pair(left, right));
    if (rank != LongIntMap.MISSING) {
      queue.add((long) rank << 32 | at);
    }
  }
}
