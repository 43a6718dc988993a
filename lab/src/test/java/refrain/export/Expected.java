package refrain.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import refrain.data.Batch;
import refrain.model.FusedTransformer;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Recorder;
import refrain.model.View;
import refrain.store.Json;

/**
 * What our engines compute of a batch, for Python to compare with: {@code expected.json} with the
 * model, the tokens and, of every hook point in order, the shape; {@code expected.f64} with the
 * reference engine's values, the sequences one after the other; {@code logits.f32} with the fused
 * engine's logits.
 */
final class Expected {
  private Expected() {}

  static void write(Path folder, String name, Parameters parameters, Batch batch)
      throws IOException {
    List<? extends Map<HookPoint, ? extends View>> seen =
        Recorder.record(parameters, batch, Plan.NONE);
    Map<String, int[]> shapes = new LinkedHashMap<>();
    ByteBuffer values = little(1 << 22);
    for (HookPoint point : HookPoint.all(parameters.spec())) {
      shapes.put(point.name(), seen.getFirst().get(point).shape());
      seen.forEach(ofSequence -> {
        for (double value : Recorder.values(ofSequence.get(point))) {
          values.putDouble(value);
        }
      });
    }
    ByteBuffer single = little(1 << 20);
    float[][] logits = new float[batch.size()][];
    Observer observer =
        Observer.of(
            Set.of(HookPoint.of(HookKind.LOGITS)), (s, point, view) -> logits[s] = view.toArray());
    try (FusedTransformer fused = new FusedTransformer(parameters.spec(), 1)) {
      fused.forward(parameters, batch, Plan.NONE, observer);
    }
    for (float[] ofSequence : logits) {
      for (float value : ofSequence) {
        single.putFloat(value);
      }
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("expected.json"),
        Json.pretty(
            Map.of(
                "name",
                name,
                "spec",
                parameters.spec(),
                "tokens",
                inputs(batch),
                "shapes",
                shapes)));
    write(folder.resolve("expected.f64"), values);
    write(folder.resolve("logits.f32"), single);
  }

  private static int[][] inputs(Batch batch) {
    int[][] inputs = new int[batch.size()][];
    for (int s = 0; s < inputs.length; s++) {
      inputs[s] = Arrays.copyOf(batch.tokens()[s], batch.context());
    }
    return inputs;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void write(Path file, ByteBuffer bytes) throws IOException {
    Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));
  }
}
