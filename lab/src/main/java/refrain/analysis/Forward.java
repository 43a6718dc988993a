package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.data.Batch;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;

/**
 * Forward passes of one state of a model.
 *
 * @param own interventions that it always runs under
 */
record Forward(Transformer engine, Parameters parameters, List<Intervention> own) {
  Forward {
    own = List.copyOf(own);
  }

  /** Of a run, under its own interventions. */
  static Forward of(Subject run, Parameters parameters) {
    return new Forward(run.engine(), parameters, run.spec().interventions());
  }

  ModelSpec spec() {
    return engine.spec();
  }

  /** The plan of its own interventions and then of others, for a batch. */
  Plan plan(Batch batch, List<Intervention> more) {
    List<Intervention> all = new ArrayList<>(own);
    all.addAll(more);
    return Interventions.of(spec(), all).plan(engine, parameters, batch, Donors.NONE);
  }

  /** Per-token losses, [batch, T] in nats. */
  float[][] losses(Batch batch, Plan plan, Observer observer) {
    return engine.forward(parameters, batch, plan, observer);
  }
}
