package refrain.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns a {@link Bpe}: the most frequent adjacent pair is merged again and again (Sennrich et al.
 * 2016), over distinct pieces weighted by their counts. Equal counts are settled by the smaller
 * pair of ids, so the same text gives the same tokenizer whatever its order; ids are laid out and
 * ties settled as Hugging Face's trainer does: end of text, the 256 bytes in the order of their
 * printable characters, then the merges.
 */
public final class BpeTrainer {
  private static final int FIRST_MERGE = 257;

  /** A pair of tokens, how often it is adjacent, and the pieces that have or had it. */
  private static final class Pair {
    final int left;
    final int right;
    long count;
    private int[] words = new int[4];
    private int listed;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }

    void list(int word) {
      if (listed > 0 && words[listed - 1] == word) {
        return;
      }
      if (listed == words.length) {
        words = Arrays.copyOf(words, listed * 2);
      }
      words[listed++] = word;
    }

    int[] takeWords() {
      int[] taken = Arrays.copyOf(words, listed);
      words = new int[4];
      listed = 0;
      return taken;
    }
  }

  /** A pair with the count it had when it was queued. */
  private record Candidate(long count, Pair pair) {}

  private final SpanIndex pieces = new SpanIndex();
  private long[] counts = new long[1 << 12];

  /** Counts the pieces of one document, UTF-8. */
  public void add(byte[] text) {
    PreTokenizer cutter = new PreTokenizer(text);
    int start = 0;
    while (start < text.length) {
      int end = cutter.end(start);
      int id = pieces.intern(text, start, end);
      if (id >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(id + 1, counts.length * 2));
      }
      counts[id]++;
      start = end;
    }
  }

  /**
   * The tokenizer of what was added.
   *
   * @param vocab V, from 257 (bytes and end of text) up; fewer tokens come out where the text has
   *     no further pairs
   */
  public Bpe train(int vocab) {
    Require.between("tokenizer", "vocab", FIRST_MERGE, 65_536, vocab);
    return new Run(vocab).train();
  }

  /** The state of one training: every distinct piece as the tokens it has by now. */
  private final class Run {
    private final int vocab;
    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<String, Integer> idOfToken = new HashMap<>();
    private final List<Bpe.Merge> merges = new ArrayList<>();
    private final int[][] words = new int[pieces.size()][];
    private final LongIntMap pairIndex = new LongIntMap(1 << 12);
    private final List<Pair> pairs = new ArrayList<>();
    private final PriorityQueue<Candidate> queue =
        new PriorityQueue<>(
            Comparator.comparingLong((Candidate c) -> -c.count)
                .thenComparingInt(c -> c.pair.left)
                .thenComparingInt(c -> c.pair.right));

    Run(int vocab) {
      this.vocab = vocab;
      newToken(new byte[0]);
      int[] idOfByte = new int[256];
      for (int b : ByteUnicode.bytesInOrder()) {
        idOfByte[b] = newToken(new byte[] {(byte) b});
      }
      for (int w = 0; w < words.length; w++) {
        byte[] piece = pieces.get(w);
        words[w] = new int[piece.length];
        for (int i = 0; i < piece.length; i++) {
          words[w][i] = idOfByte[piece[i] & 0xFF];
        }
      }
    }

    Bpe train() {
      for (int w = 0; w < words.length; w++) {
        for (int i = 0; i + 1 < words[w].length; i++) {
          Pair pair = pair(words[w][i], words[w][i + 1]);
          pair.count += counts[w];
          pair.list(w);
        }
      }
      for (Pair pair : pairs) {
        queue.add(new Candidate(pair.count, pair));
      }
      while (tokens.size() < vocab) {
        Candidate best = queue.poll();
        if (best == null) {
          break;
        }
        if (best.pair.count == best.count) {
          merge(best.pair);
        } else if (best.pair.count > 0 && best.pair.count < best.count) {
          // Out of date. Where the count has risen, a later candidate is in the queue already.
          queue.add(new Candidate(best.pair.count, best.pair));
        }
      }
      return new Bpe(tokens.toArray(new byte[0][]), merges, 0);
    }

    private void merge(Pair pair) {
      byte[] left = tokens.get(pair.left);
      byte[] right = tokens.get(pair.right);
      byte[] both = Arrays.copyOf(left, left.length + right.length);
      System.arraycopy(right, 0, both, left.length, right.length);
      // Two ways to the same bytes share one token: a vocabulary maps bytes to one id.
      Integer existing = idOfToken.get(new String(both, ISO_8859_1));
      int merged = existing == null ? newToken(both) : existing;
      merges.add(new Bpe.Merge(pair.left, pair.right, merged));
      Set<Pair> raised = new LinkedHashSet<>();
      int[] affected = pair.takeWords();
      for (int w : affected) {
        int[] before = words[w];
        int[] after = replace(before, pair.left, pair.right, merged);
        if (after.length == before.length) {
          continue;
        }
        words[w] = after;
        for (int i = 0; i + 1 < before.length; i++) {
          pair(before[i], before[i + 1]).count -= counts[w];
        }
        for (int i = 0; i + 1 < after.length; i++) {
          Pair now = pair(after[i], after[i + 1]);
          now.count += counts[w];
          if (now.left == merged || now.right == merged) {
            now.list(w);
            raised.add(now);
          }
        }
      }
      for (Pair now : raised) {
        queue.add(new Candidate(now.count, now));
      }
    }

    private int newToken(byte[] bytes) {
      tokens.add(bytes);
      idOfToken.put(new String(bytes, ISO_8859_1), tokens.size() - 1);
      return tokens.size() - 1;
    }

    private Pair pair(int left, int right) {
      long key = (long) left << 32 | right;
      int index = pairIndex.get(key);
      if (index == LongIntMap.MISSING) {
        pairIndex.put(key, pairs.size());
        pairs.add(new Pair(left, right));
        index = pairs.size() - 1;
      }
      return pairs.get(index);
    }
  }

  private static int[] replace(int[] word, int left, int right, int merged) {
    int[] out = new int[word.length];
    int n = 0;
    for (int i = 0; i < word.length; i++) {
      if (word[i] == left && i + 1 < word.length && word[i + 1] == right) {
        out[n++] = merged;
        i++;
      } else {
        out[n++] = word[i];
      }
    }
    return n == word.length ? word : Arrays.copyOf(out, n);
  }
}
