package refrain.export;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import refrain.base.RefrainException;
import refrain.model.Activation;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Positions;
import refrain.model.Smear;
import refrain.store.NamedTensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * An architecture of the library {@code transformers} as which some of our models can be said. What
 * ours have not and theirs must have is zeros: biases, the MLP of attention-only models.
 */
sealed interface Architecture permits Gpt2, GptNeoX, Llama {
  List<Architecture> ALL = List.of(new Gpt2(), new GptNeoX(), new Llama());

  /** What people call it. */
  String title();

  /** The library's {@code model_type}. */
  String type();

  /** The library's class with an unembedding. */
  String className();

  /** What a model has that this architecture has not; empty: it can be said. */
  List<String> lacks(ModelSpec spec);

  /** The contents of {@code config.json}, without those that all of them have. */
  ObjectNode config(ModelSpec spec);

  /** The weights under the library's names and in its shapes. */
  List<NamedTensor> tensors(ModelSpec spec, Weights weights);

  /**
   * The first as which a model can be said.
   *
   * @param remedy what to do where there is none
   * @throws RefrainException of kind BAD_INPUT that names what differs
   */
  static Architecture of(ModelSpec spec, String remedy) {
    return ALL.stream()
        .filter(one -> one.lacks(spec).isEmpty())
        .findFirst()
        .orElseThrow(() -> RefrainException.badInput("%s; %s", refusal(spec), remedy));
  }

  private static String refusal(ModelSpec spec) {
    List<String> common = new ArrayList<>(ALL.getFirst().lacks(spec));
    ALL.forEach(one -> common.retainAll(one.lacks(spec)));
    if (!common.isEmpty()) {
      return "GPT-2, GPT-NeoX and Llama have no " + String.join(", no ", common);
    }
    List<String> each =
        ALL.stream()
            .map(
                one -> "%s has no %s".formatted(one.title(), String.join(", no ", one.lacks(spec))))
            .toList();
    return String.join("; ", each);
  }

  /** What none of the three has. */
  static List<String> lackedByAll(ModelSpec spec) {
    return all(
        named(spec.positions() instanceof Positions.Shortformer, "shortformer positions"),
        named(spec.positions() instanceof Positions.Alibi, "ALiBi positions"),
        named(spec.smear().from() != Smear.From.NONE, "smeared keys"),
        named(spec.windows().stream().anyMatch(window -> window > 0), "attention within a window"),
        named(
            spec.positions() instanceof Positions.Rotary rotary && !rotary.divisors().isEmpty(),
            "stretched rotary positions"),
        named(spec.norm() == Norm.NONE, "blocks without a norm"),
        named(spec.norm() != Norm.NONE && !spec.finalNorm(), "stream without a final norm"));
  }

  /** What GPT-2 and GPT-NeoX have not: heads of any other width or number than d_model gives. */
  static List<String> lackedByHeads(ModelSpec spec) {
    return all(
        named(spec.group() > 1, "grouped key heads"),
        named(
            spec.nHeads() * spec.dHead() != spec.dModel(),
            "heads of %s x %s features beside d_model = %s"
                .formatted(spec.nHeads(), spec.dHead(), spec.dModel())),
        named(spec.norm() == Norm.RMS, "RMS norm"),
        named(spec.hasMlp() && spec.activation().gated(), "SwiGLU"));
  }

  /** What GPT-NeoX and Llama have not: positions that do not turn. */
  static List<String> lackedByRotary(ModelSpec spec) {
    return all(
        named(spec.positions() instanceof Positions.Learned, "learned positions"),
        named(spec.positions() instanceof Positions.Sinusoidal, "sinusoidal positions"),
        named(spec.positions() instanceof Positions.None, "attention without positions"));
  }

  @SafeVarargs
  static List<String> all(List<String>... parts) {
    return Stream.of(parts).flatMap(List::stream).toList();
  }

  static List<String> named(boolean has, String what) {
    return has ? List.of(what) : List.of();
  }

  /** The library's name of an activation; of an MLP of zeros it does not matter. */
  static String activation(ModelSpec spec) {
    return switch (spec.hasMlp() ? spec.activation() : Activation.GELU_TANH) {
      case RELU -> "relu";
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_new";
      case SWIGLU -> "silu";
    };
  }

  /** The MLP's width; one of zeros has a single feature. */
  static int mlp(ModelSpec spec) {
    return Math.max(1, spec.dMlp());
  }

  /** Rotary positions in {@code config.json}. */
  static void rotary(ObjectNode config, Positions.Rotary rotary, double share) {
    config
        .putObject("rope_parameters")
        .put("rope_type", "default")
        .put("rope_theta", rotary.base())
        .put("partial_rotary_factor", share);
  }

  /** A layer norm that a model has, or one that changes nothing. */
  static void norm(List<NamedTensor> all, Weights w, String theirs, String ours, int d) {
    all.add(tensor(theirs + ".weight", w.orOnes(ours + ".w", d), d));
    all.add(tensor(theirs + ".bias", w.orZeros(ours + ".b", d), d));
  }

  /** The unembedding [d_vocab, d_model], where it is not the embedding. */
  static void unembedding(List<NamedTensor> all, ModelSpec spec, Weights w, String theirs) {
    if (!spec.tied()) {
      int d = spec.dModel();
      all.add(tensor(theirs, w.turned("unembed.W_U", d, spec.dVocab()), spec.dVocab(), d));
    }
  }

  static NamedTensor tensor(String name, float[] values, int... shape) {
    return new NamedTensor(name, shape, values);
  }
}
