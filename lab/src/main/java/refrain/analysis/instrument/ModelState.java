package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import refrain.data.Batch;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.probe.TokenPool;

/**
 * A model in one state, and its forward passes. It knows no run: a checkpoint from elsewhere is one
 * as well.
 *
 * @param engine that runs it
 * @param parameters its weights
 * @param own interventions that it was trained under and always runs under
 * @param donors finds what they take values from
 * @param context positions that it was trained on; later ones, up to n_ctx, are not to be read
 * @param tokens what random tokens are drawn from; asked for only where some are
 */
public record ModelState(
    Transformer engine,
    Parameters parameters,
    List<Intervention> own,
    Donors donors,
    int context,
    Supplier<TokenPool> tokens) {
  public ModelState {
    own = List.copyOf(own);
  }

  /** Under no interventions, trained on all its positions, on a language of tokens all alike. */
  public static ModelState of(Transformer engine, Parameters parameters) {
    return new ModelState(
        engine,
        parameters,
        List.of(),
        Donors.NONE,
        parameters.spec().nCtx(),
        () -> TokenPool.all(parameters.spec().dVocab()));
  }

  /** The same model with other weights. */
  public ModelState with(Parameters other) {
    return new ModelState(engine, other, own, donors, context, tokens);
  }

  public ModelSpec spec() {
    return parameters.spec();
  }

  /** The plan of its own interventions and then of others, for a batch. */
  public Plan plan(Batch batch, List<Intervention> more) {
    List<Intervention> all = new ArrayList<>(own);
    all.addAll(more);
    return all.isEmpty()
        ? Plan.NONE
        : Interventions.of(spec(), all).plan(engine, parameters, batch, donors);
  }

  /** Per-token losses, [batch, T] in nats. */
  public float[][] losses(Batch batch, Plan plan, Observer observer) {
    return engine.forward(parameters, batch, plan, observer);
  }

  /** The same under its own interventions and others. */
  public float[][] losses(Batch batch, List<Intervention> more) {
    return losses(batch, plan(batch, more), Observer.NONE);
  }

  /**
   * What the model attends to and predicts at some positions.
   *
   * @param tokens [sequence, T + 1]
   * @param queries [sequence, any] positions, 0 to T - 1
   * @param more interventions, after its own
   */
  public QueryReadings read(int[][] tokens, int[][] queries, List<Intervention> more) {
    QueryReadings readings = new QueryReadings(spec(), queries);
    Batch batch = Batch.of(tokens);
    losses(batch, plan(batch, more), readings);
    return readings;
  }
}
