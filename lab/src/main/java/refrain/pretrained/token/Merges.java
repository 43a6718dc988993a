package refrain.pretrained.token;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Puts neighbouring symbols together until no two of them make a token, the best pair first and of
 * equal ones the leftmost.
 */
abstract class Merges {
  /** What two symbols would become. */
  record Pair(long rank, int merged) {}

  /** What two symbols become; null: they stay. A lower rank goes first. */
  abstract @Nullable Pair pair(int left, int right);

  /** A pair that waits; of date as long as both symbols are what they were. */
  private record Waiting(Pair pair, int at, int left, int right) implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      int byRank = Long.compare(pair.rank, other.pair.rank);
      return byRank != 0 ? byRank : Integer.compare(at, other.at);
    }
  }

  /** The symbols that are left of some. */
  final int[] merge(int[] symbols) {
    int n = symbols.length;
    if (n < 2) {
      return symbols;
    }
    int[] id = symbols.clone();
    int[] next = new int[n];
    int[] previous = new int[n];
    PriorityQueue<Waiting> queue = new PriorityQueue<>();
    for (int i = 0; i < n; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      if (i > 0) {
        offer(queue, id, i - 1, i);
      }
    }
    int left = n;
    while (!queue.isEmpty()) {
      Waiting best = queue.poll();
      int at = best.at;
      int after = next[at];
      if (id[at] != best.left || after >= n || id[after] != best.right) {
        continue; // one of them has been merged since
      }
      id[at] = best.pair.merged;
      id[after] = GONE;
      next[at] = next[after];
      left--;
      if (next[at] < n) {
        previous[next[at]] = at;
        offer(queue, id, at, next[at]);
      }
      if (previous[at] >= 0) {
        offer(queue, id, previous[at], at);
      }
    }
    int[] rest = new int[left];
    for (int i = 0, k = 0; i < n; i = next[i]) {
      rest[k++] = id[i];
    }
    return rest;
  }

  private static final int GONE = Integer.MIN_VALUE;

  private void offer(PriorityQueue<Waiting> queue, int[] id, int left, int right) {
    Pair pair = pair(id[left], id[right]);
    if (pair != null) {
      queue.add(new Waiting(pair, left, id[left], id[right]));
    }
  }
}
