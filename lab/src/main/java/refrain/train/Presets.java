package refrain.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;
import refrain.data.BigramRestarts;
import refrain.data.CodeText;
import refrain.data.DataSpec;
import refrain.data.RepeatedTokens;
import refrain.model.Activation;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.model.Smear;
import refrain.probe.IclIndices;
import refrain.probe.ProbeSpec;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;

/**
 * Runs that are known to be worth starting from, by name. {@code r0}: the bigram language with
 * restarts; {@code r1}: repeated tokens; {@code code}: Java source code; then the layers and what
 * is changed about them.
 */
public final class Presets {
  /** So that any step between is trained again in about half a second. */
  private static final CheckpointSchedule OFTEN = CheckpointSchedule.every(20);

  private static final CheckpointSchedule OFTEN_ON_TEXT = CheckpointSchedule.every(100);

  private static final Map<String, RunSpec> BY_NAME = new LinkedHashMap<>();

  static {
    for (int layers : new int[] {2, 1, 3, 4, 6}) {
      add(r0(layers));
    }
    for (int layers : new int[] {1, 2}) {
      add(smeared(r0(layers), "smeared", Smear.From.PREVIOUS));
      add(smeared(r0(layers), "smeared-from-2", Smear.From.TWO_BACK));
      add(smeared(r0(layers), "smeared-from-0", Smear.From.START));
      add(withMlp(r0(layers)));
    }
    add(rotary(r0(2)));
    for (int layers : new int[] {2, 1}) {
      add(r1(layers));
    }
    add(code(2, 9_766, 250));
    add(code(1, 1_465, 100));
    for (int layers : new int[] {1, 2}) {
      add(smeared(code(layers, 1_465, 100), "smeared", Smear.From.PREVIOUS));
      add(smeared(code(layers, 1_465, 100), "smeared-from-2", Smear.From.TWO_BACK));
    }
    add(tiny());
  }

  private Presets() {}

  private static void add(RunSpec spec) {
    BY_NAME.put(spec.name(), spec);
  }

  public static List<String> names() {
    return new ArrayList<>(BY_NAME.keySet());
  }

  /**
   * The preset of that name.
   *
   * @throws RefrainException when there is none; the message lists the names
   */
  public static RunSpec get(String name) {
    RunSpec spec = BY_NAME.get(name);
    if (spec == null) {
      throw RefrainException.badInput(
          "no preset '" + name + "'; there are " + String.join(", ", BY_NAME.keySet()));
    }
    return spec;
  }

  /**
   * When a preset saved in its first edition, in which runs are that were made then.
   *
   * @throws RefrainException when there is no such preset
   */
  public static CheckpointSchedule firstCheckpoints(String name) {
    CheckpointSchedule now = get(name).checkpoints();
    if (now.equals(OFTEN)) {
      return new CheckpointSchedule.Union(
          List.of(
              CheckpointSchedule.every(100),
              new CheckpointSchedule.WhileMoving(Metrics.ICL, 0.2, 50, 20)));
    }
    return now.equals(OFTEN_ON_TEXT) ? CheckpointSchedule.every(500) : now;
  }

  private static RunSpec r0(int layers) {
    return synthetic("r0-" + layers + "l", Json.defaults(BigramRestarts.class), layers);
  }

  private static RunSpec r1(int layers) {
    return synthetic("r1-" + layers + "l", Json.defaults(RepeatedTokens.class), layers);
  }

  private static RunSpec synthetic(String name, DataSpec data, int layers) {
    return new RunSpec(
        name,
        ModelSpec.attentionOnly(layers, 64, 4, 64, 128),
        data,
        OptimizerSpec.defaults(),
        64,
        64,
        1_000,
        Seeds.replicate(0),
        List.of(),
        new Probing(10, 100, 40, ProbeSpec.DEFAULT.withIcl(IclIndices.R0)),
        OFTEN,
        EngineKind.FUSED,
        new StopRule.Never(),
        null,
        List.of(),
        List.of(),
        null,
        null);
  }

  /**
   * Batches of 8 windows of 256 tokens. At the rate 8e-3 two plain layers form heads after 9 to 11M
   * tokens; at 4e-3 it depends on the seed whether they do within 20M. Windows of text differ so
   * much that the ICL score needs 256 of them to be known within a tenth of a nat.
   */
  private static RunSpec code(int layers, int steps, int every) {
    ProbeSpec measures = ProbeSpec.DEFAULT.withIcl(IclIndices.CODE);
    return synthetic("code-" + layers + "l", Json.defaults(CodeText.class), layers)
        .with(
            s -> s.model = ModelSpec.attentionOnly(layers, 128, 4, 256, 512),
            s -> s.optimizer = OptimizerSpec.defaults().withRate(8e-3),
            s -> s.batch = 8,
            s -> s.context = 256,
            s -> s.steps = steps,
            s -> s.probing = new Probing(every, 5 * every, 256, measures),
            s -> s.checkpoints = OFTEN_ON_TEXT);
  }

  /** A model of two small layers on a small language: seconds, even on the reference engine. */
  private static RunSpec tiny() {
    return synthetic("tiny", new BigramRestarts(16, 0.5, 0.75, 4, 12345), 2)
        .with(
            s -> s.model = ModelSpec.attentionOnly(2, 16, 2, 16, 16),
            s -> s.optimizer = s.optimizer.withSchedule(5, OptimizerSpec.Decay.CONSTANT, 0),
            s -> s.batch = 4,
            s -> s.context = 16,
            s -> s.steps = 40,
            s -> s.probing = new Probing(5, 20, 8, ProbeSpec.DEFAULT),
            s -> s.checkpoints = CheckpointSchedule.every(10),
            s -> s.engine = EngineKind.REFERENCE);
  }

  private static RunSpec smeared(RunSpec base, String suffix, Smear.From from) {
    return base.with(
        s -> s.name += "-" + suffix, s -> s.model = s.model.with(m -> m.smear = Smear.from(from)));
  }

  /** Positions that GPT-NeoX has too, so that its readers open the model. */
  private static RunSpec rotary(RunSpec base) {
    return base.with(
        s -> s.name += "-rotary",
        s -> s.model = s.model.with(m -> m.positions = new Positions.Rotary(10_000, 0)));
  }

  private static RunSpec withMlp(RunSpec base) {
    return base.with(
        s -> s.name += "-mlp",
        s ->
            s.model =
                s.model.with(m -> m.dMlp = 4 * m.dModel, m -> m.activation = Activation.GELU));
  }
}
