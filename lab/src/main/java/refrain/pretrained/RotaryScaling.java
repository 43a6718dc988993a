package refrain.pretrained;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.model.Positions;

/**
 * How rotary positions were stretched after training, as what each pair's angle is divided by
 * ({@code transformers}, {@code modeling_rope_utils.py}).
 */
final class RotaryScaling {
  private RotaryScaling() {}

  /**
   * Rotary positions of a {@code config.json}: newer ones have {@code rope_parameters}, older ones
   * {@code rope_scaling} and the base beside it.
   *
   * @param dims features of a head that turn
   * @param base by which name the base stands beside, where it does
   */
  static Positions.Rotary of(Settings config, int dims, String base) {
    Settings inside = config.inside("rope_parameters");
    Settings scaling = inside == null ? config.inside("rope_scaling") : inside;
    double outside = config.real(base, 10_000);
    double theta = inside == null ? outside : inside.real("rope_theta", outside);
    if (!(theta > 1)) {
      throw RefrainException.badFile(
          "%s: %s is %s, expected more than 1", config.where(), base, theta);
    }
    return new Positions.Rotary(theta, dims, divisors(scaling, theta, dims));
  }

  private static List<Double> divisors(@Nullable Settings scaling, double base, int dims) {
    if (scaling == null) {
      return List.of();
    }
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    return switch (type) {
      case "default" -> List.of();
      case "linear" -> linear(scaling.real("factor"), dims);
      case "llama3" -> llama3(scaling, base, dims);
      default ->
          throw RefrainException.badFile(
              "%s: rotary scaling '%s' is not done here; expected default, linear or llama3",
              scaling.where(), type);
    };
  }

  /** Positions divided by a factor (Chen et al. 2023). */
  static List<Double> linear(double factor, int dims) {
    return factor == 1 ? List.of() : Collections.nCopies(dims / 2, factor);
  }

  /**
   * Llama 3.1: pairs that turn slowly are stretched by a factor, quick ones not at all, and those
   * between in part.
   */
  private static List<Double> llama3(Settings scaling, double base, int dims) {
    double factor = scaling.real("factor");
    double low = scaling.real("low_freq_factor");
    double high = scaling.real("high_freq_factor");
    double trained = scaling.real("original_max_position_embeddings");
    List<Double> divisors = new ArrayList<>();
    for (int i = 0; i < dims / 2; i++) {
      double wavelength = 2 * Math.PI / StrictMath.pow(base, -2.0 * i / dims);
      double share = (trained / wavelength - low) / (high - low);
      double kept = Math.max(0, Math.min(1, share));
      divisors.add(1 / ((1 - kept) / factor + kept));
    }
    return divisors;
  }
}
