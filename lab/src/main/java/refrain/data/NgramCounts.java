package refrain.data;

import java.util.Arrays;

/**
 * How often each sequence of n tokens occurs, sorted: the successors of one context lie next to
 * each other, so a context's total and its number of distinct successors cost two searches.
 */
final class NgramCounts {
  private final int vocab;
  private final long[] keys;
  private final long[] before;

  /**
   * @param occurrences a key per occurrence, context * V + successor; sorted in place
   */
  NgramCounts(int vocab, long[] occurrences) {
    this.vocab = vocab;
    Arrays.sort(occurrences);
    int distinct = 0;
    for (int i = 0; i < occurrences.length; i++) {
      distinct += i == 0 || occurrences[i] != occurrences[i - 1] ? 1 : 0;
    }
    keys = new long[distinct];
    before = new long[distinct + 1];
    int n = 0;
    for (int i = 0; i < occurrences.length; i++) {
      if (i == 0 || occurrences[i] != occurrences[i - 1]) {
        keys[n] = occurrences[i];
        before[n++] = i;
      }
    }
    before[n] = occurrences.length;
  }

  /** The index of the first successor of a context. */
  int first(long context) {
    return lowerBound(context * vocab);
  }

  /** One past the index of the last successor of a context. */
  int end(long context) {
    return lowerBound((context + 1) * vocab);
  }

  /** How often the sequences with indices [from, to) occur together. */
  long total(int from, int to) {
    return before[to] - before[from];
  }

  int successor(int index) {
    return (int) (keys[index] % vocab);
  }

  /** How often {@code token} follows the context whose successors lie in [from, to). */
  long count(int from, int to, long context, int token) {
    int at = Arrays.binarySearch(keys, from, to, context * vocab + token);
    return at < 0 ? 0 : before[at + 1] - before[at];
  }

  private int lowerBound(long key) {
    int at = Arrays.binarySearch(keys, key);
    return at < 0 ? -at - 1 : at;
  }
}
