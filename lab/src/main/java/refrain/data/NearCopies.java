package refrain.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds documents that are copies or near-copies of one another: two that share more than half of
 * the distinct shingles (50 characters in a row) of the one that has fewer. What is linked so,
 * directly or through others, is one group.
 *
 * <p>Of texts over 8 MB a fixed sample of all shingles is compared, one in 2, 4, 8 ..., so that the
 * time stays near-linear: the shares are then estimates, with a standard error of at most .06.
 * Short documents, of which the sample holds fewer than 64, are compared with short ones in full. A
 * shingle that stands in more than 64 documents, a licence for example, links a document with the
 * first and the preceding one that have it, and not with all.
 */
final class NearCopies {
  private static final int SHINGLE = 50;

  /** Most shingles that are compared; 8 bytes each, and again for those that are shared. */
  private static final long MOST = 1 << 23;

  private static final int MOST_LINKED = 64;
  private static final int FEW = 64;
  private static final int SHORT = 1 << 17;
  private static final long BASE = 0x9E3779B97F4A7C15L;
  private static final long OLDEST = power(SHINGLE);

  private final List<byte[]> texts;
  private final int[] group;
  private final int[] sizes;
  private final int rarity;
  private final int documentBits;

  /** Each sampled shingle's hash over the number of its document, sorted. */
  private long[] shingles = new long[1 << 10];

  private int count;

  private NearCopies(List<byte[]> texts) {
    this.texts = texts;
    this.group = new int[texts.size()];
    Arrays.setAll(group, i -> i);
    this.sizes = new int[texts.size()];
    long bytes = texts.stream().mapToLong(text -> text.length).sum();
    int rare = 0;
    while (bytes >> rare > MOST) {
      rare++;
    }
    this.rarity = rare;
    this.documentBits = 32 - Integer.numberOfLeadingZeros(texts.size());
  }

  /** For each text the index of the first of its group, which is its own where it is alone. */
  static int[] groups(List<byte[]> texts) {
    NearCopies copies = new NearCopies(texts);
    copies.joinCopies();
    copies.joinNearCopies();
    int[] groups = new int[texts.size()];
    Arrays.setAll(groups, copies::find);
    return groups;
  }

  private void joinCopies() {
    Map<ByteBuffer, Integer> first = new HashMap<>();
    for (int d = 0; d < group.length; d++) {
      Integer same = first.putIfAbsent(ByteBuffer.wrap(texts.get(d)), d);
      if (same != null) {
        group[d] = same;
      } else {
        add(d);
      }
    }
    Arrays.sort(shingles, 0, count);
  }

  private void add(int document) {
    long[] own = distinct(texts.get(document), rarity);
    sizes[document] = own.length;
    while (count + own.length > shingles.length) {
      shingles = Arrays.copyOf(shingles, shingles.length * 2);
    }
    for (long hash : own) {
      shingles[count++] = hash << documentBits | document;
    }
  }

  private void joinNearCopies() {
    long[] shared = shared();
    int[] counts = new int[group.length];
    int[] touched = new int[group.length];
    for (int from = 0, to; from < shared.length; from = to) {
      int document = (int) (shared[from] >>> 32);
      int n = 0;
      int common = 0;
      for (to = from; to < shared.length && (int) (shared[to] >>> 32) == document; to++) {
        int run = (int) shared[to];
        if (isCommon(run)) {
          common++;
          int place = place(run, document);
          for (int at : new int[] {run, place - 1}) {
            if (at >= run && at < place && counts[document(at)]++ == 0) {
              touched[n++] = document(at);
            }
          }
        } else {
          for (int at = run; document(at) != document; at++) {
            if (counts[document(at)]++ == 0) {
              touched[n++] = document(at);
            }
          }
        }
      }
      for (int i = 0; i < n; i++) {
        int other = touched[i];
        int atMost = counts[other] + common;
        counts[other] = 0;
        int fewer = Math.min(sizes[document], sizes[other]);
        if (2 * atMost > fewer
            && find(document) != find(other)
            && areNear(document, other, shared, from, to)) {
          join(document, other);
        }
      }
    }
  }

  /** A document over the first place of a shingle that it shares with others, sorted. */
  private long[] shared() {
    long[] shared = new long[1 << 10];
    int n = 0;
    for (int run = 0, end; run < count; run = end) {
      for (end = run + 1; end < count && isSame(run, end); end++) {}
      for (int at = run; at < end && end - run > 1; at++) {
        if (n == shared.length) {
          shared = Arrays.copyOf(shared, n * 2);
        }
        shared[n++] = (long) document(at) << 32 | run;
      }
    }
    long[] whole = Arrays.copyOf(shared, n);
    Arrays.sort(whole);
    return whole;
  }

  private boolean areNear(int a, int b, long[] shared, int from, int to) {
    int fewer = Math.min(sizes[a], sizes[b]);
    if (rarity > 0 && fewer < FEW && texts.get(a).length + texts.get(b).length < SHORT) {
      return areNear(distinct(texts.get(a), 0), distinct(texts.get(b), 0));
    }
    int both = 0;
    for (int i = from; i < to; i++) {
      both += place((int) shared[i], b) >= 0 ? 1 : 0;
    }
    return 2 * both > fewer;
  }

  private static boolean areNear(long[] a, long[] b) {
    int both = 0;
    for (int i = 0, j = 0; i < a.length && j < b.length; ) {
      both += a[i] == b[j] ? 1 : 0;
      boolean next = a[i] <= b[j];
      j += a[i] >= b[j] ? 1 : 0;
      i += next ? 1 : 0;
    }
    return 2 * both > Math.min(a.length, b.length);
  }

  private int document(int at) {
    return (int) (shingles[at] & (1L << documentBits) - 1);
  }

  private boolean isSame(int a, int b) {
    return shingles[a] >>> documentBits == shingles[b] >>> documentBits;
  }

  private boolean isCommon(int run) {
    return run + MOST_LINKED < count && isSame(run, run + MOST_LINKED);
  }

  /** Where a document stands among those that have a shingle; negative: it has it not. */
  private int place(int run, int document) {
    long wanted = shingles[run] >>> documentBits << documentBits | document;
    return Arrays.binarySearch(shingles, run, count, wanted);
  }

  private int find(int document) {
    int root = document;
    while (group[root] != root) {
      group[root] = group[group[root]];
      root = group[root];
    }
    return root;
  }

  private void join(int a, int b) {
    int first = Math.min(find(a), find(b));
    group[Math.max(find(a), find(b))] = first;
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= BASE;
    }
    return power;
  }

  /** The hashes of a text's distinct shingles, sorted; of a shorter text the hash of all of it. */
  private static long[] distinct(byte[] text, int rarity) {
    int[] last = new int[SHINGLE];
    long[] hashes = new long[(text.length >> rarity) + 16];
    int n = 0;
    int characters = 0;
    long hash = 0;
    for (int i = 0; i < text.length; characters++) {
      int length = Math.max(1, Utf8.codePointLength(text, i, text.length));
      int character = length == 1 ? text[i] & 0xFF : Utf8.codePoint(text, i, length);
      i += length;
      int slot = characters % SHINGLE;
      hash = hash * BASE + character + 1 - (characters < SHINGLE ? 0 : (last[slot] + 1) * OLDEST);
      last[slot] = character;
      if (characters >= SHINGLE - 1 || i == text.length) {
        long mixed = Rng.mix(hash);
        if (rarity == 0 || mixed >>> Long.SIZE - rarity == 0) {
          if (n == hashes.length) {
            hashes = Arrays.copyOf(hashes, n * 2);
          }
          hashes[n++] = mixed;
        }
      }
    }
    Arrays.sort(hashes, 0, n);
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    return Arrays.copyOf(hashes, distinct);
  }
}
