package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.data.Batch;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.model.Observer;
import refrain.model.Plan;

/**
 * A template in place of heads' attention at those positions only that have something to attend to;
 * at the others they attend as they do. A template has to rest somewhere, and where trained heads
 * rest elsewhere its resting place costs loss that has nothing to do with matching.
 */
final class IdealRows {
  private IdealRows() {}

  /** Losses [sequence, T] of a batch, nats. */
  static float[][] losses(Forward model, Batch batch, List<HeadId> heads, Template template) {
    Patterns own = new Patterns(model, batch);
    Plan plan = model.plan(batch, List.of());
    List<Plan.PatternEdit> edits = new ArrayList<>(plan.patterns());
    for (HeadId head : heads) {
      float[][] mixed = new float[batch.size()][];
      for (int s = 0; s < mixed.length; s++) {
        mixed[s] = mixed(own, head, s, template);
      }
      edits.add(new Plan.PatternEdit(head, 1, Plan.Values.each(mixed)));
    }
    return model.losses(
        batch, new Plan(plan.scores(), edits, plan.outputs(), plan.edges()), Observer.NONE);
  }

  private static float[] mixed(Patterns own, HeadId head, int sequence, Template template) {
    int[] tokens = own.batch().tokens()[sequence];
    int context = own.batch().context();
    float[] targets = template.targets(tokens, context);
    float[] mixed = template.pattern(tokens, context);
    for (int i = 0; i < context; i++) {
      boolean hasTarget = false;
      for (int j = 0; j <= i; j++) {
        hasTarget |= targets[i * context + j] > 0;
      }
      for (int j = 0; j <= i && !hasTarget; j++) {
        mixed[i * context + j] = (float) own.at(sequence, head, i, j);
      }
    }
    return mixed;
  }
}
