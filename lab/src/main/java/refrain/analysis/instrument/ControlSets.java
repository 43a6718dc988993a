package refrain.analysis.instrument;

import static java.util.stream.Collectors.counting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import refrain.data.Rng;
import refrain.model.HeadId;

/**
 * Sets of heads that are no induction heads, as large as the set of those that are: what an
 * ablation of these is compared with. Sets {@linkplain #alike of the same layers} differ from it in
 * nothing but which heads they hold; sets of any layer may hold the heads that it reads.
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

  /**
   * All sets with as many heads of each layer as another set has, or so many different ones drawn
   * where there are more; none where a layer has too few, or where that set is empty.
   *
   * @param heads to choose from
   * @param as the other set
   * @param most sets
   */
  public static List<List<HeadId>> alike(List<HeadId> heads, List<HeadId> as, int most, Rng rng) {
    Map<Integer, Long> sizes =
        as.stream().collect(Collectors.groupingBy(HeadId::layer, TreeMap::new, counting()));
    List<List<List<HeadId>>> byLayer = new ArrayList<>();
    sizes.forEach((layer, size) -> {
      List<HeadId> own = heads.stream().filter(head -> head.layer() == layer).toList();
      byLayer.add(different(own, size.intValue(), most, rng));
    });
    long count = sizes.isEmpty() ? 0 : 1;
    for (List<List<HeadId>> layer : byLayer) {
      count = Math.min(count * layer.size(), most + 1L);
    }
    return count <= most ? everyWay(byLayer) : oneOfEach(byLayer, most, rng);
  }

  /** Each choice of one set a layer, joined. */
  private static List<List<HeadId>> everyWay(List<List<List<HeadId>>> byLayer) {
    List<List<HeadId>> all = byLayer.isEmpty() ? List.of() : List.of(List.of());
    for (List<List<HeadId>> layer : byLayer) {
      all = all.stream().flatMap(begun -> layer.stream().map(set -> joined(begun, set))).toList();
    }
    return all;
  }

  private static List<List<HeadId>> oneOfEach(List<List<List<HeadId>>> byLayer, int sets, Rng rng) {
    Set<List<HeadId>> drawn = new LinkedHashSet<>();
    while (drawn.size() < sets) {
      List<HeadId> set = List.of();
      for (List<List<HeadId>> layer : byLayer) {
        set = joined(set, layer.get(rng.nextInt(layer.size())));
      }
      drawn.add(set);
    }
    return List.copyOf(drawn);
  }

  private static List<HeadId> joined(List<HeadId> a, List<HeadId> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
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
