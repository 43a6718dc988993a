package refrain.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.View;

/**
 * What exact previous-token attention does where it is claimed to act: the keys of the induction
 * heads read previous-token heads that attend to the previous token only, and everything else reads
 * these heads as they are. Where this keeps the loss and {@link IdealPatterns} does not, the heads
 * have other uses.
 */
final class IdealKeys {
  private IdealKeys() {}

  /** Losses [sequence, T] of a batch, nats. */
  static float[][] losses(
      Forward model, Batch batch, List<HeadId> senders, List<HeadId> receivers) {
    Map<HookPoint, float[][]> written = new HashMap<>();
    for (HeadId s : senders) {
      written.put(HookPoint.of(HookKind.RESULT, s.layer()), new float[batch.size()][]);
    }
    Intervention exact = new Intervention.ClampPattern(senders, Template.PREVIOUS_TOKEN, 1);
    model.losses(batch, model.plan(batch, List.of(exact)), recorder(written));
    Plan own = model.plan(batch, List.of());
    List<Plan.EdgeEdit> edges = new ArrayList<>(own.edges());
    ModelSpec spec = model.spec();
    Set<HeadId> keys =
        receivers.stream()
            .map(r -> new HeadId(r.layer(), r.head() / spec.group()))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (HeadId r : keys) {
      for (HeadId s : senders) {
        if (s.layer() < r.layer()) {
          float[][] all =
              Objects.requireNonNull(written.get(HookPoint.of(HookKind.RESULT, s.layer())));
          edges.add(
              new Plan.EdgeEdit(
                  s.layer(),
                  Plan.Sender.HEAD,
                  s.head(),
                  r.layer(),
                  r.head(),
                  Plan.Input.K,
                  new float[batch.context()],
                  Plan.Values.each(of(all, s.head(), spec, batch.context()))));
        }
      }
    }
    return model.losses(
        batch, new Plan(own.scores(), own.patterns(), own.outputs(), edges), Observer.NONE);
  }

  /** One head's columns of results [T, head, d_model]. */
  private static float[][] of(float[][] results, int head, ModelSpec spec, int context) {
    int d = spec.dModel();
    float[][] own = new float[results.length][context * d];
    for (int s = 0; s < results.length; s++) {
      for (int t = 0; t < context; t++) {
        System.arraycopy(results[s], (t * spec.nHeads() + head) * d, own[s], t * d, d);
      }
    }
    return own;
  }

  private static Observer recorder(Map<HookPoint, float[][]> into) {
    return new Observer() {
      @Override
      public Set<HookPoint> wants() {
        return into.keySet();
      }

      @Override
      public void observe(int sequence, HookPoint point, View view) {
        float[][] slots = into.get(point);
        if (slots != null) {
          slots[sequence] = view.toArray();
        }
      }
    };
  }
}
