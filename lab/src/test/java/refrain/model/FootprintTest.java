package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;

class FootprintTest {
  private static final ModelSpec SPEC =
      ModelSpec.attentionOnly(2, 128, 4, 128, 256).with(m -> m.dMlp = 512);

  /** Against the arrays that an engine holds after one gradient, each counted once. */
  @Test
  void weightsAndActivationsAreWithinAThirdOfWhatTheEngineHolds() throws Exception {
    for (int threads : new int[] {1, 2}) {
      Parameters parameters = Parameters.zeros(SPEC);
      double held;
      try (FusedTransformer engine = new FusedTransformer(SPEC, threads)) {
        Batch batch = Batch.of(new int[4][129]);
        engine.gradient(parameters, batch, Plan.NONE, new float[parameters.arena().length]);
        held = 4.0 * floats(engine);
      }
      Footprint found = Footprint.of(SPEC, 4, 128, threads);
      assertThat(found.parameters()).isEqualTo(parameters.arena().length);
      assertThat(found.weights() + found.activations()).isBetween(held / 1.34, held * 1.34);
    }
  }

  private static long floats(Object root) throws IllegalAccessException {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> left = new ArrayDeque<>(List.of(root));
    long floats = 0;
    while (!left.isEmpty()) {
      Object next = left.pop();
      if (!seen.add(next)) {
        continue;
      }
      switch (next) {
        case float[] array -> floats += array.length;
        case Object[] array -> Arrays.stream(array).filter(Objects::nonNull).forEach(left::push);
        case Map<?, ?> map -> map.values().forEach(left::push);
        case Collection<?> all -> all.forEach(left::push);
        default -> pushFields(next, left);
      }
    }
    return floats;
  }

  private static void pushFields(Object of, Deque<Object> left) throws IllegalAccessException {
    if (!of.getClass().getName().startsWith("refrain.")) {
      return;
    }
    for (Field field : of.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
        field.setAccessible(true);
        Object value = field.get(of);
        if (value != null) {
          left.push(value);
        }
      }
    }
  }

  @Test
  void arraysLongerThanAnIndexAndMemoryThatIsShortAreNamedWithTheirSizes() {
    ModelSpec wide = SPEC.with(m -> m.nCtx = 32_768);
    assertThatThrownBy(() -> Footprint.of(wide, 1, 32_768, 1))
        .hasMessage(
            "run: the patterns (model.nHeads x context x context) would be an array of"
                + " 4,294,967,296 numbers, expected at most 1,073,741,823; make one of these"
                + " smaller");
    Footprint gibibytes = new Footprint(1, 1 << 30, 1 << 29, 1 << 28, 1 << 28);
    gibibytes.requireWithin("fits", 1L << 31);
    assertThatThrownBy(() -> gibibytes.requireWithin("wide", (1L << 31) - 1))
        .hasMessage(
            "run 'wide': needs at least 2.0 GiB of memory (parameters and optimizer 1.0 GiB,"
                + " weights and gradients of the shards 512.0 MiB, activations 256.0 MiB, a batch"
                + " 256.0 MiB), Java may take 2.0 GiB; make batch, context or the model smaller,"
                + " use fewer --threads, or give it more: REFRAIN_JAVA_OPTS=-Xmx3g");
  }
}
