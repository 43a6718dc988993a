package refrain.analysis.ablation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.RatioOfSums;
import refrain.analysis.instrument.WithoutHeads;
import refrain.analysis.instrument.WithoutHeads.Cut;
import refrain.data.Rng;
import refrain.model.HeadId;

/**
 * The heads of one layer removed one after another, those that match best first, against random
 * orders of the same heads. All orders begin with the whole model and end without the layer; what
 * lies between them is owed to the score and to nothing else. Heads of other layers are left: those
 * that induction heads read would be missed for another reason.
 */
final class Dose {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 3");

  private static final SeriesQuantity HEADS =
      ALL.series("ablation.dose.heads", "heads of the layer removed", "heads")
          .is("0 to all of the layer that holds the best induction head");
  private static final SeriesQuantity BY_SCORE =
      ALL.series("ablation.dose.score", "share of the ICL score left, best matching first", "1")
          .is("ICL ablated / ICL intact after each head; preserving, zero; last checkpoint");
  private static final SeriesQuantity AT_RANDOM =
      ALL.series("ablation.dose.random", "share of the ICL score left, random orders", "1")
          .is("the same, mean over %s random orders of the layer's heads".formatted(Dose.ORDERS));
  private static final SeriesQuantity LOW =
      ALL.series("ablation.dose.random.low", "least share left by a random order", "1")
          .is("minimum over the orders of ablation.dose.random");
  private static final SeriesQuantity HIGH =
      ALL.series("ablation.dose.random.high", "largest share left by a random order", "1")
          .is("maximum over the orders of ablation.dose.random");
  private static final Quantity AREA_ERROR =
      ALL.pure("ablation.dose.area.error", "standard error of the area between the dose curves")
          .is("of ablation.dose.area, jackknife over evaluation sequences");
  private static final Quantity AREA =
      ALL.pure("ablation.dose.area", "area between the dose curves")
          .error(AREA_ERROR)
          .is(
              "(mean of ablation.dose.random - mean of ablation.dose.score) / mean of"
                  + " ablation.dose.random, over 1 to all but one head removed. 0: the order by"
                  + " score is like any other; 1: without the best matching head nothing is left."
                  + " NaN where more than half of the layer's heads match");
  private static final Quantity OTHER =
      ALL.pure("ablation.dose.other", "area between the dose curves, another order as if by score")
          .is("ablation.dose.area of the first random order against the others");
  private static final Quantity HALF_SCORE =
      ALL.number("ablation.dose.half.score", "heads without which half is left, by score", "heads")
          .is("where ablation.dose.score first falls to .5, linear between heads; NaN: nowhere");
  private static final Quantity HALF_RANDOM =
      ALL.number("ablation.dose.half.random", "heads without which half is left, random", "heads")
          .is("where ablation.dose.random first falls to .5, linear between heads; NaN: nowhere");

  private static final int ORDERS = 20;
  private static final long SEED = 2022;
  private static final double HALF = 0.5;

  private final boolean comparable;
  private final List<HeadId> byScore;
  private final List<List<HeadId>> random;

  /**
   * @param comparable whether at most half of the layer's heads match
   */
  Dose(Heads heads, boolean comparable) {
    this.comparable = comparable;
    List<HeadId> layer = heads.layer();
    this.byScore =
        layer.stream().sorted(Comparator.comparingDouble(head -> -heads.score(head))).toList();
    Rng rng = Rng.of(SEED).split("orders of heads");
    this.random =
        Stream.generate(() ->
                IntStream.of(rng.sample(layer.size(), layer.size())).mapToObj(layer::get).toList())
            .limit(ORDERS)
            .toList();
  }

  /** What has to be cut. */
  List<Cut> cuts() {
    List<Cut> cuts = new ArrayList<>(begun(byScore));
    random.forEach(order -> cuts.addAll(begun(order)));
    return cuts;
  }

  /** The first heads of an order removed, from none to all. */
  private static List<Cut> begun(List<HeadId> order) {
    return IntStream.rangeClosed(0, order.size())
        .mapToObj(n -> Cut.of(order.subList(0, n), Ablation.PRESERVING_ZERO))
        .toList();
  }

  Findings findings(WithoutHeads without) {
    double[] score = left(begun(byScore), without);
    List<double[]> all = random.stream().map(order -> left(begun(order), without)).toList();
    int n = score.length;
    double[] mean = new double[n];
    double[] low = new double[n];
    double[] high = new double[n];
    for (int i = 0; i < n; i++) {
      int at = i;
      mean[i] = all.stream().mapToDouble(order -> order[at]).average().orElse(Double.NaN);
      low[i] = all.stream().mapToDouble(order -> order[at]).min().orElse(Double.NaN);
      high[i] = all.stream().mapToDouble(order -> order[at]).max().orElse(Double.NaN);
    }
    RatioOfSums area = area(byScore, random, without);
    List<List<HeadId>> others = random.subList(1, random.size());
    return new Findings()
        .put(HEADS, IntStream.range(0, n).asDoubleStream().toArray())
        .put(BY_SCORE, score)
        .put(AT_RANDOM, mean)
        .put(LOW, low)
        .put(HIGH, high)
        .put(AREA, area.value())
        .put(AREA_ERROR, area.error())
        .put(OTHER, area(random.getFirst(), others, without).value())
        .put(HALF_SCORE, comparable ? half(score) : Double.NaN)
        .put(HALF_RANDOM, comparable ? half(mean) : Double.NaN);
  }

  private static double[] left(List<Cut> cuts, WithoutHeads without) {
    return cuts.stream().mapToDouble(cut -> 1 - without.removed(cut).value()).toArray();
  }

  private RatioOfSums area(List<HeadId> one, List<List<HeadId>> others, WithoutHeads without) {
    return comparable && one.size() > 1
        ? without.spared(others.stream().flatMap(o -> between(o).stream()).toList(), between(one))
        : new RatioOfSums(Double.NaN, Double.NaN);
  }

  /** All cuts of an order but those of no head and of all. */
  private static List<Cut> between(List<HeadId> order) {
    return begun(order).subList(1, order.size());
  }

  /** Where a curve first falls to a half, heads. */
  private static double half(double[] left) {
    for (int i = 1; i < left.length; i++) {
      if (left[i] <= HALF) {
        return i - 1 + (left[i - 1] - HALF) / (left[i - 1] - left[i]);
      }
    }
    return Double.NaN;
  }
}
