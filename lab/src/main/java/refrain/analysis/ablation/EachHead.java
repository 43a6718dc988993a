package refrain.analysis.ablation;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.RatioOfSums;
import refrain.analysis.instrument.WithoutHeads;
import refrain.analysis.instrument.WithoutHeads.Cut;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.stats.RankCorrelation;

/**
 * Every head alone: how well it matches against how much of the ICL score goes with it. A head that
 * matches and takes nothing has others that stand in for it.
 */
final class EachHead {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 3");

  private static final Family<HeadId, Quantity> SCORE =
      ALL.probability("ablation.score", "prefix-matching score of the head")
          .ofEachHead("at the last probe");
  private static final Family<HeadId, Quantity> ROLE =
      ALL.pure("ablation.role", "place of the head")
          .ofEachHead(
              "1: induction head; 2: another head of the layer that holds the best of them; 3: of"
                  + " another layer");
  private static final Family<HeadId, Quantity> ALONE =
      ALL.pure("ablation.alone", "share of the ICL score removed with the head alone")
          .ofEachHead("1 - ICL ablated / ICL intact; preserving, zero; last checkpoint");
  private static final Family<HeadId, Quantity> ALONE_ERROR =
      ALL.pure("ablation.alone.error", "standard error of the share removed with the head alone")
          .ofEachHead("of ablation.alone, jackknife over evaluation sequences");
  private static final Quantity LEAST =
      ALL.pure("ablation.alone.least", "least share that goes with one induction head")
          .is("minimum of ablation.alone over the induction set");
  private static final Quantity MOST =
      ALL.pure("ablation.alone.most", "largest share that goes with one induction head")
          .is("maximum of ablation.alone over the induction set");
  private static final Quantity OTHERS_MOST =
      ALL.pure("ablation.others.most", "largest share that goes with one other head of the layer")
          .is(
              "maximum of ablation.alone over the heads below the bar in the layer that holds the"
                  + " best induction head; NaN where there are none");
  private static final Quantity RANK =
      ALL.pure("ablation.rank", "rank correlation of score and share over the heads of a layer")
          .is(
              "Spearman's rho of ablation.score and ablation.alone over the layer that holds the"
                  + " best induction head; NaN with fewer than three heads");
  private static final Quantity OTHERS_HELPED =
      ALL.pure(
              "ablation.others.helped",
              "share of other heads without which the ICL score is as strong")
          .is("share of the heads outside of the induction set with ablation.alone <= 0");
  private static final Quantity SET_HELPED =
      ALL.pure(
              "ablation.set.helped",
              "share of induction heads without which the ICL score is as strong")
          .is("share of the induction set with ablation.alone <= 0");

  private static final int FEWEST = 3;

  private final Heads heads;
  private final List<HeadId> all;

  EachHead(Heads heads, ModelSpec spec) {
    this.heads = heads;
    this.all = HeadId.all(spec);
  }

  /** What has to be cut. */
  List<Cut> cuts() {
    return all.stream().map(EachHead::alone).toList();
  }

  private static Cut alone(HeadId head) {
    return Cut.of(List.of(head), Ablation.PRESERVING_ZERO);
  }

  Findings findings(WithoutHeads without) {
    Findings findings = new Findings();
    List<HeadId> layer = heads.layer();
    for (HeadId head : all) {
      RatioOfSums share = without.removed(alone(head));
      findings
          .put(SCORE.of(head), heads.score(head))
          .put(ROLE.of(head), heads.matching().contains(head) ? 1 : layer.contains(head) ? 2 : 3)
          .put(ALONE.of(head), share.value())
          .put(ALONE_ERROR.of(head), share.error());
    }
    Predicate<HeadId> matches = heads.matching()::contains;
    double[] scores = layer.stream().mapToDouble(heads::score).toArray();
    double[] shares = shares(layer, head -> true, without).toArray();
    return findings
        .put(LEAST, shares(all, matches, without).min().orElse(Double.NaN))
        .put(MOST, shares(all, matches, without).max().orElse(Double.NaN))
        .put(OTHERS_MOST, shares(layer, matches.negate(), without).max().orElse(Double.NaN))
        .put(
            RANK,
            layer.size() < FEWEST ? Double.NaN : RankCorrelation.of(scores, shares, 0, 0).rho())
        .put(OTHERS_HELPED, helped(shares(all, matches.negate(), without)))
        .put(SET_HELPED, helped(shares(all, matches, without)));
  }

  private static DoubleStream shares(
      List<HeadId> some, Predicate<HeadId> which, WithoutHeads without) {
    return some.stream().filter(which).mapToDouble(head -> without.removed(alone(head)).value());
  }

  private static double helped(DoubleStream shares) {
    return shares.map(share -> share <= 0 ? 1 : 0).average().orElse(Double.NaN);
  }
}
