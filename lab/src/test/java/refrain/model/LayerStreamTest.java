package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.data.Batch;
import refrain.probe.Circuits;
import refrain.probe.NormTreatment;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;
import refrain.tensor.ScalarKernels;

/** Layer by layer against the engine that has all of a model in memory. */
class LayerStreamTest {
  static Stream<Variants.Variant> variants() {
    return Variants.models().stream();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void patternsAndLossesOfEveryKindOfModel(Variants.Variant variant) {
    for (Kernels kernels : new Kernels[] {KernelChoice.best(), new ScalarKernels()}) {
      compare(variant, kernels);
    }
  }

  private static void compare(Variants.Variant variant, Kernels kernels) {
    ModelSpec spec = variant.spec();
    Parameters parameters = Variants.draw(spec);
    Batch batch = variant.batch();
    Map<String, float[]> expected = new ConcurrentHashMap<>();
    Set<HookPoint> points = new LinkedHashSet<>();
    for (int l = 0; l < spec.nLayers(); l++) {
      points.add(HookPoint.of(HookKind.PATTERN, l));
    }
    float[][] losses;
    try (Transformer engine = new FusedTransformer(spec, 1, kernels)) {
      losses =
          engine.forward(
              parameters,
              batch,
              Plan.NONE,
              Observer.of(
                  points, (s, point, view) -> expected.put(point + "/" + s, view.toArray())));
    }
    int t = batch.context();
    int[][] read =
        Arrays.stream(batch.tokens()).map(x -> Arrays.copyOf(x, t)).toArray(int[][]::new);
    int[][] targets =
        Arrays.stream(batch.tokens())
            .map(x -> Arrays.copyOfRange(x, 1, t + 1))
            .toArray(int[][]::new);
    try (LayerStream stream = new LayerStream(new InMemory(parameters), 2, kernels)) {
      Streams streams = stream.embed(read);
      for (int l = 0; l < spec.nLayers(); l++) {
        HookPoint point = HookPoint.of(HookKind.PATTERN, l);
        stream.block(
            l,
            streams,
            (s, pattern) -> near(pattern, expected.getOrDefault(point + "/" + s, new float[0])));
      }
      float[][] found = stream.losses(streams, 0, targets);
      for (int s = 0; s < found.length; s++) {
        near(found[s], losses[s]);
      }
    }
  }

  private static void near(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(2e-5));
    }
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    Parameters parameters = Parameters.init(ModelSpec.attentionOnly(2, 40, 4, 70, 31), 1);
    int[][] tokens = new int[3][70];
    for (int s = 0; s < 3; s++) {
      int from = s;
      Arrays.setAll(tokens[s], t -> (7 * t + 3 * from) % 31);
    }
    float[][][] losses = new float[2][][];
    for (int threads = 1; threads <= 2; threads++) {
      try (LayerStream stream = new LayerStream(new InMemory(parameters), threads)) {
        Streams streams = stream.embed(tokens);
        stream.block(0, streams, null);
        stream.block(1, streams, null);
        losses[threads - 1] = stream.losses(streams, 0, tokens);
      }
    }
    assertThat(losses[1]).isDeepEqualTo(losses[0]);
  }

  /** Logits of more tokens than are in memory at once. */
  @Test
  void lossesOfALargeVocabulary() {
    for (boolean tied : new boolean[] {true, false}) {
      ModelSpec spec = ModelSpec.attentionOnly(1, 24, 2, 8, 9001).with(m -> m.tied = tied);
      Parameters parameters = Variants.draw(spec);
      int[][] tokens = {{1, 9000, 8191, 8192, 63, 64, 5, 130, 4000}};
      float[][] expected;
      try (Transformer engine = new FusedTransformer(spec, 1)) {
        expected = engine.forward(parameters, Batch.of(tokens), Plan.NONE, Observer.NONE);
      }
      try (LayerStream stream = new LayerStream(new InMemory(parameters), 2)) {
        Streams streams = stream.embed(new int[][] {Arrays.copyOf(tokens[0], 8)});
        stream.block(0, streams, null);
        int[] targets = Arrays.copyOfRange(tokens[0], 1, 9);
        near(stream.losses(streams, 0, new int[][] {targets})[0], expected[0]);
      }
    }
  }

  @Test
  void theProductOfUnembeddingAndEmbedding() {
    for (boolean tied : new boolean[] {true, false}) {
      ModelSpec spec = ModelSpec.attentionOnly(1, 24, 2, 8, 9001).with(m -> m.tied = tied);
      Parameters parameters = Parameters.init(spec, 3);
      RealMatrix expected = new Circuits(parameters, NormTreatment.RAW).unembedEmbed();
      try (LayerStream stream = new LayerStream(new InMemory(parameters), 2)) {
        Mat found = stream.unembedEmbed();
        for (int i = 0; i < 24; i++) {
          for (int j = 0; j < 24; j++) {
            assertThat((double) found.data[found.at(i) + j])
                .isCloseTo(expected.getEntry(i, j), within(2e-3));
          }
        }
      }
    }
  }
}
