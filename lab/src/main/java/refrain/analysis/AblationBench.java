package refrain.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.SharedPass;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.probe.IclIndices;

/** A model on one batch, intact and without some of its heads. Its intact pass is made once. */
final class AblationBench {
  private final Transformer engine;
  private final Parameters parameters;
  private final Batch batch;
  private final IclIndices indices;
  private final SharedPass pass;
  private final float[][] intact;
  private final Map<List<Intervention>, float[][]> known = new HashMap<>();

  /**
   * @param own the interventions that the model was trained under
   * @param indices where the ICL score is read
   */
  AblationBench(
      Transformer engine,
      Parameters parameters,
      Batch batch,
      List<Intervention> own,
      IclIndices indices) {
    this.engine = engine;
    this.parameters = parameters;
    this.batch = batch;
    this.indices = indices;
    List<Intervention> wanted = new ArrayList<>();
    List<HeadId> heads = HeadId.all(parameters.spec());
    for (Knockout method : Knockout.values()) {
      wanted.addAll(method.of(heads, parameters.spec().nLayers()));
    }
    wanted.addAll(restored(heads));
    this.pass = SharedPass.of(engine, parameters, batch, own, wanted);
    this.intact = engine.forward(parameters, batch, pass.own(), Observer.NONE);
  }

  /** Of a run. */
  static AblationBench of(Subject run, Parameters parameters, Batch batch) {
    return new AblationBench(
        run.engine(), parameters, batch, run.spec().interventions(), run.iclIndices());
  }

  /** Losses of the model as it is, [batch, T] in nats. */
  float[][] intact() {
    return intact;
  }

  /** Losses without some heads, [batch, T] in nats. */
  float[][] without(List<HeadId> heads, Knockout method) {
    return without(heads, method, List.of());
  }

  /**
   * The same where the values that some heads read are those of the intact pass.
   *
   * @param restored heads whose values are
   */
  float[][] without(List<HeadId> heads, Knockout method, List<HeadId> restored) {
    List<Intervention> all = new ArrayList<>(method.of(heads, parameters.spec().nLayers()));
    all.addAll(restored(restored));
    return known.computeIfAbsent(
        all, list -> engine.forward(parameters, batch, pass.plan(list), Observer.NONE));
  }

  private List<Intervention> restored(List<HeadId> heads) {
    return heads.stream()
        .map(head -> new Site(HookKind.V, head.layer(), head.head() / parameters.spec().group()))
        .<Intervention>map(site -> new Intervention.Replace(site, Source.CLEAN, List.of()))
        .toList();
  }

  /** What losses on this batch say. */
  IclReading read(float[][] losses) {
    return IclReading.of(losses, indices);
  }

  /** The share of the ICL score that goes with some heads. */
  double removed(List<HeadId> heads, Knockout method) {
    return IclReading.removed(read(intact), read(without(heads, method)));
  }

  IclIndices indices() {
    return indices;
  }
}
