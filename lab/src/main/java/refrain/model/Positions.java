package refrain.model;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import refrain.base.Default;

/** How a model knows where a token stands. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Positions.Shortformer.class, name = "shortformer"),
  @JsonSubTypes.Type(value = Positions.Learned.class, name = "learned"),
  @JsonSubTypes.Type(value = Positions.Sinusoidal.class, name = "sinusoidal"),
  @JsonSubTypes.Type(value = Positions.Rotary.class, name = "rotary"),
  @JsonSubTypes.Type(value = Positions.Alibi.class, name = "alibi"),
  @JsonSubTypes.Type(value = Positions.None.class, name = "none")
})
public sealed interface Positions {

  /**
   * A learned table W_pos [n_ctx, d_model] added to the inputs of Q and K of every layer, never to
   * the residual stream (Press et al. 2021; Olsson et al. 2022, Model Details).
   *
   * @param initStd standard deviation of the table at the start
   */
  record Shortformer(@Default("0.3") double initStd) implements Positions {
    public Shortformer {
      Init.spread("positions: initStd", initStd);
    }
  }

  /**
   * A learned table W_pos [n_ctx, d_model] added to the embedding.
   *
   * @param initStd standard deviation of the table at the start
   */
  record Learned(@Default("0.02") double initStd) implements Positions {
    public Learned {
      Init.spread("positions: initStd", initStd);
    }
  }

  /**
   * The fixed table of Vaswani et al. 2017, section 3.5, added to the embedding: feature 2i of
   * position t is sin(t / 10000^(2i/d_model)), feature 2i+1 the cosine.
   */
  record Sinusoidal() implements Positions {
    /** Feature i of position t: sine where i is even, cosine of the same angle where it is odd. */
    public static double at(int t, int i, int dModel) {
      double angle = t / StrictMath.pow(10000, (i - i % 2) / (double) dModel);
      return i % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
    }
  }

  /**
   * Rotary positions (Su et al. 2021) on the first {@code dims} features of each query and key, in
   * the half-split pairing of GPT-NeoX and Llama: feature i turns with feature i + dims/2 by the
   * angle t base^(-2i/dims), divided by a number of the pair's own where a model's positions were
   * stretched after training (Llama 3; linear interpolation, Chen et al. 2023).
   *
   * @param base the wavelength base, 10000 in the paper
   * @param dims how many features of a head turn; even; 0 means d_head
   * @param divisors [dims / 2] what the angle of each pair is divided by; empty: 1
   */
  record Rotary(
      @Default("10000") double base,
      @Default("0") int dims,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @Default("[]") List<Double> divisors)
      implements Positions {
    public Rotary {
      divisors = List.copyOf(divisors);
      for (double divisor : divisors) {
        require(
            divisor > 0 && Double.isFinite(divisor),
            "positions: divisor is %s, expected a finite number above 0",
            divisor);
      }
    }

    /** Positions as they were trained. */
    public Rotary(double base, int dims) {
      this(base, dims, List.of());
    }

    /**
     * By what the i-th pair turns from one position to the next, radians.
     *
     * @param turning features that turn, as {@link ModelSpec#rotaryDims} says
     */
    double angle(int i, int turning) {
      double angle = StrictMath.pow(base, -2.0 * i / turning);
      return divisors.isEmpty() ? angle : angle / divisors.get(i);
    }
  }

  /**
   * A penalty on the score that grows with the distance (Press et al. 2021): -slope_h (i - j), with
   * slope_h = 2^(-8 (h+1) / n_heads).
   */
  record Alibi() implements Positions {}

  /** Nothing: order is known only through the causal mask. */
  record None() implements Positions {}
}
