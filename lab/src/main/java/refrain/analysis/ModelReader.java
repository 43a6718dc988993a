package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.data.Batch;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;

/**
 * A model that reads sequences made for it.
 *
 * @param engine that runs it
 * @param parameters its weights
 * @param own interventions that it was trained under; they stay
 */
record ModelReader(Transformer engine, Parameters parameters, List<Intervention> own) {
  ModelReader {
    own = List.copyOf(own);
  }

  /** The model at the end of a run. */
  static ModelReader of(Subject run) {
    return new ModelReader(run.engine(), run.last(), run.spec().interventions());
  }

  /** The same model with other weights. */
  ModelReader with(Parameters other) {
    return new ModelReader(engine, other, own);
  }

  /**
   * What the model attends to and predicts at some positions.
   *
   * @param tokens [sequence, T + 1]
   * @param queries [sequence, any] positions, 0 to T - 1
   * @param more interventions, after its own
   */
  QueryReadings read(int[][] tokens, int[][] queries, List<Intervention> more) {
    QueryReadings readings = new QueryReadings(engine.spec(), queries);
    forward(Batch.of(tokens), more, readings);
    return readings;
  }

  /** Per-token losses, [sequence, T] in nats. */
  float[][] losses(Batch batch, List<Intervention> more) {
    return forward(batch, more, Observer.NONE);
  }

  Plan plan(Batch batch, List<Intervention> more) {
    List<Intervention> all = new ArrayList<>(own);
    all.addAll(more);
    return all.isEmpty()
        ? Plan.NONE
        : Interventions.of(engine.spec(), all).plan(engine, parameters, batch, Donors.NONE);
  }

  private float[][] forward(Batch batch, List<Intervention> more, Observer observer) {
    return engine.forward(parameters, batch, plan(batch, more), observer);
  }
}
