package refrain.analysis.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import refrain.model.HeadId;

/**
 * What an intervention on heads does when it is made on as many other heads of the same layers: if
 * any heads would do, the change says nothing of those that were chosen.
 *
 * @param sets each set of other heads and what changed with it
 * @param all whether these are all sets that there are
 * @param none why there are no sets; "" where there are
 */
public record Placebo(List<Set> sets, boolean all, String none) {
  /** At most so many sets. */
  public static final int MOST = 50;

  /**
   * One set of other heads.
   *
   * @param heads by name
   * @param matching how many of them match prefixes ({@link Verdict#INDUCTION} or {@link
   *     Verdict#WEAK})
   */
  public record Set(List<String> heads, int matching, Removal change) {
    /** Of heads that have verdicts. */
    public static Set of(List<HeadId> heads, Map<HeadId, Verdict> verdicts, Removal change) {
      return new Set(
          heads.stream().map(HeadId::toString).toList(),
          (int) heads.stream().filter(head -> verdicts.get(head) != Verdict.NONE).count(),
          change);
    }
  }

  /**
   * Sets summed up.
   *
   * @param n sets
   * @param median of their changes
   * @param low least
   * @param high greatest
   * @param rank of the intervention's own change among them, 1: none of theirs is larger
   */
  public record Summary(int n, double median, double low, double high, int rank) {}

  public Placebo {
    sets = List.copyOf(sets);
  }

  public static Placebo none(String why) {
    return new Placebo(List.of(), true, why);
  }

  /**
   * Of one number of the change.
   *
   * @param own the intervention's
   * @param of the mean change of the loss, or of the ICL score
   * @param withMatching whether sets that hold a matching head count
   * @return empty where there is no such set
   */
  public Optional<Summary> summary(
      Removal own, ToDoubleFunction<Removal> of, boolean withMatching) {
    double[] changes =
        sets.stream()
            .filter(set -> withMatching || set.matching() == 0)
            .mapToDouble(set -> of.applyAsDouble(set.change()))
            .sorted()
            .toArray();
    int n = changes.length;
    if (n == 0) {
      return Optional.empty();
    }
    double bar = of.applyAsDouble(own);
    int larger = (int) Arrays.stream(changes).filter(change -> change > bar).count();
    return Optional.of(
        new Summary(
            n,
            (changes[(n - 1) / 2] + changes[n / 2]) / 2,
            changes[0],
            changes[n - 1],
            larger + 1));
  }
}
