package refrain.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static refrain.model.ModelEdits.heads;
import static refrain.model.ModelEdits.mlp;
import static refrain.model.ModelEdits.norm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.Python;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.Activation;
import refrain.model.Biases;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Observer;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Positions;
import refrain.model.ReferenceTransformer;
import refrain.model.Smear;
import refrain.model.Variants;
import refrain.pretrained.ModelOnDisk;
import refrain.store.NamedTensor;
import refrain.train.Presets;

class HuggingFaceTest {
  private static final Consumer<ModelSpec.Builder> LEARNED =
      m -> m.positions = new Positions.Learned(.02);

  @TempDir Path temp;

  /** d 6, 2 heads of 3, V 11, n_ctx 9. */
  private static ModelSpec plain() {
    return ModelSpec.attentionOnly(2, 6, 2, 9, 11).with(LEARNED);
  }

  private static ModelSpec rotary(int width, int dims) {
    return plain()
        .with(
            m -> m.dModel = 2 * width,
            heads(2, 2, width),
            m -> m.positions = new Positions.Rotary(100, dims));
  }

  private static ModelSpec llama() {
    return plain()
        .with(
            m -> m.dModel = 12,
            heads(6, 2, 4),
            norm(Norm.RMS, true),
            m -> m.positions = new Positions.Rotary(500, 0));
  }

  /** Every way in which a model of ours can be said, by the class that says it. */
  static Map<String, ModelSpec> models() {
    Map<String, ModelSpec> all = new LinkedHashMap<>();
    all.put("GPT2 attention-only", plain());
    all.put("GPT2 tied, 3 layers", plain().with(m -> m.tied = true, m -> m.nLayers = 3));
    all.put("GPT2 sinusoidal", plain().with(m -> m.positions = new Positions.Sinusoidal()));
    all.put("GPT2 no positions", plain().with(m -> m.positions = new Positions.None()));
    for (Activation a : List.of(Activation.RELU, Activation.GELU, Activation.GELU_TANH)) {
      all.put(
          "GPT2 mlp " + a,
          plain().with(mlp(5, a), m -> m.biases = Biases.ALL, m -> m.normEps = .1));
    }
    all.put("GPT2 biases QKV", plain().with(m -> m.biases = Biases.QKV));
    all.put("GPTNeoX attention-only", rotary(4, 0));
    all.put("GPTNeoX a part turns", rotary(5, 2));
    all.put("GPTNeoX a share that rounds down", rotary(49, 14).with(m -> m.tied = true));
    all.put(
        "GPTNeoX parallel",
        rotary(4, 2)
            .with(
                mlp(9, Activation.GELU),
                m -> m.biases = Biases.ALL,
                m -> m.parallelResidual = true));
    all.put(
        "GPTNeoX one after the other",
        rotary(4, 2).with(mlp(9, Activation.RELU), m -> m.biases = Biases.MLP));
    all.put("Llama attention-only", llama());
    all.put("Llama SwiGLU", llama().with(mlp(9, Activation.SWIGLU)));
    all.put(
        "Llama tied, biases",
        llama().with(mlp(9, Activation.SWIGLU), m -> m.tied = true, m -> m.biases = Biases.ALL));
    all.put(
        "Llama MLP biases",
        llama().with(mlp(9, Activation.SWIGLU), m -> m.biases = Biases.MLP, m -> m.normEps = .1));
    return all;
  }

  private static ExportedModel model(Parameters parameters) {
    return new ExportedModel(
        parameters.spec(),
        new Weights(parameters),
        "a test",
        Map.of("format", "pt"),
        () -> {
          throw new AssertionError("not asked for");
        });
  }

  private static TokenizerFile words(ModelSpec spec) {
    return TokenizerFile.of(IntStream.range(0, spec.dVocab()).mapToObj(id -> "word" + id).toList());
  }

  private static Batch batch(ModelSpec spec) {
    Rng rng = Rng.of(3);
    int[][] tokens = new int[2][8];
    for (int[] sequence : tokens) {
      for (int t = 0; t < sequence.length; t++) {
        sequence[t] = rng.nextInt(spec.dVocab());
      }
    }
    return Batch.of(tokens);
  }

  @Test
  @Tag("python")
  void transformersAndTransformerLensComputeWhatOurEnginesCompute() throws IOException {
    Map<String, ModelSpec> models = models();
    int i = 0;
    for (Map.Entry<String, ModelSpec> each : models.entrySet()) {
      Path folder = temp.resolve(String.format(Locale.ROOT, "%02d", i++));
      write(each.getKey(), each.getValue(), folder);
    }
    List<String> lines =
        Python.run("hf_folders.py", temp).lines().filter(line -> line.contains(" | ")).toList();
    assertThat(lines).as(String.join("\n", lines)).hasSameSizeAs(models.keySet());
    i = 0;
    for (String name : models.keySet()) {
      String line = lines.get(i++);
      String[] parts = line.split(" \\| ");
      assertThat(parts[0]).isEqualTo(name);
      assertThat(parts[1]).startsWith(name.split(" ")[0]);
      assertThat(Double.parseDouble(parts[2])).as(line).isLessThan(1e-9);
      assertThat(Double.parseDouble(parts[3])).as(line).isLessThan(5e-5);
      assertThat(Double.parseDouble(parts[4])).as(line).isLessThan(5e-5);
      assertThat(Double.parseDouble(parts[5])).as(line).isLessThan(5e-5);
      assertThat(parts[6]).as(line).isEqualTo("True");
    }
  }

  private static void write(String name, ModelSpec spec, Path folder) throws IOException {
    Parameters parameters = Variants.draw(spec);
    Architecture architecture = Architecture.of(spec, "none");
    HuggingFace.write(model(parameters), architecture, words(spec), folder.resolve("hf"));
    Parameters same =
        spec.positions() instanceof Positions.Sinusoidal ? withTable(parameters) : parameters;
    Expected.write(folder.resolve("expected"), name, same, batch(spec));
  }

  /** The reader of pretrained models is the writer's inverse. */
  @Test
  void ourOwnReaderComputesTheSame() {
    int i = 0;
    for (Map.Entry<String, ModelSpec> each : models().entrySet()) {
      ModelSpec spec = each.getValue();
      Parameters parameters = Variants.draw(spec);
      Path folder = temp.resolve("hf" + i++);
      HuggingFace.write(model(parameters), Architecture.of(spec, "none"), words(spec), folder);
      Batch batch = batch(spec);
      float[][] expected =
          new ReferenceTransformer(spec).forward(parameters, batch, Plan.NONE, Observer.NONE);
      try (ModelOnDisk model = ModelOnDisk.open(folder)) {
        assertThat(model.found().unused()).isEmpty();
        float[][] found =
            new ReferenceTransformer(model.spec())
                .forward(model.parameters(), batch, Plan.NONE, Observer.NONE);
        for (int s = 0; s < found.length; s++) {
          assertThat(found[s]).as(each.getKey()).containsExactly(expected[s], within(2e-6f));
        }
        assertThat(model.tokenizer().orElseThrow().encode("word3 word0")).containsExactly(3, 0);
      }
    }
  }

  /** Sinusoidal positions as the table in float32 that the fused engine has and files hold. */
  private static Parameters withTable(Parameters sinusoidal) {
    ModelSpec spec = sinusoidal.spec();
    Parameters learned = Parameters.zeros(spec.with(LEARNED));
    for (Parameter p : sinusoidal.layout().all()) {
      Parameters.write(learned.layout().get(p.name()), sinusoidal.get(p.name()), learned.arena());
    }
    float[] table = new float[spec.nCtx() * spec.dModel()];
    for (int i = 0; i < table.length; i++) {
      int t = i / spec.dModel();
      int even = i % spec.dModel() / 2 * 2;
      double angle = t / Math.pow(10000, even / (double) spec.dModel());
      table[i] = (float) (i % spec.dModel() == even ? Math.sin(angle) : Math.cos(angle));
    }
    Parameters.write(learned.layout().get("pos_embed.W_pos"), table, learned.arena());
    return learned;
  }

  @Test
  void theConfigurationOfAPreset() {
    ModelSpec spec = Presets.get("r0-2l-rotary").model();
    Architecture architecture = Architecture.of(spec, "none");
    assertThat(HuggingFace.config(spec, architecture, words(spec)).toString())
        .isEqualTo(
            """
            {"model_type":"gpt_neox","architectures":["GPTNeoXForCausalLM"],"dtype":"float32",\
            "vocab_size":128,"max_position_embeddings":64,"hidden_size":64,\
            "num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":1,\
            "hidden_act":"gelu_new","layer_norm_eps":1.0E-5,"use_parallel_residual":false,\
            "attention_bias":true,"attention_dropout":0.0,"hidden_dropout":0.0,\
            "rope_parameters":{"rope_type":"default","rope_theta":10000.0,\
            "partial_rotary_factor":1.0},"tie_word_embeddings":false,"use_cache":true,\
            "bos_token_id":null,"eos_token_id":null}\
            """);
  }

  @Test
  void whatTheArchitectureHasAndTheModelHasNotIsZeros() {
    ModelSpec spec = plain();
    Parameters parameters = Variants.draw(spec);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    new Gpt2()
        .tensors(spec, new Weights(parameters))
        .forEach(tensor -> tensors.put(tensor.name(), tensor));
    assertThat(tensors).hasSize(2 + 2 * 12 + 3);
    assertThat(tensors.get("transformer.h.1.attn.c_attn.weight").shape()).containsExactly(6, 18);
    assertThat(tensors.get("transformer.h.1.mlp.c_fc.weight").shape()).containsExactly(6, 1);
    assertThat(tensors.get("lm_head.weight").shape()).containsExactly(11, 6);
    for (String zero : List.of("attn.c_attn.bias", "mlp.c_fc.weight", "mlp.c_proj.bias")) {
      assertThat(tensors.get("transformer.h.0." + zero).values()).containsOnly(0);
    }
    float[] keys = parameters.get("blocks.1.attn.W_K"); // [head, d_model, d_head]
    float[] side = tensors.get("transformer.h.1.attn.c_attn.weight").values();
    assertThat(side[4 * 18 + 6 + 5])
        .as("row 4, key of head 1, feature 2")
        .isEqualTo(keys[6 * 3 + 4 * 3 + 2]);
  }

  static Stream<Arguments> refusals() {
    ModelSpec odd = ModelSpec.attentionOnly(2, 7, 2, 9, 11);
    String all = "GPT-2, GPT-NeoX and Llama have no ";
    return Stream.of(
        arguments(odd, all + "shortformer positions"),
        arguments(plain().with(m -> m.positions = new Positions.Alibi()), all + "ALiBi positions"),
        arguments(
            odd.with(m -> m.smear = Smear.from(Smear.From.START)),
            all + "shortformer positions, no smeared keys"),
        arguments(
            rotary(4, 0).with(m -> m.smear = new Smear(Smear.From.PREVIOUS, List.of(1))),
            all + "smeared keys"),
        arguments(plain().with(norm(Norm.NONE, false)), all + "blocks without a norm"),
        arguments(plain().with(norm(Norm.LAYER, false)), all + "stream without a final norm"),
        arguments(
            plain().with(norm(Norm.RMS, true)),
            "GPT-2 has no RMS norm; GPT-NeoX has no learned positions, no RMS norm; Llama has no"
                + " learned positions"),
        arguments(
            rotary(4, 2).with(heads(4, 2, 2)),
            "GPT-2 has no rotary positions, no grouped key heads; GPT-NeoX has no grouped key heads;"
                + " Llama has no layer norm"),
        arguments(
            odd.with(m -> m.positions = new Positions.Rotary(100, 2), mlp(9, Activation.GELU)),
            "GPT-2 has no rotary positions, no heads of 2 x 3 features beside d_model = 7; GPT-NeoX"
                + " has no heads of 2 x 3 features beside d_model = 7; Llama has no rotary positions"
                + " on a part of a head, no 2 heads beside d_model = 7, no layer norm, no MLP with"
                + " gelu alone"),
        arguments(
            plain()
                .with(
                    mlp(9, Activation.SWIGLU),
                    m -> m.parallelResidual = true,
                    m -> m.positions = new Positions.None()),
            "GPT-2 has no SwiGLU, no parallel residual; GPT-NeoX has no attention without"
                + " positions, no SwiGLU; Llama has no attention without positions, no layer norm,"
                + " no parallel residual"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatCannotBeSaidIsRefusedByName(ModelSpec spec, String message) {
    assertThatThrownBy(() -> Architecture.of(spec, "the remedy"))
        .isInstanceOf(RefrainException.class)
        .hasMessage(message + "; the remedy");
  }
}
