package refrain.analysis.generality;

import java.util.List;
import java.util.function.ToDoubleFunction;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.ControlSets;
import refrain.analysis.instrument.Heads;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.model.ModelSpec;

/**
 * A model without its induction heads, and without random sets of as many others. The heads are
 * found on repeated random tokens and then taken away on what a language asks.
 */
record Knockouts(Heads heads, ModelSpec spec) {
  /** Random sets that the induction heads are compared with, each of their size. */
  private static final int RANDOM_SETS = 10;

  private static final long SEED = 4;

  /** The pattern-preserving zero ablation of some heads (Olsson et al. 2022, Argument 3). */
  List<Intervention> of(List<HeadId> set) {
    return Ablation.PRESERVING_ZERO.of(set, spec);
  }

  /** The same of the induction heads. */
  List<Intervention> ofInduction() {
    return of(heads.nearest());
  }

  /** Sets of as many other heads as there are induction heads, or of all others where fewer. */
  List<List<HeadId>> randomSets() {
    List<HeadId> induction = heads.nearest();
    List<HeadId> others =
        HeadId.all(spec).stream().filter(head -> !induction.contains(head)).toList();
    return ControlSets.drawn(
        others, induction.size(), RANDOM_SETS, Rng.of(SEED).split("random sets"));
  }

  /** A number under the ablation of each random set, the mean; NaN where there is no other head. */
  double overRandomSets(ToDoubleFunction<List<Intervention>> number) {
    return randomSets().stream()
        .mapToDouble(set -> number.applyAsDouble(of(set)))
        .average()
        .orElse(Double.NaN);
  }
}
