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
 *
 * @param singly whether sequences are read one at a time where nothing is edited: of a large model
 *     one of them takes long enough
 */
record Watched(Transformer engine, Watch watch, boolean singly) implements Transformer {
  @Override
  public float[][] forward(Parameters parameters, Batch batch, Plan plan, Observer observer) {
    if (!singly || !plan.isEmpty()) {
      watch.check();
      return engine.forward(parameters, batch, plan, observer);
    }
    float[][] losses = new float[batch.size()][];
    for (int s = 0; s < losses.length; s++) {
      watch.check();
      int place = s;
      Observer own =
          Observer.of(observer.wants(), (_, point, view) -> observer.observe(place, point, view));
      losses[s] =
          engine.forward(parameters, Batch.of(new int[][] {batch.tokens()[s]}), plan, own)[0];
    }
    return losses;
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
