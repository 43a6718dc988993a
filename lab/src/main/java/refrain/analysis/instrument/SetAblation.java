package refrain.analysis.instrument;

import java.util.List;
import java.util.function.ToDoubleFunction;
import refrain.data.Rng;
import refrain.model.HeadId;

/** The induction heads ablated at once, against sets of as many other heads. */
public final class SetAblation {
  /** At most so many sets of other heads. */
  public static final int SETS = 6;

  private static final long SEED = 2022;

  private final Bench bench;
  private final Heads heads;
  private final List<List<HeadId>> controls;

  public SetAblation(Bench bench, Heads heads) {
    this.bench = bench;
    this.heads = heads;
    this.controls =
        ControlSets.different(
            heads.others(),
            heads.matching().size(),
            SETS,
            Rng.of(SEED).split("sets of other heads"));
  }

  /** The share of the ICL score that goes with the induction heads; NaN: there are none. */
  public double set(Ablation method) {
    return heads.formed() ? bench.removed(heads.matching(), method) : Double.NaN;
  }

  /** The mean share that goes with sets of other heads; NaN: there are none. */
  public double random(Ablation method) {
    return overControls(set -> bench.removed(set, method));
  }

  /** The same where the induction heads read the values of the intact model. */
  public double restored(Ablation method) {
    IclReading intact = bench.read(bench.intact());
    return overControls(
        set -> IclReading.removed(intact, bench.read(withoutRestored(set, method))));
  }

  /** Losses without some heads where the induction heads read the values of the intact model. */
  public float[][] withoutRestored(List<HeadId> set, Ablation method) {
    return bench.without(set, method, heads.matching());
  }

  /**
   * How much the ICL score moves with one other head, mean absolute change in nats.
   *
   * @param restored whether the induction heads read the values of the intact model
   */
  public double single(Ablation method, boolean restored) {
    double intact = bench.read(bench.intact()).icl();
    List<HeadId> kept = restored ? heads.matching() : List.of();
    return heads.others().stream()
        .mapToDouble(head -> bench.read(bench.without(List.of(head), method, kept)).icl() - intact)
        .map(Math::abs)
        .average()
        .orElse(Double.NaN);
  }

  /** The mean of a number over the sets of other heads; NaN: there are none. */
  public double overControls(ToDoubleFunction<List<HeadId>> number) {
    return controls.stream().mapToDouble(number).average().orElse(Double.NaN);
  }
}
