package refrain.analysis.ablation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.ControlSets;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.RatioOfSums;
import refrain.analysis.instrument.WithoutHeads;
import refrain.analysis.instrument.WithoutHeads.Cut;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.ModelSpec;

/**
 * The induction heads ablated at once, against sets of as many heads of the same layers that do not
 * match. Where more than half of a layer's heads match there are no such sets: to take the
 * induction heads away is to take the layer away, and the numbers that would be read as theirs have
 * no value. The layer as a whole has numbers of its own.
 */
final class InductionSet {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 3");

  private static final Quantity SIZE =
      ALL.number("ablation.set.size", "induction heads", "heads").is(Heads.RULE);
  private static final Family<HeadId, Quantity> MEMBER =
      ALL.pure("ablation.member", "induction head")
          .ofEachHead("1 where the head is in the induction set, else 0");
  private static final Quantity LAYER_SHARE =
      ALL.pure("ablation.layer.share", "share of a layer's heads that are induction heads")
          .is("of the layer that holds the best induction head");
  private static final Quantity COMPARABLE =
      ALL.pure("ablation.comparable", "the induction set can be told from its layers")
          .is(
              "1 where every layer has as many heads below the bar as induction heads, else 0;"
                  + " where it is 0, quantities of the set have no value");

  private static final Declarations.Members<Ablation> METHODS =
      new Declarations.Members<>(List.of(Ablation.values()), Ablation::key, Ablation::words);
  private static final Shares SET =
      Shares.of(
          "ablation.set",
          "share of the ICL score removed with the induction set",
          "1 - ICL ablated / ICL intact, all induction heads ablated at once, last checkpoint; NaN"
              + " where ablation.comparable is 0");
  private static final Shares RANDOM =
      Shares.of(
          "ablation.random",
          "share of the ICL score removed with as many other heads of the layer",
          "1 - ICL ablated / ICL intact, mean over all sets with as many heads of each layer as the"
              + " induction set, all of them below its bar, or over %s seeded draws where there are"
                  .formatted(InductionSet.SETS)
              + " more; NaN where there are none");
  private static final Family<Ablation, Quantity> LAYER =
      ALL.pure("ablation.layer", "share of the ICL score removed with the whole layer")
          .ofEach(
              METHODS,
              "1 - ICL ablated / ICL intact, all heads of the layer that holds the best induction"
                  + " head ablated at once, last checkpoint");
  private static final Quantity AGREE =
      ALL.pure("ablation.agree", "all six ablations take in-context learning away")
          .is(
              "1 where every ablation of the set removes more than half of the ICL score, else 0;"
                  + " NaN where ablation.comparable is 0");
  private static final Quantity OTHER =
      ALL.pure(
              "ablation.other.preserving.zero",
              "share removed with other heads of the layer, as if they were the induction set")
          .is("ablation.set.preserving.zero of one seeded set of those of ablation.random");
  private static final Quantity OTHER_RANDOM =
      ALL.pure(
              "ablation.other.random.preserving.zero",
              "share removed with as many heads of the layer that are not those other heads")
          .is(
              "ablation.random.preserving.zero where the set of ablation.other is taken for the"
                  + " induction set: the induction heads are among the others");
  private static final Quantity ATTRIBUTION_ERROR =
      ALL.pure("ablation.set.attribution.error", "standard error of the set's attribution")
          .is("of ablation.set.attribution, jackknife over evaluation sequences");
  private static final Quantity ATTRIBUTION =
      ALL.pure("ablation.set.attribution", "before-and-after attribution of the induction set")
          .error(ATTRIBUTION_ERROR)
          .is(
              "(loss ablated - loss intact) . v / |d|, d = loss at the window's end - loss at its"
                  + " start, token by token, v = d / |d|; preserving, zero; last checkpoint; the"
                  + " window: ablation.window. -1: what the window brought is undone");
  private static final Quantity RANDOM_ATTRIBUTION_ERROR =
      ALL.pure("ablation.random.attribution.error", "standard error of other heads' attribution")
          .is("of ablation.random.attribution, jackknife over evaluation sequences");
  private static final Quantity RANDOM_ATTRIBUTION =
      ALL.pure(
              "ablation.random.attribution",
              "before-and-after attribution of as many other heads of the layer")
          .error(RANDOM_ATTRIBUTION_ERROR)
          .is("ablation.set.attribution of the sets of ablation.random, their mean");
  private static final Quantity OTHER_ATTRIBUTION =
      ALL.pure(
              "ablation.other.attribution",
              "before-and-after attribution of other heads, as if they were the induction set")
          .is("ablation.set.attribution of the set of ablation.other");
  private static final Quantity LAYER_ATTRIBUTION =
      ALL.pure("ablation.layer.attribution", "before-and-after attribution of the whole layer")
          .is("ablation.set.attribution of all heads of the layer");
  private static final Quantity EARLY =
      ALL.nats("ablation.set.early", "change of the early loss without the induction set")
          .is("loss at the ICL score's early indices, ablated - intact; preserving, zero");
  private static final Quantity LATE =
      ALL.nats("ablation.set.late", "change of the late loss without the induction set")
          .is("loss at the ICL score's late indices, ablated - intact; preserving, zero");

  private static final Ablation PAPER = Ablation.PRESERVING_ZERO;
  private static final String OF_SET = SET.value.of(PAPER).key();
  private static final String OF_OTHERS = RANDOM.value.of(PAPER).key();
  private static final String OF_LAYER = LAYER.of(PAPER).key();

  /** The keys of {@link #shares}. */
  static final Set<String> SHARES = Set.of(OF_SET, OF_OTHERS, OF_LAYER);

  /** At most so many sets of other heads. */
  private static final int SETS = 50;

  private static final long SEED = 2022;
  private static final double HALF = 0.5;

  /** A share by each method, with its error. */
  private record Shares(Family<Ablation, Quantity> value, Family<Ablation, Quantity> error) {
    static Shares of(String key, String title, String formula) {
      List<Ablation> methods = List.of(Ablation.values());
      Family<Ablation, Quantity> error =
          Family.of(
              methods,
              method -> {
                String name = key + "." + method.key();
                return ALL.pure(name + ".error", "standard error: " + title + ", " + method.words())
                    .is("of " + name + ", jackknife over evaluation sequences");
              });
      Family<Ablation, Quantity> value =
          Family.of(
              methods,
              method ->
                  ALL.pure(key + "." + method.key(), title + ", " + method.words())
                      .error(error.of(method))
                      .is(formula));
      return new Shares(value, error);
    }

    void put(Ablation method, RatioOfSums share, Findings findings) {
      findings.put(value.of(method), share.value()).put(error.of(method), share.error());
    }
  }

  private final Heads heads;
  private final List<List<HeadId>> others;

  /** A set of other heads, taken for the induction set; empty where there are no such sets. */
  private final List<HeadId> mistaken;

  private final List<List<HeadId>> othersOfMistaken;

  /**
   * @param heads of which some match
   */
  InductionSet(Heads heads, ModelSpec spec) {
    this.heads = heads;
    Rng rng = Rng.of(SEED);
    this.others =
        ControlSets.alike(heads.rest(), heads.matching(), SETS, rng.split("sets of other heads"));
    this.mistaken =
        others.isEmpty()
            ? List.of()
            : others.get(rng.split("taken for induction heads").nextInt(others.size()));
    List<HeadId> left = new ArrayList<>(HeadId.all(spec));
    left.removeAll(mistaken);
    this.othersOfMistaken =
        ControlSets.alike(left, mistaken, SETS, rng.split("sets of other heads"));
  }

  /** Whether there are sets of other heads to compare with. */
  boolean comparable() {
    return !others.isEmpty();
  }

  /** What has to be cut. */
  List<Cut> cuts() {
    List<Cut> cuts = new ArrayList<>();
    for (Ablation method : Ablation.values()) {
      cuts.add(set(method));
      cuts.add(Cut.of(heads.layer(), method));
      cuts.addAll(Cut.each(others, method));
    }
    cuts.addAll(Cut.each(othersOfMistaken, PAPER));
    return cuts;
  }

  /** The sets of heads whose mean share each number of the paper's ablation is. */
  Map<String, List<List<HeadId>>> shares() {
    Map<String, List<List<HeadId>>> shares = new LinkedHashMap<>();
    shares.put(OF_SET, comparable() ? List.of(heads.matching()) : List.of());
    shares.put(OF_OTHERS, others);
    shares.put(OF_LAYER, List.of(heads.layer()));
    return shares;
  }

  private Cut set(Ablation method) {
    return Cut.of(heads.matching(), method);
  }

  /** How many match, and where; of a run of which none does, too. */
  static Findings members(Heads heads, ModelSpec spec) {
    Findings findings = new Findings().put(SIZE, heads.matching().size());
    for (HeadId head : HeadId.all(spec)) {
      findings.put(MEMBER.of(head), heads.matching().contains(head) ? 1.0 : 0.0);
    }
    return findings;
  }

  /**
   * @param dated whether the direction in which losses are read is the change of the run
   */
  Findings findings(WithoutHeads without, boolean dated) {
    Findings findings =
        new Findings().put(LAYER_SHARE, heads.shareOfLayer()).put(COMPARABLE, comparable() ? 1 : 0);
    boolean agree = true;
    for (Ablation method : Ablation.values()) {
      if (comparable()) {
        RatioOfSums removed = without.removed(set(method));
        agree &= removed.value() > HALF;
        SET.put(method, removed, findings);
        RANDOM.put(method, without.removed(Cut.each(others, method)), findings);
      }
      findings.put(LAYER.of(method), without.removed(Cut.of(heads.layer(), method)).value());
    }
    if (dated) {
      List<Cut> layer = List.of(Cut.of(heads.layer(), PAPER));
      findings.put(LAYER_ATTRIBUTION, without.along(layer).value());
    }
    return comparable() ? findings.putAll(compared(without, agree, dated)) : findings;
  }

  private Findings compared(WithoutHeads without, boolean agree, boolean dated) {
    Findings findings =
        new Findings()
            .put(AGREE, agree ? 1 : 0)
            .put(OTHER, without.removed(Cut.of(mistaken, PAPER)).value())
            .put(OTHER_RANDOM, without.removed(Cut.each(othersOfMistaken, PAPER)).value())
            .put(EARLY, without.early(set(PAPER)))
            .put(LATE, without.late(set(PAPER)));
    if (!dated) {
      return findings;
    }
    RatioOfSums own = without.along(List.of(set(PAPER)));
    RatioOfSums random = without.along(Cut.each(others, PAPER));
    return findings
        .put(OTHER_ATTRIBUTION, without.along(List.of(Cut.of(mistaken, PAPER))).value())
        .put(ATTRIBUTION, own.value())
        .put(ATTRIBUTION_ERROR, own.error())
        .put(RANDOM_ATTRIBUTION, random.value())
        .put(RANDOM_ATTRIBUTION_ERROR, random.error());
  }
}
