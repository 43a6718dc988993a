package refrain.intervene;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;

/**
 * A list of interventions that fits a model, compiled to a {@link Plan} for each batch. Edits of
 * one place are applied in the order of the list.
 *
 * <p>Where no values are needed from a forward pass and none depends on the tokens, the plan is
 * made once for each context and kept: asking for it again costs nothing. Safe to share between
 * threads.
 */
public final class Interventions {
  private final ModelSpec spec;
  private final List<Intervention> list;
  private final boolean needsDonors;
  private final boolean dependsOnTokens;
  private final Map<Integer, Plan> kept = new ConcurrentHashMap<>();

  private Interventions(ModelSpec spec, List<Intervention> list) {
    this.spec = spec;
    this.list = List.copyOf(list);
    this.needsDonors = this.list.stream().anyMatch(Interventions::needsDonors);
    this.dependsOnTokens = this.list.stream().anyMatch(Intervention::isOracle);
  }

  /**
   * @throws RefrainException when a head, site or position is not in the model; the message lists
   *     the valid ones
   */
  public static Interventions of(ModelSpec spec, List<Intervention> list) {
    for (int i = 0; i < list.size(); i++) {
      try {
        check(spec, list.get(i));
      } catch (RefrainException e) {
        throw RefrainException.badInput("interventions[" + i + "]: " + e.getMessage(), e);
      }
    }
    return new Interventions(spec, list);
  }

  /** The interventions, in order. */
  public List<Intervention> list() {
    return list;
  }

  public boolean isEmpty() {
    return list.isEmpty();
  }

  /** Whether compiling runs forward passes, for values of a clean pass or of a donor. */
  public boolean needsDonors() {
    return needsDonors;
  }

  /** Whether one plan serves all batches of the same context. */
  public boolean isStatic() {
    return !needsDonors && !dependsOnTokens;
  }

  /**
   * Looks for every donor, also for those that are needed later only.
   *
   * @throws RefrainException when one is unknown or does not fit
   */
  public void requireDonors(Donors donors) {
    for (Intervention intervention : list) {
      switch (intervention.takes()) {
        case Source.Checkpoint(String ref) ->
            DonorRuns.sameShape(spec, ref, donors.checkpoint(ref));
        case Source.Input(String name) -> donors.input(name);
        case null, default -> {}
      }
    }
  }

  /**
   * The plan for a batch where no donor is needed.
   *
   * @throws IllegalStateException when {@link #needsDonors()}
   */
  public Plan plan(Batch batch) {
    if (needsDonors) {
      throw new IllegalStateException("these interventions need a forward pass to be compiled");
    }
    return isStatic()
        ? kept.computeIfAbsent(batch.context(), t -> build(batch, null))
        : build(batch, null);
  }

  /**
   * The plan for a batch. Runs one forward pass for each distinct donor, of this batch or the
   * donor's; none where {@link #needsDonors()} is false.
   *
   * @param model of the same shape as {@code parameters}
   * @throws RefrainException when a donor is unknown or does not fit
   */
  public Plan plan(Transformer model, Parameters parameters, Batch batch, Donors donors) {
    if (!needsDonors) {
      return plan(batch);
    }
    DonorRuns runs = new DonorRuns(spec, batch);
    want(runs);
    runs.run(model, parameters, donors, Plan.NONE);
    return build(batch, runs);
  }

  /** Asks for all values that these interventions take from forward passes. */
  void want(DonorRuns runs) {
    list.forEach(i -> want(runs, i));
  }

  /** The plan, given the passes it needs. */
  Plan build(Batch batch, @Nullable DonorRuns runs) {
    PlanBuilder builder = new PlanBuilder(spec, batch, runs);
    list.forEach(builder::add);
    return builder.build();
  }

  private void want(DonorRuns runs, Intervention intervention) {
    switch (intervention) {
      case Intervention.Replace r -> runs.want(r.source(), r.site().point());
      case Intervention.FreezePatterns f ->
          heads(spec, f).forEach(h -> runs.want(f.source(), PlanBuilder.pattern(h)));
      case Intervention.ReplaceEdge e ->
          runs.want(e.source(), PlanBuilder.contribution(e.sender()));
      case Intervention.ReplaceLayerEdges e ->
          runs.want(e.source(), HookPoint.of(HookKind.RESULT, e.sender()));
      case Intervention.Scale _,
          Intervention.ClampPattern _,
          Intervention.AttentionBias _,
          Intervention.OffsetBias _ -> {}
    }
  }

  static List<HeadId> heads(ModelSpec spec, Intervention.FreezePatterns freeze) {
    return freeze.heads().isEmpty() ? HeadId.all(spec) : freeze.heads();
  }

  private static boolean needsDonors(Intervention intervention) {
    Source source = intervention.takes();
    return source != null && DonorRuns.needed(source);
  }

  private static void check(ModelSpec spec, Intervention intervention) {
    switch (intervention) {
      case Intervention.Replace r -> {
        r.site().check(spec);
        positions(spec, r.positions());
      }
      case Intervention.Scale s -> {
        s.site().check(spec);
        positions(spec, s.positions());
      }
      case Intervention.FreezePatterns f -> f.heads().forEach(h -> h.check(spec));
      case Intervention.ClampPattern c -> c.heads().forEach(h -> h.check(spec));
      case Intervention.AttentionBias b -> b.heads().forEach(h -> h.check(spec));
      case Intervention.OffsetBias b -> b.heads().forEach(h -> h.check(spec));
      case Intervention.ReplaceLayerEdges e ->
          RefrainException.require(
              e.receiver() < spec.nLayers(),
              "replace-layer-edges: receiver is layer %s, but the model has layers 0..%s",
              e.receiver(),
              spec.nLayers() - 1);
      case Intervention.ReplaceEdge e -> {
        e.sender().check(spec);
        e.receiver().check(spec);
        positions(spec, e.positions());
        sender(e);
      }
    }
  }

  private static void sender(Intervention.ReplaceEdge e) {
    Site s = e.sender();
    if (s.asHead() == null && s.kind() != HookKind.MLP_OUT && s.kind() != HookKind.EMBED) {
      throw RefrainException.badInput(
          "replace-edge: sender is "
              + s
              + ", expected a head (L0H1), an MLP (mlp.0) or hook_embed");
    }
    if (s.layer() >= e.receiver().layer()) {
      throw RefrainException.badInput(
          ("replace-edge: sender %s does not come before receiver %s; an edge leads from "
                  + "an earlier layer to a later one")
              .formatted(s, e.receiver()));
    }
  }

  private static void positions(ModelSpec spec, List<Integer> positions) {
    List<Integer> outside = new ArrayList<>(positions);
    outside.removeIf(p -> p >= 0 && p < spec.nCtx());
    if (!outside.isEmpty()) {
      throw RefrainException.badInput(
          "position %s is not in this model; it has 0..%s"
              .formatted(outside.getFirst(), spec.nCtx() - 1));
    }
  }
}
