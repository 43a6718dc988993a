package refrain.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.data.Batch;
import refrain.model.FusedTransformer;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Positions;
import refrain.model.ReferenceTransformer;
import refrain.model.TokenReader;
import refrain.model.Transformer;

/** Small random models of every architecture, as `transformers` computes them. */
class ParityTest {
  private static final double NEAR = 1e-4;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt2-untied",
        "pythia",
        "neox-sequential",
        "gpt-neo",
        "llama",
        "llama-biases",
        "mistral",
        "qwen2",
        "attn-only",
        "gguf-llama",
        "gguf-qwen2",
        "gguf-gpt2",
        "gguf-gptneox"
      })
  void logitsPatternsAndLosses(String name) {
    Golden golden = Golden.of(name);
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(name))) {
      assertThat(model.found().unused()).isEmpty();
      Parameters parameters = model.parameters();
      try (Transformer reference = new ReferenceTransformer(model.spec());
          Transformer fused = new FusedTransformer(model.spec(), 1)) {
        compare(golden, parameters, reference);
        compare(golden, parameters, fused);
      }
      decodes(golden, model);
    }
  }

  private static void compare(Golden golden, Parameters parameters, Transformer engine) {
    ModelSpec spec = parameters.spec();
    Batch batch = Batch.of(golden.tokens);
    int t = batch.context();
    Golden.Seen logits = new Golden.Seen(HookPoint.of(HookKind.LOGITS, -1), batch.size());
    float[][] losses = engine.forward(parameters, batch, Plan.NONE, logits);
    for (int s = 0; s < batch.size(); s++) {
      int from = s * (t + 1) * spec.dVocab();
      float[] expected = Arrays.copyOfRange(golden.logits, from, from + t * spec.dVocab());
      assertThat(gap(logits.of(s), expected)).isLessThan(NEAR);
      assertThat(gap(losses[s], Arrays.copyOfRange(golden.losses, s * t, s * t + t)))
          .isLessThan(NEAR);
    }
    for (int l = 0; l < spec.nLayers(); l++) {
      Golden.Seen pattern = new Golden.Seen(HookPoint.of(HookKind.PATTERN, l), batch.size());
      engine.forward(parameters, batch, Plan.NONE, pattern);
      for (int s = 0; s < batch.size(); s++) {
        assertThat(gap(pattern.of(s), patterns(golden, l, s, spec.nHeads(), t))).isLessThan(NEAR);
      }
    }
  }

  /** [head, t, t] of the patterns of t + 1 positions. */
  private static float[] patterns(Golden golden, int layer, int sequence, int heads, int t) {
    int all = t + 1;
    int first = (layer * golden.patternShape[1] + sequence) * heads;
    float[] out = new float[heads * t * t];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < t; i++) {
        int from = ((first + h) * all + i) * all;
        System.arraycopy(golden.patterns, from, out, (h * t + i) * t, t);
      }
    }
    return out;
  }

  private static void decodes(Golden golden, ModelOnDisk model) {
    TokenReader reader = model.tokenReader();
    int vocab = model.spec().dVocab();
    for (int i = 0; i < golden.tokens[0].length; i++) {
      float[] logits = reader.read(golden.tokens[0][i]);
      assertThat(gap(logits, Arrays.copyOfRange(golden.logits, i * vocab, (i + 1) * vocab)))
          .isLessThan(NEAR);
    }
  }

  private static double gap(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    double gap = 0;
    for (int i = 0; i < a.length; i++) {
      gap = Math.max(gap, Math.abs(a[i] - b[i]));
    }
    return gap;
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, GPT-2, safetensors",
    "pythia, GPT-NeoX, PyTorch",
    "gpt-neo, GPT-Neo, safetensors",
    "mistral, Mistral, safetensors",
    "attn-only, TransformerLens, TransformerLens",
    "gguf-qwen2, Qwen2, GGUF 3"
  })
  void whatWasFound(String name, String architecture, String format) {
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(name))) {
      assertThat(model.found().architecture()).isEqualTo(architecture);
      assertThat(model.found().format()).isEqualTo(format);
    }
  }

  @Test
  void whatIsChangedOnTheWayIsSaid() {
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve("gpt-neo"))) {
      assertThat(model.found().notes()).anyMatch(note -> note.contains("square root of d_head"));
      assertThat(model.spec().windows()).containsExactly(0, 5, 5);
    }
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve("attn-only"))) {
      assertThat(model.found().notes())
          .anyMatch(note -> note.contains("gpt-neox-tokenizer-digits"));
      assertThat(model.tokenizer()).isEmpty();
    }
  }

  /** Llama 3's stretch: quick pairs none, slow ones the whole factor. */
  @Test
  void rotaryScaling() {
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve("llama"))) {
      Positions.Rotary rotary = (Positions.Rotary) model.spec().positions();
      assertThat(rotary.divisors().getFirst()).isEqualTo(1);
      assertThat(rotary.divisors().getLast()).isCloseTo(8, within(1e-12));
    }
  }

  /** A layer of a model is read as a model of one layer. */
  @ParameterizedTest
  @ValueSource(strings = {"gguf-llama", "pythia", "gpt2", "attn-only"})
  void layersPanelsAndRowsByThemselves(String name) {
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(name))) {
      Parameters whole = model.parameters();
      Layout one = Layout.of(model.spec().with(m -> m.nLayers = 1));
      float[] arena = new float[one.length()];
      for (Parameter p : one.all()) {
        if (p.layer() == 0) {
          String second = p.name().replace("blocks.0.", "blocks.1.");
          model.read(p, second, arena);
          assertThat(Parameters.read(p, arena)).isEqualTo(whole.get(second));
        }
      }
      int d = model.spec().dModel();
      float[] row = new float[d];
      model.embeddings(7, 1, row, 0);
      assertThat(row).isEqualTo(Arrays.copyOfRange(whole.get("embed.W_E"), 7 * d, 8 * d));
      // A head's columns of W_Q are a panel of its matrix [d_model, heads d_head].
      int dHead = model.spec().dHead();
      float[] panel = new float[d * dHead];
      model.columns("blocks.1.attn.W_Q", d, dHead, dHead, panel, 0);
      float[] heads = whole.get("blocks.1.attn.W_Q");
      assertThat(panel).isEqualTo(Arrays.copyOfRange(heads, d * dHead, 2 * d * dHead));
    }
  }

  @Test
  void shorterTextsNeedShorterTables() {
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve("gpt2"))) {
      ModelOnDisk shorter = model.within(9);
      assertThat(shorter.spec().nCtx()).isEqualTo(9);
      int d = model.spec().dModel();
      assertThat(shorter.parameters().get("pos_embed.W_pos"))
          .isEqualTo(Arrays.copyOf(model.parameters().get("pos_embed.W_pos"), 9 * d));
    }
  }

  /** The same weights in each of two formats. */
  @Test
  void aFileIsOpenedByItsContent() {
    for (String file : List.of("gguf-gpt2/model.gguf", "attn-only/model_final.pth")) {
      try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(file))) {
        assertThat(model.spec().nLayers()).isEqualTo(2);
        assertThat(ModelOnDisk.isModel(Golden.ROOT.resolve(file))).isTrue();
      }
    }
    assertThat(ModelOnDisk.isModel(Golden.ROOT)).isFalse();
  }
}
