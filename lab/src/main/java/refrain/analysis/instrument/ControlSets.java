package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import refrain.data.Rng;
import refrain.model.HeadId;

/**
 * Sets of heads that are no induction heads, as large as the set of those that are: what an
 * ablation of these is compared with.
 */
public final class ControlSets {
  private ControlSets() {}

  /**
   * All sets of a size, or so many different ones drawn where there are more; none where there are
   * too few heads or the size is 0.
   *
   * @param size heads in a set
   * @param most sets
   */
  public static List<List<HeadId>> different(List<HeadId> heads, int size, int most, Rng rng) {
    if (size == 0 || size > heads.size()) {
      return List.of();
    }
    if (count(heads.size(), size, most) <= most) {
      List<List<HeadId>> all = new ArrayList<>();
      collect(heads, 0, size, new ArrayList<>(), all);
      return all;
    }
    Set<Set<HeadId>> drawn = new LinkedHashSet<>();
    while (drawn.size() < most) {
      drawn.add(new LinkedHashSet<>(draw(heads, size, rng)));
    }
    return drawn.stream().map(set -> (List<HeadId>) new ArrayList<>(set)).toList();
  }

  /** So many draws of a size, or of all heads where there are fewer; none where there are none. */
  public static List<List<HeadId>> drawn(List<HeadId> heads, int size, int draws, Rng rng) {
    int heldBy = Math.min(size, heads.size());
    return IntStream.range(0, heldBy > 0 ? draws : 0)
        .mapToObj(i -> draw(heads, heldBy, rng))
        .toList();
  }

  private static List<HeadId> draw(List<HeadId> heads, int size, Rng rng) {
    return Arrays.stream(rng.sample(heads.size(), size)).mapToObj(heads::get).toList();
  }

  /** Binomial coefficient, no further than just above the most that is asked for. */
  private static long count(int n, int k, int most) {
    long count = 1;
    for (int i = 1; i <= Math.min(k, n - k) && count <= most; i++) {
      count = count * (n - i + 1) / i;
    }
    return count;
  }

  private static void collect(
      List<HeadId> heads, int from, int size, List<HeadId> chosen, List<List<HeadId>> all) {
    if (chosen.size() == size) {
      all.add(List.copyOf(chosen));
      return;
    }
    for (int i = from; i < heads.size(); i++) {
      chosen.add(heads.get(i));
      collect(heads, i + 1, size, chosen, all);
      chosen.removeLast();
    }
  }
}
