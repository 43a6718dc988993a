package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.base.RefrainException;
import refrain.data.Batch;

/** Both engines refuse the same things with the same words. */
class ChecksTest {
  private static final ModelSpec SPEC = ModelSpec.attentionOnly(1, 8, 2, 4, 5);
  private static final Parameters PARAMETERS = Parameters.init(SPEC, 1);
  private static final Batch GOOD = Batch.of(new int[][] {{1, 2, 3}});

  static List<Transformer> engines() {
    return List.of(new ReferenceTransformer(SPEC), new FusedTransformer(SPEC, 1));
  }

  private static void refuses(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(RefrainException.class).hasMessage(message);
  }

  private static void run(Transformer model, Plan plan, Batch batch) {
    model.forward(PARAMETERS, batch, plan, Observer.NONE);
  }

  private static float[] gradient(Transformer model, Batch batch) {
    float[] gradient = new float[PARAMETERS.arena().length];
    model.gradient(PARAMETERS, batch, Plan.NONE, gradient);
    return gradient;
  }

  @ParameterizedTest
  @MethodSource("engines")
  void batchesThatDoNotFit(Transformer model) {
    refuses(
        "batch: context is 5 tokens, expected at most nCtx = 4",
        () -> run(model, Plan.NONE, Batch.of(new int[1][6])));
    refuses(
        "batch: token 1 of sequence 1 is 5, expected 0..4",
        () -> gradient(model, Batch.of(new int[][] {{0, 1, 2}, {1, 5, 2}})));
    refuses(
        "batch: sequence 1 has 2 tokens, expected 3 as in sequence 0",
        () -> run(model, Plan.NONE, Batch.of(new int[][] {{0, 1, 2}, {1, 2}})));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void weightsThatSumToNothing(Transformer model) {
    for (float[][] weights : new float[][][] {{{0, 0}}, {{1, -1}}}) {
      refuses(
          "batch: the weights of its targets sum to 0.0, expected more than 0; give a target that"
              + " is to be learned a weight above 0",
          () -> gradient(model, new Batch(GOOD.tokens(), weights)));
    }
    // Losses need no weights.
    run(model, Plan.NONE, new Batch(GOOD.tokens(), new float[][] {{0, 0}}));
    Batch one = new Batch(GOOD.tokens(), new float[][] {{0, .5f}});
    assertThat(gradient(model, one)).isNotEqualTo(gradient(model, GOOD));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void plansThatDoNotFit(Transformer model) {
    Plan.Values two = Plan.Values.shared(new float[4]);
    Plan layer =
        new Plan(
            List.of(new Plan.ScoreEdit(new HeadId(1, 0), two)), List.of(), List.of(), List.of());
    refuses("plan: score edit: layer is 1, expected 0..0", () -> run(model, layer, GOOD));
    Plan weight =
        new Plan(
            List.of(),
            List.of(new Plan.PatternEdit(new HeadId(0, 1), 2, two)),
            List.of(),
            List.of());
    refuses("plan: pattern edit: weight is 2.0, expected 0 to 1", () -> run(model, weight, GOOD));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void parametersOfAnotherModel(Transformer model) {
    ModelSpec other = ModelSpec.attentionOnly(1, 8, 2, 4, 6);
    assertThatThrownBy(() -> model.forward(Parameters.zeros(other), GOOD, Plan.NONE, Observer.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters of " + other + " in an engine for " + SPEC);
    assertThatThrownBy(() -> model.gradient(PARAMETERS, GOOD, Plan.NONE, new float[3]))
        .hasMessage("gradient has 3 floats, expected " + PARAMETERS.arena().length);
  }
}
