package refrain.analysis.instrument;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;

/** All attention patterns of a model on a batch, kept. */
public final class Patterns {
  private final Batch batch;
  private final float[][][] patterns;

  public Patterns(ModelState model, Batch batch) {
    int layers = model.spec().nLayers();
    this.batch = batch;
    this.patterns = new float[batch.size()][layers][];
    Set<HookPoint> wants =
        IntStream.range(0, layers)
            .mapToObj(l -> HookPoint.of(HookKind.PATTERN, l))
            .collect(Collectors.toUnmodifiableSet());
    model.losses(
        batch,
        model.plan(batch, List.of()),
        Observer.of(wants, (s, point, view) -> patterns[s][point.layer()] = view.toArray()));
  }

  public Batch batch() {
    return batch;
  }

  /** The attention that a position pays to another in one sequence. */
  public double at(int sequence, HeadId head, int query, int key) {
    int context = batch.context();
    return patterns[sequence][head.layer()][(head.head() * context + query) * context + key];
  }

  /** The mean over sequences of the attention from i to i - 1, [T]; 0 at the first position. */
  public double[] previous(HeadId head) {
    double[] mean = new double[batch.context()];
    for (int i = 1; i < mean.length; i++) {
      for (int s = 0; s < batch.size(); s++) {
        mean[i] += at(s, head, i, i - 1) / batch.size();
      }
    }
    return mean;
  }
}
