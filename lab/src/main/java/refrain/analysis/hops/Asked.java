package refrain.analysis.hops;

import java.util.ArrayList;
import java.util.List;
import refrain.data.Batch;
import refrain.data.KHop;

/**
 * Positions at which it shows how many hops a reader goes: the tokens at the position and at each
 * hop from it all differ, so who stops earlier answers wrong.
 *
 * @param tokens [sequence, T + 1]
 * @param places one a query
 */
record Asked(int[][] tokens, List<Place> places) {

  /**
   * A position, and where hops from it lead.
   *
   * @param sequence of the batch
   * @param path the position itself, then where each hop leads, [k + 1], falling
   */
  record Place(int sequence, int[] path) {
    int at() {
      return path[0];
    }
  }

  /**
   * All of them.
   *
   * @param hops k
   */
  static Asked of(int[][] tokens, int vocab, int hops) {
    List<Place> places = new ArrayList<>();
    for (int s = 0; s < tokens.length; s++) {
      int[] hop = KHop.hop(tokens[s], vocab);
      for (int i = 0; i < tokens[s].length - 1; i++) {
        int[] path = path(hop, i, hops);
        if (path[hops] >= 0 && allDiffer(tokens[s], path)) {
          places.add(new Place(s, path));
        }
      }
    }
    return new Asked(tokens, List.copyOf(places));
  }

  /**
   * The last of each sequence, which has the longest context; sequences without one are left out.
   */
  Asked oneEach() {
    List<int[]> kept = new ArrayList<>();
    List<Place> last = new ArrayList<>();
    for (int n = 0; n < places.size(); n++) {
      Place place = places.get(n);
      if (n == places.size() - 1 || places.get(n + 1).sequence() != place.sequence()) {
        last.add(new Place(kept.size(), place.path()));
        kept.add(tokens[place.sequence()]);
      }
    }
    return new Asked(kept.toArray(int[][]::new), last);
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  Batch batch() {
    return Batch.of(tokens);
  }

  /** The token that some hops from a place lead to. */
  int token(Place place, int hops) {
    return tokens[place.sequence()][place.path()[hops]];
  }

  private static int[] path(int[] hop, int from, int hops) {
    int[] path = new int[hops + 1];
    for (int m = 0; m <= hops; m++) {
      path[m] = KHop.far(hop, from, m);
    }
    return path;
  }

  private static boolean allDiffer(int[] x, int[] path) {
    for (int a = 0; a < path.length; a++) {
      for (int b = 0; b < a; b++) {
        if (x[path[a]] == x[path[b]]) {
          return false;
        }
      }
    }
    return true;
  }
}
