package refrain.train.bench;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import refrain.data.Rng;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.train.Presets;
import refrain.train.RunSpec;

/**
 * A model whose training steps are timed, and the batch of a step. Attention-only with 2 layers,
 * layer norm and an untied unembedding.
 *
 * @param name what it is called in tables
 * @param batch sequences in a step, each of the model's longest context
 */
public record BenchShape(String name, ModelSpec model, int batch) {
  private static final int LAYERS = 2;

  /** A toy: two heads, a context of 128. */
  public static final BenchShape T = of("T", 64, 2, 128, 64, 32);

  /** Small: the scale of the code runs. */
  public static final BenchShape S = of("S", 128, 4, 256, 512, 16);

  /** Medium: bound by its matrix products. */
  public static final BenchShape M = of("M", 256, 8, 256, 4096, 16);

  /** The preset r0-2l: 64, 4, 64, 128, 64. */
  public static final BenchShape R0 = of("R0", Presets.get("r0-2l"));

  /** The preset code-2l: 128, 4, 256, 512, 8. */
  public static final BenchShape CODE = of("code", Presets.get("code-2l"));

  /** Those that have a name, small ones first. */
  public static final List<BenchShape> NAMED = List.of(T, R0, S, CODE, M);

  /** With learned positions. */
  private static BenchShape of(
      String name, int dModel, int heads, int context, int vocabulary, int batch) {
    ModelSpec model =
        ModelSpec.attentionOnly(LAYERS, dModel, heads, context, vocabulary)
            .with(m -> m.positions = new Positions.Learned(0.02));
    return new BenchShape(name, model, batch);
  }

  private static BenchShape of(String name, RunSpec run) {
    return new BenchShape(name, run.model(), run.batch());
  }

  /**
   * Shapes that nobody tuned for, the same for the same seed, and the first ones of a longer list:
   * heads of 12 to 72 features, d_model up to 320, contexts of 40 to 300, vocabularies of 40 to
   * 5,000, each drawn evenly on a logarithmic scale; about 4,096 tokens a step.
   */
  public static List<BenchShape> random(long seed, int count) {
    Rng rng = Rng.of(seed);
    List<BenchShape> shapes = new ArrayList<>();
    while (shapes.size() < count) {
      int dHead = draw(rng, 12, 72);
      int heads = draw(rng, 1, 10);
      int context = draw(rng, 40, 300);
      int vocabulary = draw(rng, 40, 5_000);
      int dModel = heads * dHead;
      if (dModel >= 40 && dModel <= 320) {
        int batch = Math.max(1, Math.round(4096f / context));
        String name = String.format(Locale.ROOT, "%dx%d-%d-%d", heads, dHead, context, vocabulary);
        shapes.add(of(name, dModel, heads, context, vocabulary, batch));
      }
    }
    return shapes;
  }

  private static int draw(Rng rng, int low, int high) {
    double log = Math.log(low) + rng.nextDouble() * (Math.log(high + 1) - Math.log(low));
    return Math.min(high, (int) Math.exp(log));
  }

  /**
   * The named shape whose sizes are nearest: Euclidean distance of the logarithms of d_model,
   * d_head, context and vocabulary. The squared difference of d_model, along which nearly all
   * products add up, counts twice. The first of equally near ones, so never code, which has the
   * sizes of S.
   */
  public BenchShape nearestNamed() {
    return NAMED.stream().min(Comparator.comparingDouble(this::distance)).orElseThrow();
  }

  private double distance(BenchShape other) {
    return 2 * square(model.dModel(), other.model.dModel())
        + square(model.dHead(), other.model.dHead())
        + square(context(), other.context())
        + square(vocabulary(), other.vocabulary());
  }

  private static double square(int x, int y) {
    double log = Math.log((double) x / y);
    return log * log;
  }

  /** Positions of a sequence that are predicted. */
  public int context() {
    return model.nCtx();
  }

  public int vocabulary() {
    return model.dVocab();
  }

  /** Predicted positions of a step. */
  public int tokens() {
    return batch * context();
  }

  /**
   * Floating-point operations that a step cannot do without, a multiplication and its addition
   * counted as two. The dense products cost 2 for each weight and token forward and 4 backward
   * (gradients of the input and of the weight). Attention has 2 products forward (scores, mix of
   * values) and 4 backward, each 2 d_model for every pair of positions i &gt;= j. Everything else
   * (norms, softmax, cross entropy, AdamW) counts as nothing.
   */
  public double flops() {
    double d = model.dModel();
    double weights = model.nLayers() * 4 * d * d + d * vocabulary();
    double pairs = context() * (context() + 1) / 2.0;
    return 6 * weights * tokens() + 6 * 2 * d * pairs * model.nLayers() * batch;
  }

  /** As in tables and in JSON. */
  @Override
  @JsonValue
  public String toString() {
    return name;
  }
}
