package refrain.analysis;

import java.util.List;
import java.util.function.ToDoubleFunction;
import refrain.model.HeadId;

/** The induction set ablated at once, against sets of as many other heads. */
final class SetAblation {
  private final AblationBench bench;
  private final InductionSet set;
  private final List<List<HeadId>> others;

  SetAblation(AblationBench bench, InductionSet set) {
    this.bench = bench;
    this.set = set;
    this.others = OtherSets.of(set.others(), set.heads().size());
  }

  /** The share of the ICL score that goes with the set; NaN: it is empty. */
  double set(Knockout method) {
    return set.isEmpty() ? Double.NaN : bench.removed(set.heads(), method);
  }

  /** The mean share that goes with sets of other heads; NaN: there are none. */
  double random(Knockout method) {
    return mean(heads -> bench.removed(heads, method));
  }

  /** The same where the induction heads read the values of the intact model. */
  double restored(Knockout method) {
    IclReading intact = bench.read(bench.intact());
    return mean(
        heads -> IclReading.removed(intact, bench.read(bench.without(heads, method, set.heads()))));
  }

  /** The mean attribution of sets of other heads; NaN: there are none. */
  double random(Knockout method, Attribution attribution) {
    return mean(heads -> attribution.of(bench.intact(), bench.without(heads, method)));
  }

  /** The same where the induction heads read the values of the intact model. */
  double restored(Knockout method, Attribution attribution) {
    return mean(heads -> attribution.of(bench.intact(), bench.without(heads, method, set.heads())));
  }

  /**
   * How much the ICL score moves with one other head, mean absolute change in nats.
   *
   * @param restored whether the induction heads read the values of the intact model
   */
  double single(Knockout method, boolean restored) {
    double intact = bench.read(bench.intact()).icl();
    List<HeadId> kept = restored ? set.heads() : List.of();
    return set.others().stream()
        .mapToDouble(head -> bench.read(bench.without(List.of(head), method, kept)).icl() - intact)
        .map(Math::abs)
        .average()
        .orElse(Double.NaN);
  }

  private double mean(ToDoubleFunction<List<HeadId>> score) {
    return others.stream().mapToDouble(score).average().orElse(Double.NaN);
  }

  /** All six methods, under {@code ablation.set} and {@code ablation.random}. */
  Findings findings() {
    Findings findings = new Findings();
    boolean agree = true;
    for (Knockout method : Knockout.values()) {
      double removed = set(method);
      agree &= removed > 0;
      findings.put("ablation.set." + method.key(), removed);
      findings.put("ablation.random." + method.key(), random(method));
    }
    return findings.put("ablation.agree", set.isEmpty() ? Double.NaN : agree ? 1 : 0);
  }
}
