package refrain.analysis.ablation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.WithoutHeads;
import refrain.analysis.instrument.WithoutHeads.Cut;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.probe.IclIndices;

/**
 * What each evaluation sequence loses with and without heads: the numbers behind shares that {@link
 * AblationAnalysis} gives of the end of a run, for those who compute them again. Beside the end
 * stand two earlier checkpoints without the same heads.
 *
 * @param tokens [sequence, T + 1]
 * @param indices where early and late losses are read
 * @param cuts the sets of heads that each quantity is the mean share of, zeroed with all patterns
 *     preserved
 * @param readings a checkpoint and a set of heads each, the intact model first
 */
public record SequenceLosses(
    int[][] tokens,
    IclIndices indices,
    Map<String, List<List<HeadId>>> cuts,
    List<Reading> readings) {
  private static final int CHECKPOINTS = 3;

  /**
   * One model without some heads.
   *
   * @param step of the checkpoint
   * @param without the heads; none: the model as it is
   * @param early mean loss of each sequence at the early indices, nats
   * @param late the same at the late indices
   */
  public record Reading(long step, List<HeadId> without, double[] early, double[] late) {}

  /**
   * Of a run some of whose heads match.
   *
   * @param quantities shares of the ICL score; those that are no such share are passed over
   */
  public static SequenceLosses of(Subject run, Collection<String> quantities) {
    InductionSet set = new InductionSet(Heads.of(run.metrics(), run.model()), run.model());
    Map<String, List<List<HeadId>>> cuts = new LinkedHashMap<>(set.shares());
    cuts.keySet().retainAll(quantities);
    int[][] tokens = run.evaluation(AblationAnalysis.SEQUENCES).tokens();
    List<Reading> readings = new ArrayList<>();
    for (long step : checkpoints(run)) {
      readings.addAll(read(run, step, tokens, cuts.values()));
    }
    return new SequenceLosses(tokens, run.iclIndices(), cuts, readings);
  }

  /** Whether a quantity is a share whose losses are read. */
  public static boolean gives(String quantity) {
    return InductionSet.SHARES.contains(quantity);
  }

  /** The steps of the checkpoints, increasing. */
  public List<Long> steps() {
    return readings.stream().map(Reading::step).distinct().toList();
  }

  private static List<Reading> read(
      Subject run, long step, int[][] tokens, Collection<List<List<HeadId>>> cuts) {
    Set<List<HeadId>> sets = new LinkedHashSet<>(List.of(List.of()));
    cuts.forEach(sets::addAll);
    List<Cut> all = Cut.each(List.copyOf(sets), Ablation.PRESERVING_ZERO);
    WithoutHeads without =
        new WithoutHeads(run.state(step), tokens, run.iclIndices(), all, SequenceLosses::still);
    return sets.stream()
        .map(heads -> {
          double[][] losses = without.losses(Cut.of(heads, Ablation.PRESERVING_ZERO));
          return new Reading(step, heads, losses[0], losses[1]);
        })
        .toList();
  }

  /** No direction in which losses change. */
  private static float[][] still(Batch batch) {
    return new float[batch.tokens().length][batch.tokens()[0].length - 1];
  }

  /** The run's end and both ends of the window of its change; others where two of them are one. */
  private static long[] checkpoints(Subject run) {
    ChangeWindow window = ChangeWindow.of(run);
    long[] all = run.steps();
    LongStream first = LongStream.of(all[all.length - 1], window.start(), window.end());
    return LongStream.concat(first, LongStream.of(all))
        .distinct()
        .limit(CHECKPOINTS)
        .sorted()
        .toArray();
  }
}
