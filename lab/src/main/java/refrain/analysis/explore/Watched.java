package refrain.analysis.explore;

import refrain.data.Batch;
import refrain.model.KeptPass;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;

/**
 * An engine that gives up before its next pass where nobody waits any more. A pass is over as many
 * sequences as are read at once, so that is how long it may take to hear of it.
 */
record Watched(Transformer engine, Watch watch) implements Transformer {
  @Override
  public float[][] forward(Parameters parameters, Batch batch, Plan plan, Observer observer) {
    watch.check();
    return engine.forward(parameters, batch, plan, observer);
  }

  @Override
  public KeptPass keep(Parameters parameters, Batch batch, Plan plan) {
    watch.check();
    KeptPass kept = engine.keep(parameters, batch, plan);
    return new KeptPass() {
      @Override
      public float[][] losses() {
        return kept.losses();
      }

      @Override
      public float[][] under(Plan more) {
        watch.check();
        return kept.under(more);
      }
    };
  }

  @Override
  public float[][] gradient(Parameters parameters, Batch batch, Plan plan, float[] gradient) {
    watch.check();
    return engine.gradient(parameters, batch, plan, gradient);
  }

  /** The engine is its owner's. */
  @Override
  public void close() {}
}
