package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.SharedPass;
import refrain.model.HeadId;
import refrain.model.KeptPass;
import refrain.probe.IclIndices;

/**
 * A model on one batch, intact and under many interventions. The intact pass is made once, and the
 * values that interventions put elsewhere are those of it.
 */
public final class Bench {
  private final ModelState model;
  private final Batch batch;
  private final IclIndices indices;
  private final SharedPass pass;
  private final KeptPass kept;
  private final Map<List<Intervention>, float[][]> known = new HashMap<>();

  /**
   * @param indices where the ICL score is read
   * @param wanted interventions whose values are kept; there can be no others
   */
  public Bench(ModelState model, Batch batch, IclIndices indices, List<Intervention> wanted) {
    this.model = model;
    this.batch = batch;
    this.indices = indices;
    this.pass =
        SharedPass.of(
            model.engine(), model.parameters(), batch, model.own(), wanted, model.donors());
    this.kept = model.engine().keep(model.parameters(), batch, pass.own());
  }

  /** For every {@link Ablation} of any heads. */
  public static Bench forAblations(ModelState model, Batch batch, IclIndices indices) {
    List<HeadId> heads = HeadId.all(model.spec());
    List<Intervention> wanted = new ArrayList<>();
    for (Ablation method : Ablation.values()) {
      wanted.addAll(method.of(heads, model.spec()));
    }
    return new Bench(model, batch, indices, wanted);
  }

  public Batch batch() {
    return batch;
  }

  public IclIndices indices() {
    return indices;
  }

  /** Losses of the model as it is, [batch, T] in nats. */
  public float[][] intact() {
    return kept.losses();
  }

  /** Losses under interventions, [batch, T] in nats. */
  public float[][] under(List<Intervention> interventions) {
    return known.computeIfAbsent(interventions, list -> kept.under(pass.plan(list)));
  }

  /** Losses without some heads, [batch, T] in nats. */
  public float[][] without(List<HeadId> heads, Ablation method) {
    return under(method.of(heads, model.spec()));
  }

  /** What losses on this batch say. */
  public IclReading read(float[][] losses) {
    return IclReading.of(losses, indices);
  }

  /** The share of the ICL score that goes with some heads. */
  public double removed(List<HeadId> heads, Ablation method) {
    return IclReading.removed(read(intact()), read(without(heads, method)));
  }
}
