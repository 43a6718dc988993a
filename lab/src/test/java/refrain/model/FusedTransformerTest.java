package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.Variants.Variant;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;
import refrain.tensor.ScalarKernels;
import refrain.tensor.VectorKernels;

/** The fast engine computes what the reference specifies: every variant, every seam, every hook. */
class FusedTransformerTest {

  record Case(Variant variant, Kernels kernels) {
    @Override
    public String toString() {
      return variant.name() + " on " + kernels.describe();
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Variant v : Variants.all()) {
      cases.add(new Case(v, new VectorKernels()));
      cases.add(new Case(v, new ScalarKernels()));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesAndGradientAgreeWithTheReference(Case c) {
    Variant v = c.variant();
    Parameters p = v.parameters();
    float[] expected = new float[p.layout().length()];
    float[] found = new float[p.layout().length()];
    try (ReferenceTransformer reference = new ReferenceTransformer(v.spec());
        FusedTransformer fused = new FusedTransformer(v.spec(), 2, c.kernels())) {
      float[][] losses = reference.gradient(p, v.batch(), v.plan(), expected);
      float[][] fast = fused.gradient(p, v.batch(), v.plan(), found);
      for (int s = 0; s < losses.length; s++) {
        assertThat(fast[s])
            .as("losses of sequence %d", s)
            .containsExactly(losses[s], within(2e-4f));
      }
      for (Parameter q : p.layout().all()) {
        float[] a = Parameters.read(q, expected);
        float[] b = Parameters.read(q, found);
        float size = 1e-4f;
        for (float x : a) {
          size = Math.max(size, Math.abs(x));
        }
        assertThat(b).as("gradient of %s", q.name()).containsExactly(a, within(1e-3f * size));
      }
    }
  }

  /** Packed once or each time: the same bits, also for other parameters and after a gradient. */
  @Test
  void constantParametersArePackedOnce() {
    Variant v = Variants.all().getFirst();
    Parameters first = v.parameters();
    Parameters second = first.copy();
    second.arena()[Mat.ORIGIN] += 1;
    try (FusedTransformer usual = new FusedTransformer(v.spec(), 1);
        FusedTransformer constant = FusedTransformer.ofConstant(v.spec(), 2)) {
      for (Parameters p : List.of(first, first, second, first)) {
        assertThat(constant.forward(p, v.batch(), v.plan(), Observer.NONE))
            .isDeepEqualTo(usual.forward(p, v.batch(), v.plan(), Observer.NONE));
        float[] expected = new float[p.layout().length()];
        float[] found = new float[p.layout().length()];
        usual.gradient(p, v.batch(), v.plan(), expected);
        constant.gradient(p, v.batch(), v.plan(), found);
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyHookShowsWhatTheReferenceShows(Case c) {
    Variant v = c.variant();
    Parameters p = v.parameters();
    Recorder expected = new Recorder(v.spec());
    Recorder found = new Recorder(v.spec());
    try (ReferenceTransformer reference = new ReferenceTransformer(v.spec());
        FusedTransformer fused = new FusedTransformer(v.spec(), 1, c.kernels())) {
      reference.forward(p, v.batch(), v.plan(), expected);
      fused.forward(p, v.batch(), v.plan(), found);
    }
    assertThat(found.seen.keySet()).isEqualTo(expected.seen.keySet());
    expected.seen.forEach((place, values) ->
        assertThat(found.seen.get(place))
            .as(place)
            .usingComparatorWithPrecision(1e-3f)
            .containsExactly(values));
  }

  private static final class Recorder implements Observer {
    private final Set<HookPoint> wants;
    private final Map<String, float[]> seen = new LinkedHashMap<>();

    Recorder(ModelSpec spec) {
      wants = new HashSet<>(HookPoint.all(spec));
    }

    @Override
    public Set<HookPoint> wants() {
      return wants;
    }

    @Override
    public void observe(int sequence, HookPoint point, View view) {
      seen.put(sequence + " " + point + " " + List.of(boxed(view.shape())), view.toArray());
    }

    private static Integer[] boxed(int[] shape) {
      return java.util.Arrays.stream(shape).boxed().toArray(Integer[]::new);
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    ModelSpec spec = ModelSpec.attentionOnly(2, 32, 2, 37, 53);
    Parameters p = Parameters.init(spec, 3);
    Rng rng = Rng.of(11);
    int[][] tokens = new int[21][38];
    for (int[] row : tokens) {
      for (int i = 0; i < row.length; i++) {
        row[i] = rng.nextInt(53);
      }
    }
    List<float[]> gradients = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3, 8}) {
      float[] g = new float[p.layout().length()];
      try (FusedTransformer fused = new FusedTransformer(spec, threads)) {
        for (int again = 0; again < 3; again++) {
          fused.gradient(p, Batch.of(tokens), Plan.NONE, g);
          gradients.add(g.clone());
        }
      }
    }
    assertThat(gradients).allSatisfy(g -> assertThat(g).isEqualTo(gradients.getFirst()));
  }
}
