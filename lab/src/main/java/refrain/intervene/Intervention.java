package refrain.intervene;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.Plan;

/**
 * One change to a model's forward pass, as a value. In JSON its kind stands in {@code kind}; heads
 * and sites are strings ({@link HeadId}, {@link Site}).
 *
 * <p>Positions count from 0; an empty list means all. A position that a batch is too short for has
 * no effect on it; one beyond n_ctx is an error.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Intervention.Replace.class, name = "replace"),
  @JsonSubTypes.Type(value = Intervention.Scale.class, name = "scale"),
  @JsonSubTypes.Type(value = Intervention.FreezePatterns.class, name = "freeze-patterns"),
  @JsonSubTypes.Type(value = Intervention.ClampPattern.class, name = "clamp-pattern"),
  @JsonSubTypes.Type(value = Intervention.AttentionBias.class, name = "attention-bias"),
  @JsonSubTypes.Type(value = Intervention.ReplaceEdge.class, name = "replace-edge")
})
public sealed interface Intervention {

  /** Puts a source's values in place of an activation: ablation and activation patching. */
  record Replace(Site site, Source source, @Default("[]") List<Integer> positions)
      implements Intervention {
    public Replace {
      positions = List.copyOf(positions);
    }
  }

  /** Multiplies an activation by a factor. */
  record Scale(Site site, double factor, @Default("[]") List<Integer> positions)
      implements Intervention {
    public Scale {
      finite("scale: factor", factor);
      positions = List.copyOf(positions);
    }
  }

  /**
   * Attention patterns taken from a source. With {@link Source#CLEAN} beside an ablation this is
   * the paper's pattern-preserving ablation: only what heads move changes, not where they look.
   *
   * @param heads empty: all
   */
  record FreezePatterns(@Default("[]") List<HeadId> heads, @Default("{kind: clean}") Source source)
      implements Intervention {
    public FreezePatterns {
      heads = List.copyOf(heads);
    }
  }

  /**
   * Mixes a template into heads' patterns: (1 - weight) pattern + weight * template.
   *
   * @param weight 0 to 1
   */
  record ClampPattern(List<HeadId> heads, Template template, @Default("1") double weight)
      implements Intervention {
    public ClampPattern {
      heads = atLeastOne("clamp-pattern", heads);
      if (!(weight >= 0 && weight <= 1)) {
        throw RefrainException.badInput("clamp-pattern: weight is " + weight + ", expected 0 to 1");
      }
    }
  }

  /**
   * Adds to heads' attention scores, before the softmax, at every key that the template asks for;
   * rows without a target are left alone.
   *
   * @param strength added to the score, nats; negative: away from the template
   */
  record AttentionBias(List<HeadId> heads, Template template, double strength)
      implements Intervention {
    public AttentionBias {
      heads = atLeastOne("attention-bias", heads);
      finite("attention-bias: strength", strength);
    }
  }

  /**
   * Path patching: one input of the receiving head reads the stream with the sender's contribution
   * replaced; everything else reads the stream as it is. Where query heads share a key head, the K
   * and V inputs of the receiver are those of all of them.
   *
   * @param sender a head, an MLP (mlp.0) or the embedding (hook_embed), before the receiver
   */
  record ReplaceEdge(
      Site sender,
      HeadId receiver,
      Plan.Input input,
      Source source,
      @Default("[]") List<Integer> positions)
      implements Intervention {
    public ReplaceEdge {
      positions = List.copyOf(positions);
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
