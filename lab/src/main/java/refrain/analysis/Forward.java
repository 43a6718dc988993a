package refrain.analysis;

import java.util.List;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.model.Observer;

/** Forward passes of one fixed state of a model. */
@FunctionalInterface
interface Forward {
  /** Per-token losses, [batch, T] in nats, under interventions. */
  float[][] losses(Batch batch, List<Intervention> interventions, Observer observer);
}
