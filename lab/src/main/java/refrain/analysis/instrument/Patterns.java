package refrain.analysis.instrument;

import java.util.List;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Recording;

/** All attention patterns of a model on a batch, kept. */
public final class Patterns {
  private final Batch batch;
  private final Recording patterns;

  public Patterns(ModelState model, Batch batch) {
    this.batch = batch;
    this.patterns = new Recording(batch.size());
    for (int layer = 0; layer < model.spec().nLayers(); layer++) {
      patterns.want(HookPoint.of(HookKind.PATTERN, layer));
    }
    model.losses(batch, model.plan(batch, List.of()), patterns);
  }

  public Batch batch() {
    return batch;
  }

  /** The attention that a position pays to another in one sequence. */
  public double at(int sequence, HeadId head, int query, int key) {
    int context = batch.context();
    float[] pattern = patterns.at(HookPoint.of(HookKind.PATTERN, head.layer()))[sequence];
    return pattern[(head.head() * context + query) * context + key];
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
