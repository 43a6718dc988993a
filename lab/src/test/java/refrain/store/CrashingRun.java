package refrain.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A stand-in for training whose whole state is one number, so that a test can tell whether a run
 * that was killed many times went on with the same bits. Run as a process of its own.
 */
public final class CrashingRun {
  static final JsonNode SPEC = Json.tree(Map.of("what", "a run to be killed"));
  static final int STEPS = 1_000_000;

  private CrashingRun() {}

  /** The state after a step, whatever happened in between. */
  static long next(long state) {
    return state * 6364136223846793005L + 1442695040888963407L;
  }

  static double loss(long state) {
    return (state >>> 11) * 0x1p-53;
  }

  static NamedTensor model(long state, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) loss(state + i);
    }
    return new NamedTensor("embed.W_E", new int[] {size}, values);
  }

  static long state(Checkpoint checkpoint) {
    JsonNode node = checkpoint.state().get("generator");
    if (node == null) {
      throw new IllegalStateException("no generator");
    }
    return node.longValue();
  }

  public static void main(String[] args) {
    try (RunWriter run = RunFolderTest.open(Path.of(args[0]), SPEC, Map.of())) {
      Optional<Checkpoint> from = run.resumeFrom();
      long step = from.map(Checkpoint::step).orElse(0L);
      long state = from.map(CrashingRun::state).orElse(42L);
      System.out.println("from " + step);
      while (step < STEPS) {
        state = next(state);
        step++;
        run.append(MetricsRow.at(step).put("loss", loss(state)));
        if (step % 7 == 0) {
          run.checkpoint(
              new Checkpoint.Contents(
                  step,
                  List.of(model(state, 30_000)),
                  List.of(model(state + 1, 60_000)),
                  Json.object().put("generator", state)));
        }
      }
    }
  }
}
