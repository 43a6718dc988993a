package refrain.model;

import static refrain.model.ModelEdits.heads;
import static refrain.model.ModelEdits.mlp;
import static refrain.model.ModelEdits.norm;

import java.util.ArrayList;
import java.util.List;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.Plan.Input;

/**
 * Every kind of model and every seam of {@link Plan}, by name: the list over which gradients are
 * checked and engines are compared. A feature that is not in it is not tested.
 */
public final class Variants {
  private Variants() {}

  /** Makes a plan for a batch of this many sequences of this context. */
  @FunctionalInterface
  public interface PlanFactory {
    Plan plan(ModelSpec spec, int sequences, int context);
  }

  /**
   * @param name what is special about it
   * @param sequences in the batch
   * @param context T, less than n_ctx in most of them
   * @param weighted whether targets have unequal weights, some of them 0
   */
  public record Variant(
      String name,
      ModelSpec spec,
      int sequences,
      int context,
      boolean weighted,
      PlanFactory plans) {

    public Plan plan() {
      return plans.plan(spec, sequences, context);
    }

    /** Random tokens, with some repeats. */
    public Batch batch() {
      Rng rng = Rng.of(5).split(name);
      int[][] tokens = new int[sequences][context + 1];
      float[][] weights = new float[sequences][context];
      for (int s = 0; s < sequences; s++) {
        for (int t = 0; t <= context; t++) {
          boolean repeat = t > 0 && rng.nextInt(3) == 0;
          tokens[s][t] = repeat ? tokens[s][rng.nextInt(t)] : rng.nextInt(spec.dVocab());
        }
        for (int t = 0; t < context; t++) {
          weights[s][t] = t % 3 == 1 ? 0 : (float) rng.nextDouble();
        }
      }
      return weighted ? new Batch(tokens, weights) : Batch.of(tokens);
    }

    /** Parameters of which none is at a symmetric place: biases, scales and alphas drawn too. */
    public Parameters parameters() {
      return draw(spec);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Every parameter drawn at random, about 0.4 in size, norm scales about 1. */
  public static Parameters draw(ModelSpec spec) {
    Parameters p = Parameters.zeros(spec);
    Rng rng = Rng.of(17);
    for (Parameter q : p.layout().all()) {
      float[] values = new float[q.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float) (0.4 * rng.nextGaussian()) + (q.role() == Parameter.Role.NORM_W ? 1 : 0);
      }
      Parameters.write(q, values, p.arena());
    }
    return p;
  }

  /** All of them. */
  public static List<Variant> all() {
    List<Variant> all = new ArrayList<>(models());
    all.addAll(plans());
    return all;
  }

  /** d 7, 2 heads of 3, V 11, n_ctx 9: nothing divides anything. */
  private static ModelSpec odd() {
    return ModelSpec.attentionOnly(2, 7, 2, 9, 11);
  }

  private static ModelSpec gpt2() {
    return odd()
        .with(
            m -> m.positions = new Positions.Learned(.02),
            mlp(10, Activation.GELU_TANH),
            m -> m.biases = Biases.ALL,
            m -> m.tied = true,
            m -> m.init = Init.GPT2);
  }

  private static ModelSpec pythia() {
    return odd()
        .with(
            heads(2, 2, 5),
            m -> m.positions = new Positions.Rotary(10000, 2),
            mlp(9, Activation.GELU),
            m -> m.biases = Biases.ALL,
            m -> m.parallelResidual = true);
  }

  private static ModelSpec llama() {
    return odd()
        .with(
            heads(6, 2, 4),
            norm(Norm.RMS, true),
            m -> m.positions = new Positions.Rotary(500, 0),
            mlp(9, Activation.SWIGLU));
  }

  /** Models without a plan. */
  public static List<Variant> models() {
    List<Variant> v = new ArrayList<>();
    model(v, "attention-only", odd());
    model(v, "1 layer", odd().with(m -> m.nLayers = 1));
    model(v, "3 layers", odd().with(m -> m.nLayers = 3));
    model(v, "norm none", odd().with(norm(Norm.NONE, false)));
    model(v, "norm rms", odd().with(norm(Norm.RMS, true)));
    model(v, "no final norm", odd().with(norm(Norm.LAYER, false)));
    model(v, "positions none", odd().with(m -> m.positions = new Positions.None()));
    model(v, "positions learned", odd().with(m -> m.positions = new Positions.Learned(.02)));
    model(v, "positions sinusoidal", odd().with(m -> m.positions = new Positions.Sinusoidal()));
    model(
        v, "positions alibi", odd().with(heads(3, 3, 2), m -> m.positions = new Positions.Alibi()));
    model(v, "rotary, part", odd().with(m -> m.positions = new Positions.Rotary(100, 2)));
    model(
        v,
        "rotary, all",
        odd().with(heads(2, 2, 4), m -> m.positions = new Positions.Rotary(10000, 0)));
    model(
        v,
        "rotary, stretched",
        odd()
            .with(
                heads(2, 2, 4),
                m -> m.positions = new Positions.Rotary(100, 0, List.of(1.0, 2.5))));
    model(v, "window 3 in layer 1", odd().with(m -> m.windows = List.of(0, 3)));
    model(v, "window 1", odd().with(m -> m.windows = List.of(1)));
    for (Smear.From from : List.of(Smear.From.PREVIOUS, Smear.From.TWO_BACK, Smear.From.START)) {
      model(v, "smear " + from, odd().with(m -> m.smear = Smear.from(from)));
    }
    model(
        v, "smear layer 1", odd().with(m -> m.smear = new Smear(Smear.From.PREVIOUS, List.of(1))));
    model(
        v,
        "smear, rotary, grouped queries",
        llama().with(m -> m.smear = Smear.from(Smear.From.PREVIOUS)));
    for (Activation a : Activation.values()) {
      model(v, "mlp " + a, odd().with(mlp(10, a), m -> m.biases = Biases.MLP));
    }
    model(v, "mlp, no norm", odd().with(norm(Norm.NONE, false), mlp(5, Activation.GELU)));
    model(v, "biases QKV", odd().with(m -> m.biases = Biases.QKV));
    model(v, "biases ALL", odd().with(m -> m.biases = Biases.ALL));
    model(v, "tied", odd().with(m -> m.tied = true));
    model(v, "grouped queries", odd().with(heads(4, 2, 3)));
    model(v, "one key head", odd().with(heads(3, 1, 5)));
    model(
        v,
        "parallel residual, no norm",
        odd()
            .with(norm(Norm.NONE, false), mlp(6, Activation.RELU), m -> m.parallelResidual = true));
    model(v, "gpt2", gpt2());
    model(v, "pythia", pythia());
    model(v, "llama", llama());
    v.add(new Variant("weighted targets", gpt2(), 3, 7, true, (s, n, t) -> Plan.NONE));
    v.add(new Variant("two tokens", pythia(), 1, 1, false, (s, n, t) -> Plan.NONE));
    v.add(new Variant("whole context", odd(), 2, 9, false, (s, n, t) -> Plan.NONE));
    ModelSpec even = ModelSpec.attentionOnly(2, 16, 4, 16, 32);
    v.add(new Variant("even", even, 2, 16, false, (s, n, t) -> Plan.NONE));
    ModelSpec wide = ModelSpec.attentionOnly(2, 24, 3, 40, 70).with(mlp(33, Activation.GELU));
    v.add(new Variant("wide and odd", wide, 3, 37, false, (s, n, t) -> Plan.NONE));
    return v;
  }

  /** Plans, on a model with everything that a plan can touch and on some that are special. */
  public static List<Variant> plans() {
    ModelSpec gpt2 = gpt2().with(heads(4, 2, 3));
    List<Variant> v = new ArrayList<>();
    for (ModelSpec spec : List.of(gpt2, odd())) {
      String on = spec.equals(gpt2) ? "gpt2: " : "attention-only: ";
      plan(v, on + "score bias", spec, (s, n, t) -> VariantPlans.scores(s, n, t));
      plan(v, on + "partial pattern", spec, (s, n, t) -> VariantPlans.patterns(n, t, .4f));
      plan(v, on + "full pattern", spec, (s, n, t) -> VariantPlans.patterns(n, t, 1));
      plan(v, on + "patterns given", spec, VariantPlans::given);
      for (HookKind kind : HookKind.values()) {
        if (kind.editable() && kind.in(spec)) {
          plan(v, on + "edit " + kind, spec, (s, n, t) -> VariantPlans.outputs(s, n, t, kind));
        }
      }
      for (Input input : Input.values()) {
        plan(
            v,
            on + "edges to " + input,
            spec,
            (s, n, t) -> VariantPlans.edges(s, n, t, List.of(input)));
        plan(
            v,
            on + "edges of a layer to " + input,
            spec,
            (s, n, t) -> VariantPlans.layerEdges(s, t, input));
      }
      plan(v, on + "everything", spec, VariantPlans::everything);
    }
    plan(v, "norm none: everything", odd().with(norm(Norm.NONE, false)), VariantPlans::everything);
    plan(v, "pythia: everything", pythia(), VariantPlans::everything);
    plan(v, "llama: everything", llama(), VariantPlans::everything);
    plan(
        v,
        "alibi, smear: everything",
        odd()
            .with(
                m -> m.positions = new Positions.Alibi(),
                m -> m.smear = Smear.from(Smear.From.PREVIOUS)),
        VariantPlans::everything);
    plan(v, "3 layers: everything", odd().with(m -> m.nLayers = 3), VariantPlans::everything);
    ModelSpec wide = ModelSpec.attentionOnly(2, 24, 3, 40, 70).with(mlp(33, Activation.GELU));
    v.add(new Variant("wide and odd: everything", wide, 2, 37, true, VariantPlans::everything));
    return v;
  }

  private static void model(List<Variant> list, String name, ModelSpec spec) {
    list.add(new Variant(name, spec, 2, 5, false, (s, n, t) -> Plan.NONE));
  }

  private static void plan(List<Variant> list, String name, ModelSpec spec, PlanFactory plans) {
    list.add(new Variant(name, spec, 2, 5, false, plans));
  }
}
