package refrain.analysis.knockouts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Ablation;
import refrain.model.HeadId;
import refrain.stats.KendallW;
import refrain.stats.RankCorrelation;

/**
 * In which order the ways to knock a head out put the heads, by the rise of the loss on repeated
 * tokens and by that of the ICL score.
 */
final class HeadOrders {
  static final Declarations ALL =
      new Declarations("this project; Kendall and Babington Smith 1939, The problem of m rankings");

  private static final int SHUFFLES = 200;

  private static final String JUDGES =
      "Kendall's W of the orders of all heads by the rise of the loss on repeated tokens when each"
          + " alone is knocked out, ";
  private static final Family<KnockOut, Family<HeadId, Quantity>> RISE =
      Family.of(
          List.of(KnockOut.values()),
          way ->
              ALL.nats(
                      "knock.again." + way.key(),
                      "rise of the loss on repeated tokens, " + way.words())
                  .ofEachHead("without the head alone: " + way.means()));
  private static final Family<KnockOut, Family<HeadId, Quantity>> ICL =
      Family.of(
          List.of(KnockOut.values()),
          way ->
              ALL.nats("knock.icl." + way.key(), "rise of the ICL score, " + way.words())
                  .ofEachHead("without the head alone: " + way.means()));
  private static final Quantity W =
      ALL.pure("knock.w", "agreement of six ways to knock a head out").is(JUDGES + "six ways");
  private static final Quantity W_ICL =
      ALL.pure("knock.w.icl", "agreement of six ways on the ICL score")
          .is("knock.w by the rise of the ICL score");
  private static final Quantity W_WHOLE =
      ALL.pure("knock.w.whole", "agreement of zero, mean and resampled outputs")
          .is(JUDGES + "three ways: zero, mean, resample");
  private static final Quantity W_LAYER =
      ALL.pure("knock.w.last", "agreement of six ways within the last layer")
          .is("knock.w of the heads of the last layer");
  private static final Quantity W_FIRST =
      ALL.pure("knock.w.first", "agreement of six ways within the layers before")
          .is("knock.w of all heads but those of the last layer");
  private static final Quantity W_SHUFFLED =
      ALL.pure("knock.w.shuffled", "agreement by chance")
          .is("mean of knock.w over " + SHUFFLES + " draws in which each way's rises are shuffled");
  private static final Family<KnockOut, Quantity> RHO =
      ALL.pure("knock.rho", "rank correlation with mean ablation")
          .ofEach(
              KnockOut.OTHERS,
              "Spearman's rho of the rises of the loss on repeated tokens over heads with those by"
                  + " mean ablation");
  private static final Family<KnockOut, Quantity> EARLIER =
      ALL.pure("knock.earlier", "share of the rises that goes to the layers before the last")
          .ofEach(
              KnockOut.ALL,
              "sum of the positive rises of the loss on repeated tokens over heads before the last"
                  + " layer, over that of all heads");
  private static final Family<KnockOut, Quantity> SIZE =
      ALL.nats("knock.size", "largest rise")
          .ofEach(KnockOut.ALL, "the largest rise of the loss on repeated tokens over heads");
  private static final Quantity FIRST =
      ALL.pure("knock.first", "ways that put the same head first as mean ablation")
          .is("share of the five other ways whose largest rise is that of the same head");
  private static final Quantity TOGETHER =
      ALL.pure("knock.together", "matching heads together against one by one")
          .is(
              "rise of the loss on repeated tokens when all heads of prefix matching .2 and three"
                  + " times uniform attention's have their mean at once, over the sum of their rises"
                  + " one by one; above 1: they stand in for each other");

  private HeadOrders() {}

  /**
   * @param again of the loss on repeated tokens
   * @param icl of the ICL score
   * @param matching heads
   */
  static Findings of(Rises again, Rises icl, List<HeadId> matching) {
    List<HeadId> heads = again.heads();
    Map<KnockOut, double[]> rises = all(again);
    Map<KnockOut, double[]> ofIcl = all(icl);
    Findings out = new Findings();
    for (KnockOut way : KnockOut.values()) {
      for (int h = 0; h < heads.size(); h++) {
        out.put(RISE.of(way).of(heads.get(h)), of(rises, way)[h])
            .put(ICL.of(way).of(heads.get(h)), of(ofIcl, way)[h]);
      }
    }
    int last = heads.getLast().layer();
    double[][] judges = judges(rises, List.of(KnockOut.values()));
    int[] late =
        IntStream.range(0, heads.size()).filter(h -> heads.get(h).layer() == last).toArray();
    int[] early =
        IntStream.range(0, heads.size()).filter(h -> heads.get(h).layer() < last).toArray();
    out.put(W, KendallW.of(judges))
        .put(W_ICL, KendallW.of(judges(ofIcl, List.of(KnockOut.values()))))
        .put(
            W_WHOLE,
            KendallW.of(judges(rises, List.of(KnockOut.ZERO, KnockOut.MEAN, KnockOut.RESAMPLE))))
        .put(W_LAYER, within(judges, late))
        .put(W_FIRST, within(judges, early))
        .put(W_SHUFFLED, KendallW.shuffled(judges, SHUFFLES, 1));
    double[] mean = of(rises, KnockOut.MEAN);
    int same = 0;
    for (KnockOut way : KnockOut.values()) {
      double[] own = of(rises, way);
      out.put(EARLIER.of(way), share(own, early))
          .put(SIZE.of(way), Arrays.stream(own).max().orElseThrow());
      if (way != KnockOut.MEAN) {
        out.put(RHO.of(way), RankCorrelation.of(own, mean, 0, 0).rho());
        same += largest(own) == largest(mean) ? 1 : 0;
      }
    }
    out.put(FIRST, same / (KnockOut.values().length - 1.0));
    double oneByOne =
        IntStream.range(0, heads.size())
            .filter(h -> matching.contains(heads.get(h)))
            .mapToDouble(h -> mean[h])
            .sum();
    return out.put(
        TOGETHER,
        matching.isEmpty() ? Double.NaN : again.without(matching, Ablation.FULL_MEAN) / oneByOne);
  }

  private static Map<KnockOut, double[]> all(Rises rises) {
    Map<KnockOut, double[]> all = new EnumMap<>(KnockOut.class);
    for (KnockOut way : KnockOut.values()) {
      all.put(way, rises.of(way));
    }
    return all;
  }

  private static double[] of(Map<KnockOut, double[]> rises, KnockOut way) {
    return rises.getOrDefault(way, new double[0]);
  }

  private static double[][] judges(Map<KnockOut, double[]> rises, List<KnockOut> ways) {
    List<double[]> judges = new ArrayList<>();
    ways.forEach(way -> judges.add(of(rises, way)));
    return judges.toArray(double[][]::new);
  }

  private static double within(double[][] judges, int[] heads) {
    return heads.length < 2
        ? Double.NaN
        : KendallW.of(
            Arrays.stream(judges)
                .map(judge -> Arrays.stream(heads).mapToDouble(h -> judge[h]).toArray())
                .toArray(double[][]::new));
  }

  private static double share(double[] rises, int[] some) {
    double all = Arrays.stream(rises).filter(rise -> rise > 0).sum();
    double own = Arrays.stream(some).mapToDouble(h -> Math.max(0, rises[h])).sum();
    return all > 0 ? own / all : Double.NaN;
  }

  private static int largest(double[] rises) {
    int best = 0;
    for (int h = 1; h < rises.length; h++) {
      best = rises[h] > rises[best] ? h : best;
    }
    return best;
  }
}
