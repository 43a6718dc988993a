package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.data.Batch;
import refrain.data.Rng;

/** Every parameter's gradient against a difference quotient of the loss, over all variants. */
class ReferenceGradientTest {
  private static final double STEP = 1e-5;
  private static final int MOST = 1200;
  private static final int SAMPLE = 80;

  static List<Variants.Variant> variants() {
    return Variants.all();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void gradientIsTheSlopeOfTheLoss(Variants.Variant variant) {
    ReferenceTransformer model = new ReferenceTransformer(variant.spec());
    Parameters parameters = variant.parameters();
    Batch batch = variant.batch();
    Plan plan = variant.plan();
    double[] arena = ReferenceTransformer.toDouble(parameters.arena());
    double[] gradient = new double[arena.length];
    model.gradient(arena, batch, plan, gradient);
    // A large model's gradients are checked at a sample.
    int count = parameters.layout().all().stream().mapToInt(Parameter::size).sum();
    Rng rng = Rng.of(1);
    for (Parameter p : parameters.layout().all()) {
      for (int i = 0; i < p.size(); i++) {
        if (count <= MOST || rng.nextInt(count) < SAMPLE) {
          double slope = slope(model, arena, p.at(i), batch, plan);
          assertThat(gradient[p.at(i)])
              .as("%s [%d]", p.name(), i)
              .isCloseTo(slope, within(1e-8 + 1e-6 * Math.abs(slope)));
        }
      }
    }
  }

  /** The central difference: its error is about the square of the step. */
  private static double slope(
      ReferenceTransformer model, double[] arena, int at, Batch batch, Plan plan) {
    double up = loss(model, arena, at, STEP, batch, plan);
    double down = loss(model, arena, at, -STEP, batch, plan);
    return (up - down) / (2 * STEP);
  }

  private static double loss(
      ReferenceTransformer model, double[] arena, int at, double step, Batch batch, Plan plan) {
    double kept = arena[at];
    arena[at] = kept + step;
    double[][] losses = model.losses(arena, batch, plan, Observer.NONE);
    arena[at] = kept;
    double sum = 0;
    double[][] shares = Checks.shares(batch);
    for (int s = 0; s < losses.length; s++) {
      for (int t = 0; t < losses[s].length; t++) {
        sum += shares[s][t] * losses[s][t];
      }
    }
    return sum;
  }
}
