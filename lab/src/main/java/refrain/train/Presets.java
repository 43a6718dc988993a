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
import refrain.model.Smear;
import refrain.probe.IclIndices;
import refrain.probe.ProbeSpec;
import refrain.store.CheckpointSchedule;

/**
 * Runs that are known to be worth starting from, by name. {@code r0}: the bigram language with
 * restarts; {@code r1}: repeated tokens; {@code code}: Java source code; then the layers and what
 * is changed about them.
 */
public final class Presets {
  /** About ten checkpoints of a phase change that takes a hundred steps or two. */
  private static final CheckpointSchedule EVERY_100_AND_THROUGH_THE_CHANGE =
      new CheckpointSchedule.Union(
          List.of(
              CheckpointSchedule.every(100),
              new CheckpointSchedule.WhileMoving(Metrics.ICL, 0.2, 50, 20)));

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

  private static RunSpec r0(int layers) {
    return synthetic("r0-" + layers + "l", BigramRestarts.defaults(), layers, 1_000);
  }

  private static RunSpec r1(int layers) {
    return synthetic("r1-" + layers + "l", RepeatedTokens.defaults(), layers, 1_000);
  }

  private static RunSpec synthetic(String name, DataSpec data, int layers, int steps) {
    return new RunSpec(
        name,
        ModelSpec.attentionOnly(layers, 64, 4, 64, 128),
        data,
        OptimizerSpec.defaults(),
        64,
        64,
        steps,
        Seeds.replicate(0),
        List.of(),
        new Probing(10, 100, 40, ProbeSpec.DEFAULT.withIcl(IclIndices.R0)),
        EVERY_100_AND_THROUGH_THE_CHANGE,
        EngineKind.FUSED,
        new StopRule.Never());
  }

  /**
   * Batches of 8 windows of 256 tokens; rate 4e-3, at which heads form by 11M tokens. Windows of
   * text differ so much that the ICL score needs 256 of them to be known within a tenth of a nat.
   */
  private static RunSpec code(int layers, int steps, int probeEvery) {
    return new RunSpec(
        "code-" + layers + "l",
        ModelSpec.attentionOnly(layers, 128, 4, 256, 512),
        CodeText.defaults(),
        OptimizerSpec.defaults().withRate(4e-3),
        8,
        256,
        steps,
        Seeds.replicate(0),
        List.of(),
        new Probing(probeEvery, 5 * probeEvery, 256, ProbeSpec.DEFAULT.withIcl(IclIndices.CODE)),
        CheckpointSchedule.every(500),
        EngineKind.FUSED,
        new StopRule.Never());
  }

  /** A model of two small layers on a small language: seconds, even on the reference engine. */
  private static RunSpec tiny() {
    return new RunSpec(
        "tiny",
        ModelSpec.attentionOnly(2, 16, 2, 16, 16),
        new BigramRestarts(16, 0.5, 0.75, 4, 12345),
        OptimizerSpec.defaults().withSchedule(5, OptimizerSpec.Decay.CONSTANT, 0),
        4,
        16,
        40,
        Seeds.replicate(0),
        List.of(),
        new Probing(5, 20, 8, ProbeSpec.DEFAULT),
        CheckpointSchedule.every(10),
        EngineKind.REFERENCE,
        new StopRule.Never());
  }

  private static RunSpec smeared(RunSpec base, String suffix, Smear.From from) {
    return base.withName(base.name() + "-" + suffix)
        .withModel(base.model().withSmear(Smear.from(from)));
  }

  private static RunSpec withMlp(RunSpec base) {
    ModelSpec model = base.model();
    return base.withName(base.name() + "-mlp")
        .withModel(model.withMlp(4 * model.dModel(), Activation.GELU));
  }
}
