package refrain.train.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;
import refrain.data.Iid;
import refrain.data.Rng;
import refrain.model.FusedTransformer;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;

class ProfiledKernelsTest {
  /** T and d_vocab as large as d_model and d_head, so that sizes tell nothing. */
  private static final ModelSpec MODEL = ModelSpec.attentionOnly(2, 32, 1, 32, 32);

  private final Batch batch = new Iid(32, 0).open().next(Rng.of(1), 3, 32);
  private final Parameters parameters = Parameters.init(MODEL, 1);

  private float[] gradient(Kernels kernels) {
    float[] gradient = new float[parameters.arena().length];
    try (FusedTransformer engine = new FusedTransformer(MODEL, 1, kernels)) {
      engine.gradient(parameters, batch, Plan.NONE, gradient);
    }
    return gradient;
  }

  @Test
  void everyKernelIsTimed() {
    assertThat(Stream.of(ProfiledKernels.class.getDeclaredMethods()).map(this::signature))
        .containsAll(Stream.of(Kernels.class.getMethods()).map(this::signature).toList());
  }

  private String signature(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }

  @Test
  void clocksChangeNoBit() {
    ProfiledKernels kernels = new ProfiledKernels(KernelChoice.best(), MODEL);
    kernels.on(true);
    assertThat(gradient(kernels)).isEqualTo(gradient(KernelChoice.best()));
  }

  @Test
  void productsAreSortedByWhatTheyAreFor() {
    for (Norm norm : List.of(Norm.LAYER, Norm.RMS)) {
      ModelSpec model = MODEL.with(m -> m.norm = norm);
      ProfiledKernels kernels = new ProfiledKernels(KernelChoice.best(), model);
      Parameters parameters = Parameters.init(model, 1);
      float[] gradient = new float[parameters.arena().length];
      try (FusedTransformer engine = new FusedTransformer(model, 1, kernels)) {
        for (int step = 0; step < 2; step++) {
          kernels.clear(); // the first step shows which arrays are patterns
          kernels.on(true);
          engine.gradient(parameters, batch, Plan.NONE, gradient);
          kernels.endStep();
        }
      }
      // Rows of a head are worked on in 2 blocks of 16; 3 sequences, 2 layers, 1 head.
      int blocks = 3 * 2 * 2;
      Map<Work, Double> flops = new TreeMap<>();
      for (ProfiledKernels.Tally tally : kernels.tallies()) {
        if (tally.work.product()) {
          flops.merge(tally.work, tally.steps.getLast().flops(), Double::sum);
        }
      }
      double dense = 2.0 * 32 * 32 * 32;
      double causal = 2.0 * 16 * 32 * (16 + 32) / 2 * blocks;
      assertThat(flops)
          .containsExactlyInAnyOrderEntriesOf(
              new TreeMap<>(
                  Map.ofEntries(
                      Map.entry(Work.DENSE_FORWARD, 3 * 2 * 4 * dense),
                      Map.entry(Work.DENSE_INPUTS, 3 * 2 * 4 * dense),
                      Map.entry(Work.DENSE_WEIGHTS, 3 * 2 * 4 * dense),
                      Map.entry(Work.UNEMBED_FORWARD, 3 * dense),
                      Map.entry(Work.UNEMBED_INPUTS, 3 * dense),
                      Map.entry(Work.UNEMBED_WEIGHTS, 3 * dense),
                      Map.entry(Work.SCORES, causal),
                      Map.entry(Work.MIX, causal),
                      Map.entry(Work.PATTERN_GRADIENT, causal),
                      Map.entry(Work.QUERY_GRADIENT, causal),
                      Map.entry(Work.KEY_VALUE_GRADIENT, 2 * causal))));
    }
  }

  /** Of ten calls of .01 ms one lasts 30 ms: the system did something else in between. */
  @Test
  void anInterruptedCallCountsAsLongAsTheOthers() {
    ProfiledKernels.Tally tally = new ProfiledKernels.Tally(Work.SOFTMAX, 0, 0, 0);
    for (int i = 0; i < 10; i++) {
      tally.add(i == 6 ? 30_000_000 : 10_000);
    }
    tally.endStep();
    tally.add(30_000_000);
    tally.endStep();
    assertThat(tally.steps)
        .containsExactly(
            new ProfiledKernels.Measured(10, 100_000, 0),
            new ProfiledKernels.Measured(1, 10_000, 0));
  }
}
