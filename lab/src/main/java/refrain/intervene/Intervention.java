package refrain.intervene;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Plan;

/**
 * One change to a model's forward pass, as a value. In JSON its kind stands in {@code kind}; heads
 * and sites are strings ({@link HeadId}, {@link Site}).
 *
 * <p>Positions count from 0; an empty list means all. A position that a batch is too short for has
 * no effect on it; one beyond n_ctx is an error.
 *
 * <p>In training it may be on for a stretch only: for the step that is taken from a state which has
 * had {@code from} steps, and those after it, but not for that from a state which has had {@code
 * until}. A state is probed as the step from it is taken, so at {@code from} with the intervention
 * and at {@code until} without.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Intervention.Replace.class, name = "replace"),
  @JsonSubTypes.Type(value = Intervention.Scale.class, name = "scale"),
  @JsonSubTypes.Type(value = Intervention.FreezePatterns.class, name = "freeze-patterns"),
  @JsonSubTypes.Type(value = Intervention.ClampPattern.class, name = "clamp-pattern"),
  @JsonSubTypes.Type(value = Intervention.AttentionBias.class, name = "attention-bias"),
  @JsonSubTypes.Type(value = Intervention.OffsetBias.class, name = "offset-bias"),
  @JsonSubTypes.Type(value = Intervention.ReplaceEdge.class, name = "replace-edge"),
  @JsonSubTypes.Type(value = Intervention.ReplaceLayerEdges.class, name = "replace-layer-edges")
})
public sealed interface Intervention {
  /** Steps taken when it comes on. */
  Moment from();

  /** Steps taken when it goes off again; null: never. */
  @Nullable Moment until();

  /** Whether it is on for the step from a state that has had so many, and for a probe of it. */
  default boolean on(int step) {
    Moment until = until();
    return from().step() <= step && (until == null || step < until.step());
  }

  /** The same, on and off so many steps later. */
  default Intervention later(int steps) {
    Moment begins = from().later(steps);
    Moment last = until();
    Moment ends = last == null ? null : last.later(steps);
    return switch (this) {
      case Replace r -> new Replace(r.site, r.source, r.positions, begins, ends);
      case Scale s -> new Scale(s.site, s.factor, s.positions, begins, ends);
      case FreezePatterns f -> new FreezePatterns(f.heads, f.source, begins, ends);
      case ClampPattern c -> new ClampPattern(c.heads, c.template, c.weight, begins, ends);
      case AttentionBias b -> new AttentionBias(b.heads, b.template, b.strength, begins, ends);
      case OffsetBias b -> new OffsetBias(b.heads, b.least, b.most, b.strength, begins, ends);
      case ReplaceEdge e ->
          new ReplaceEdge(e.sender, e.receiver, e.input, e.source, e.positions, begins, ends);
      case ReplaceLayerEdges e ->
          new ReplaceLayerEdges(e.sender, e.receiver, e.inputs, e.source, begins, ends);
    };
  }

  /** Whether it is on for all steps. */
  default boolean always() {
    return from().step() == 0 && until() == null;
  }

  /** The template that it clamps or biases towards, or away from; null: it has none. */
  default @Nullable Template aim() {
    return switch (this) {
      case ClampPattern c -> c.template();
      case AttentionBias b -> b.template();
      default -> null;
    };
  }

  /** Where it takes values from; null: it needs none. */
  default @Nullable Source takes() {
    return switch (this) {
      case Replace r -> r.source();
      case FreezePatterns f -> f.source();
      case ReplaceEdge e -> e.source();
      case ReplaceLayerEdges e -> e.source();
      case Scale _, ClampPattern _, AttentionBias _, OffsetBias _ -> null;
    };
  }

  /**
   * Whether where it acts depends on the tokens, whatever the sign. Such an intervention is an
   * oracle: by its place alone it tells the model which token is likely to come next.
   */
  @JsonIgnore
  default boolean isOracle() {
    Template aim = aim();
    return aim != null && aim.dependsOnTokens();
  }

  /** Those of a list that are oracles, in few words: "clamp to INDUCTION"; "": none is. */
  static String oracles(List<Intervention> list) {
    return list.stream()
        .filter(Intervention::isOracle)
        .map(i -> (i instanceof ClampPattern ? "clamp to " : "bias by ") + i.aim())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Those of a list that are on. */
  static List<Intervention> at(int step, List<Intervention> list) {
    return list.stream().filter(i -> i.on(step)).toList();
  }

  /**
   * Puts a source's values in place of an activation: ablation and activation patching.
   *
   * @param positions where; empty: everywhere
   */
  record Replace(
      Site site,
      Source source,
      @Default("[]") List<Integer> positions,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public Replace {
      ordered("replace", from, until);
      positions = List.copyOf(positions);
    }

    /** On for all steps. */
    public Replace(Site site, Source source, List<Integer> positions) {
      this(site, source, positions, Moment.START, null);
    }
  }

  /**
   * Multiplies an activation by a factor.
   *
   * @param factor any finite number
   * @param positions where; empty: everywhere
   */
  record Scale(
      Site site,
      double factor,
      @Default("[]") List<Integer> positions,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public Scale {
      ordered("scale", from, until);
      finite("scale: factor", factor);
      positions = List.copyOf(positions);
    }

    /** On for all steps. */
    public Scale(Site site, double factor, List<Integer> positions) {
      this(site, factor, positions, Moment.START, null);
    }
  }

  /**
   * Attention patterns taken from a source. With {@link Source#CLEAN} beside an ablation this is
   * the paper's pattern-preserving ablation: only what heads move changes, not where they look.
   *
   * @param heads empty: all
   */
  record FreezePatterns(
      @Default("[]") List<HeadId> heads,
      @Default("{kind: clean}") Source source,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public FreezePatterns {
      ordered("freeze-patterns", from, until);
      heads = List.copyOf(heads);
    }

    /** On for all steps. */
    public FreezePatterns(List<HeadId> heads, Source source) {
      this(heads, source, Moment.START, null);
    }
  }

  /**
   * Mixes a template into heads' patterns: (1 - weight) pattern + weight * template.
   *
   * @param weight 0 to 1
   */
  record ClampPattern(
      List<HeadId> heads,
      Template template,
      @Default("1") double weight,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public ClampPattern {
      ordered("clamp-pattern", from, until);
      heads = atLeastOne("clamp-pattern", heads);
      if (!(weight >= 0 && weight <= 1)) {
        throw RefrainException.badInput("clamp-pattern: weight is " + weight + ", expected 0 to 1");
      }
    }

    /** On for all steps. */
    public ClampPattern(List<HeadId> heads, Template template, double weight) {
      this(heads, template, weight, Moment.START, null);
    }
  }

  /**
   * Adds to heads' attention scores, before the softmax, at every key that the template asks for;
   * rows without a target are left alone.
   *
   * @param strength added to the score, nats; negative: away from the template
   */
  record AttentionBias(
      List<HeadId> heads,
      Template template,
      double strength,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public AttentionBias {
      ordered("attention-bias", from, until);
      heads = atLeastOne("attention-bias", heads);
      finite("attention-bias: strength", strength);
    }

    /** On for all steps. */
    public AttentionBias(List<HeadId> heads, Template template, double strength) {
      this(heads, template, strength, Moment.START, null);
    }
  }

  /**
   * Adds to heads' attention scores, before the softmax, at every key that lies so far back: at i -
   * d for d from {@code least} to {@code most}. A window of w positions is a bias of {@link
   * #FORBIDDEN} from d = w on. It depends on no token.
   *
   * @param least d of the nearest key, 0: the query's own position
   * @param most d of the furthest key; null: as far back as there is
   * @param strength added to the score, nats; negative: away from these keys
   */
  record OffsetBias(
      List<HeadId> heads,
      int least,
      @Default("null") @Nullable Integer most,
      @Default("-1000") double strength,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    /**
     * Nothing of attention is left there. A row all of whose keys are forbidden is as it was: a
     * softmax knows no common term.
     */
    public static final double FORBIDDEN = -1000;

    public OffsetBias {
      ordered("offset-bias", from, until);
      heads = atLeastOne("offset-bias", heads);
      finite("offset-bias: strength", strength);
      RefrainException.require(
          least >= 0, "offset-bias: least is %s, expected 0 positions back or more", least);
      RefrainException.require(
          most == null || most >= least,
          "offset-bias: most is %s, expected least = %s positions back or more",
          most,
          least);
    }

    /** On for all steps. */
    public OffsetBias(List<HeadId> heads, int least, @Nullable Integer most, double strength) {
      this(heads, least, most, strength, Moment.START, null);
    }

    /** What is added to the scores, [T, T]. */
    float[] bias(int context) {
      float[] bias = new float[context * context];
      for (int i = least; i < context; i++) {
        int furthest = most == null ? i : Math.min(i, most);
        for (int d = least; d <= furthest; d++) {
          bias[i * context + i - d] = (float) strength;
        }
      }
      return bias;
    }
  }

  /**
   * Path patching: one input of the receiving head reads the stream with the sender's contribution
   * replaced; everything else reads the stream as it is. Where query heads share a key head, the K
   * and V inputs of the receiver are those of all of them.
   *
   * @param sender a head, an MLP (mlp.0) or the embedding (hook_embed), before the receiver
   * @param positions where; empty: everywhere
   */
  record ReplaceEdge(
      Site sender,
      HeadId receiver,
      Plan.Input input,
      Source source,
      @Default("[]") List<Integer> positions,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public ReplaceEdge {
      ordered("replace-edge", from, until);
      positions = List.copyOf(positions);
    }

    /** On for all steps. */
    public ReplaceEdge(
        Site sender, HeadId receiver, Plan.Input input, Source source, List<Integer> positions) {
      this(sender, receiver, input, source, positions, Moment.START, null);
    }
  }

  /**
   * Path patching of whole layers: the named inputs of all heads of the receiving layer read the
   * stream with what all heads of the sending layer contribute replaced; everything else reads the
   * stream as it is. {@code {kind: replace-layer-edges, sender: 0, receiver: 1, inputs: [K],
   * source: {kind: zero}}} cuts K-composition of two layers.
   *
   * @param sender a layer before the receiver
   * @param receiver the layer whose heads read
   * @param inputs at least one of Q, K and V
   */
  record ReplaceLayerEdges(
      int sender,
      int receiver,
      List<Plan.Input> inputs,
      Source source,
      @Default("0") Moment from,
      @Default("null") @Nullable Moment until)
      implements Intervention {
    public ReplaceLayerEdges {
      ordered("replace-layer-edges", from, until);
      inputs = List.copyOf(inputs);
      if (inputs.isEmpty() || Set.copyOf(inputs).size() < inputs.size()) {
        throw RefrainException.badInput(
            "replace-layer-edges: inputs is %s, expected one or more of Q, K and V, each once",
            inputs);
      }
      RefrainException.require(
          sender >= 0 && sender < receiver,
          "replace-layer-edges: sender is layer %s, expected one before the receiver, layer %s",
          sender,
          receiver);
    }

    /** On for all steps. */
    public ReplaceLayerEdges(int sender, int receiver, List<Plan.Input> inputs, Source source) {
      this(sender, receiver, inputs, source, Moment.START, null);
    }

    /** The same, edge by edge. */
    List<ReplaceEdge> edges(ModelSpec spec) {
      List<ReplaceEdge> all = new ArrayList<>();
      for (Plan.Input input : inputs) {
        // Query heads that share keys and values share their K and V inputs too.
        int step = input == Plan.Input.Q ? 1 : spec.group();
        for (int to = 0; to < spec.nHeads(); to += step) {
          for (int of = 0; of < spec.nHeads(); of++) {
            Site one = Site.of(new HeadId(sender, of));
            all.add(new ReplaceEdge(one, new HeadId(receiver, to), input, source, List.of()));
          }
        }
      }
      return all;
    }
  }

  /** Zero ablation: nothing is left of the site. */
  static Intervention zero(Site site) {
    return new Replace(site, Source.ZERO, List.of());
  }

  /** Mean ablation: each sequence gets the batch's mean at that position. */
  static Intervention mean(Site site) {
    return new Replace(site, Source.MEAN, List.of());
  }

  /** Resample ablation: each sequence gets another's values. */
  static Intervention resample(Site site, long seed) {
    return new Replace(site, new Source.Resample(seed), List.of());
  }

  private static void ordered(String kind, Moment from, @Nullable Moment until) {
    if (until != null && until.isKnown() && from.isKnown() && until.step() <= from.step()) {
      throw RefrainException.badInput(
          "%s: on from step %s until step %s, expected a later end", kind, from, until);
    }
  }

  private static List<HeadId> atLeastOne(String kind, List<HeadId> heads) {
    if (heads.isEmpty()) {
      throw RefrainException.badInput(kind + ": heads is empty, expected at least one");
    }
    return List.copyOf(heads);
  }

  private static void finite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw RefrainException.badInput(what + " is " + value + ", expected a finite number");
    }
    float single = (float) Math.abs(value);
    RefrainException.require(
        value == 0 || (single >= Float.MIN_NORMAL && Float.isFinite(single)),
        "%s is %s, expected 0 or a size from 1.2E-38 to 3.4E38: models compute in float32",
        what,
        value);
  }
}
