package refrain.analysis;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import refrain.data.Rng;
import refrain.model.HeadId;

/** Sets of heads of one size, out of those that are not induction heads: what is compared with. */
final class OtherSets {
  /** At most so many sets. */
  static final int MOST = 6;

  private static final long SEED = 2022;

  private OtherSets() {}

  /**
   * All sets of that size, or {@link #MOST} different ones drawn with a fixed seed where there are
   * more; none where there are too few heads or the size is 0.
   *
   * @param size heads in a set
   */
  static List<List<HeadId>> of(List<HeadId> heads, int size) {
    if (size == 0 || size > heads.size()) {
      return List.of();
    }
    if (count(heads.size(), size) <= MOST) {
      List<List<HeadId>> all = new ArrayList<>();
      collect(heads, 0, size, new ArrayList<>(), all);
      return all;
    }
    Rng rng = Rng.of(SEED).split("sets of other heads");
    Set<Set<HeadId>> drawn = new LinkedHashSet<>();
    while (drawn.size() < MOST) {
      Set<HeadId> set = new LinkedHashSet<>();
      for (int i : rng.sample(heads.size(), size)) {
        set.add(heads.get(i));
      }
      drawn.add(set);
    }
    return drawn.stream().map(set -> (List<HeadId>) new ArrayList<>(set)).toList();
  }

  /** Binomial coefficient, no further than just above {@link #MOST}. */
  private static long count(int n, int k) {
    long count = 1;
    for (int i = 1; i <= Math.min(k, n - k); i++) {
      count = count * (n - i + 1) / i;
      if (count > MOST) {
        return count;
      }
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
