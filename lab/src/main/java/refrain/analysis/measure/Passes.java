package refrain.analysis.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.SharedPass;
import refrain.model.HeadId;
import refrain.model.Plan;
import refrain.probe.IclIndices;

/**
 * Losses of a model on its text as it is and under many lists of interventions. What comes before
 * the lowest change is computed once a batch, and the values that interventions put elsewhere are
 * those of the model as it was trained.
 */
public final class Passes {
  private Passes() {}

  /** The plan of the model's own interventions and then of others. */
  public static Plan plan(ModelState model, Batch batch, List<Intervention> more) {
    if (more.isEmpty()) {
      return model.plan(batch, List.of());
    }
    SharedPass pass =
        SharedPass.of(model.engine(), model.parameters(), batch, model.own(), more, model.donors());
    return pass.own().then(pass.plan(more));
  }

  /**
   * Losses under each list, those of the empty list as the model is.
   *
   * @param tokens [sequence, T + 1]
   */
  public static List<SequenceLosses> of(
      ModelState model, int[][] tokens, IclIndices indices, List<List<Intervention>> lists) {
    List<List<float[]>> losses = new ArrayList<>();
    lists.forEach(_ -> losses.add(new ArrayList<>()));
    Set<Intervention> wanted = new HashSet<>();
    lists.forEach(wanted::addAll);
    for (Batch batch : Losses.batches(tokens)) {
      Bench bench = new Bench(model, batch, indices, List.copyOf(wanted));
      for (int k = 0; k < lists.size(); k++) {
        List<Intervention> list = lists.get(k);
        losses.get(k).addAll(Arrays.asList(list.isEmpty() ? bench.intact() : bench.under(list)));
      }
    }
    return losses.stream()
        .map(read -> SequenceLosses.of(read.toArray(float[][]::new), indices))
        .toList();
  }

  /**
   * Other heads in place of those of an intervention, against what it changes itself.
   *
   * @param intact what the model loses as it is
   */
  public static Placebo placebo(
      ModelState model,
      int[][] tokens,
      IclIndices indices,
      SequenceLosses intact,
      List<Intervention> list,
      Map<HeadId, Verdict> verdicts) {
    Retarget.Others others = Retarget.others(model.spec(), list, Placebo.MOST);
    if (!others.none().isEmpty()) {
      return Placebo.none(others.none());
    }
    List<List<Intervention>> lists =
        others.sets().stream().map(other -> Retarget.on(list, other)).toList();
    List<SequenceLosses> losses = of(model, tokens, indices, lists);
    List<Placebo.Set> sets =
        IntStream.range(0, others.sets().size())
            .mapToObj(k -> {
              List<HeadId> to = List.copyOf(others.sets().get(k).values());
              return Placebo.Set.of(to, verdicts, intact.removed(losses.get(k)));
            })
            .toList();
    return new Placebo(sets, others.all(), "");
  }
}
