package refrain.pretrained;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import refrain.Repository;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.View;
import refrain.store.SafeTensors;

/** What golden_pretrained.py wrote: small models, and what transformers makes of them. */
public final class Golden {
  /** The folder of everything. */
  public static final Path ROOT =
      Repository.ROOT.resolve("lab/src/test/resources/golden/pretrained");

  final int[][] tokens;
  final float[] logits;
  final float[] losses;

  /** [layer, sequence, head, T, T] */
  final float[] patterns;

  final int[] patternShape;

  private Golden(SafeTensors file) {
    int[] shape = file.shape("tokens");
    float[] ids = file.floats("tokens");
    tokens = new int[shape[0]][shape[1]];
    for (int i = 0; i < ids.length; i++) {
      tokens[i / shape[1]][i % shape[1]] = (int) ids[i];
    }
    logits = file.floats("logits");
    losses = file.floats("losses");
    patterns = file.floats("patterns");
    patternShape = file.shape("patterns");
  }

  static Golden of(String model) {
    try (SafeTensors file = SafeTensors.open(ROOT.resolve(model).resolve("expected.safetensors"))) {
      return new Golden(file);
    }
  }

  /** Keeps what a pass shows of some places, by sequence. */
  static final class Seen implements Observer {
    private final HookPoint point;
    private final float[][] values;

    Seen(HookPoint point, int sequences) {
      this.point = point;
      this.values = new float[sequences][];
    }

    @Override
    public Set<HookPoint> wants() {
      return Set.of(point);
    }

    @Override
    public void observe(int sequence, HookPoint at, View view) {
      values[sequence] = view.toArray();
    }

    float[] of(int sequence) {
      return Arrays.copyOf(values[sequence], values[sequence].length);
    }
  }
}
