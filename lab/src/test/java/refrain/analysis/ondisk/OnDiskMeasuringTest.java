package refrain.analysis.ondisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.Repository;
import refrain.analysis.Findings;
import refrain.base.RefrainException;
import refrain.data.Rng;
import refrain.pretrained.ModelOnDisk;
import refrain.store.Json;
import refrain.store.Machine;
import refrain.store.NamedTensor;
import refrain.store.RunInfo;
import refrain.store.SafeTensorsWriter;

/** The arms of a study of a model on disk, on a small random one. */
class OnDiskMeasuringTest {
  private static final int WIDTH = 12;
  private static final int HEADS = 4;
  private static final int VOCAB = 420;

  private static final RunInfo.Session SESSION =
      new RunInfo.Session("2026-01-01T00:00:00Z", -1, "test", Machine.here(), null, null, null);

  private static final OnDiskMeasuring.Sizes SIZES = new OnDiskMeasuring.Sizes(3, 61, 23, 3, 7, 5);

  private static final Map<String, OffArm> ARMS =
      new LinkedHashMap<>(
          Map.of(
              "intact", arm("{}"),
              "best", arm("{heads: BEST, number: 1}"),
              "others", arm("{heads: OTHERS, number: 1, by: MEAN, draws: 2}"),
              "best-mean", arm("{heads: BEST, number: 1, by: MEAN}")));

  @TempDir private Path folder;

  private static OffArm arm(String yaml) {
    return Json.read(Json.parseYaml(yaml, "arm"), OffArm.class, "arm");
  }

  /** A Llama of two layers with the small vocabulary of the golden tokenizers. */
  private Path model(long seed) throws IOException {
    Path place = folder.resolve("model-" + seed);
    Files.createDirectories(place);
    Files.writeString(
        place.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
         "hidden_size": 12, "intermediate_size": 10, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4, "rms_norm_eps": 1e-5,
         "max_position_embeddings": 1024, "vocab_size": 420, "rope_theta": 10000.0,
         "tie_word_embeddings": true, "attention_bias": false, "mlp_bias": false,
         "bos_token_id": 0, "eos_token_id": 0}
        """);
    Files.copy(
        Repository.ROOT.resolve("lab/src/test/resources/golden/pretrained/tokenizers/smollm.json"),
        place.resolve("tokenizer.json"));
    Rng rng = Rng.of(seed);
    List<NamedTensor> tensors = new ArrayList<>();
    tensors.add(random(rng, "model.embed_tokens.weight", VOCAB, WIDTH));
    tensors.add(random(rng, "model.norm.weight", WIDTH));
    for (int l = 0; l < 2; l++) {
      String block = "model.layers." + l + ".";
      tensors.add(random(rng, block + "input_layernorm.weight", WIDTH));
      tensors.add(random(rng, block + "post_attention_layernorm.weight", WIDTH));
      tensors.add(random(rng, block + "self_attn.q_proj.weight", HEADS * 4, WIDTH));
      tensors.add(random(rng, block + "self_attn.k_proj.weight", 8, WIDTH));
      tensors.add(random(rng, block + "self_attn.v_proj.weight", 8, WIDTH));
      tensors.add(random(rng, block + "self_attn.o_proj.weight", WIDTH, HEADS * 4));
      tensors.add(random(rng, block + "mlp.gate_proj.weight", 10, WIDTH));
      tensors.add(random(rng, block + "mlp.up_proj.weight", 10, WIDTH));
      tensors.add(random(rng, block + "mlp.down_proj.weight", WIDTH, 10));
    }
    try (OutputStream out = Files.newOutputStream(place.resolve("model.safetensors"))) {
      SafeTensorsWriter.writeTo(out, tensors, Map.of());
    }
    return place;
  }

  private static NamedTensor random(Rng rng, String name, int... shape) {
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (rng.nextDouble() - .5);
    }
    return new NamedTensor(name, shape, values);
  }

  @Test
  void whatWasInterruptedGoesOnAndTheFolderAloneSaysEverything() throws IOException {
    OnDiskMeasuring measuring = new OnDiskMeasuring(folder.resolve("measured"), SIZES);
    try (ModelOnDisk model = ModelOnDisk.open(model(1))) {
      int[] asked = {0};
      assertThat(
              measuring.measure(
                  model, ARMS, false, SESSION, 2, () -> asked[0]++ > 2, (what, done) -> {}))
          .isFalse();
      assertThat(measuring.findings(ARMS)).isEmpty();
      assertThat(measuring.measure(model, ARMS, false, SESSION, 1, () -> false, (what, done) -> {}))
          .isTrue();
    }
    Map<String, Findings> found =
        new OnDiskMeasuring(folder.resolve("measured"), SIZES).findings(ARMS);
    assertThat(found).containsOnlyKeys(ARMS.keySet());
    Findings intact = found.get("intact");
    assertThat(intact.value("shots.lost.fr")).isEqualTo(0);
    assertThat(intact.value("text.damage")).isEqualTo(0);
    assertThat(intact.series("shots.losses.es")).hasSize(6);
    assertThat(intact.series("heads.prefix.byLayer")).hasSize(2);
    Findings best = found.get("best");
    double gain = intact.value("shots.gain.fr");
    assertThat(best.value("shots.lost.fr"))
        .isCloseTo(1 - best.value("shots.gain.fr") / gain, within(1e-9));
    // No set of others was drawn for heads that are replaced by zeros.
    assertThat(best.value("shots.more.fr")).isNaN();
    assertThat(found.get("best-mean").value("shots.rank.fr")).isBetween(1 / 3.0, 1.0);
    assertThat(found.get("best-mean").value("shots.more.category"))
        .isCloseTo(
            found.get("best-mean").value("shots.lost.category")
                - found.get("others").value("shots.lost.category"),
            within(1e-9));
    OnDiskMeasuring.Measured measured = measuring.measured();
    assertThat(measured).isNotNull();
    assertThat(measured.sessions()).hasSize(2);
    try (ModelOnDisk other = ModelOnDisk.open(model(2))) {
      assertThatThrownBy(() ->
              measuring.measure(other, ARMS, false, SESSION, 1, () -> false, (what, done) -> {}))
          .isInstanceOf(RefrainException.class)
          .hasMessageContaining("holds what was measured of model-1")
          .hasMessageContaining("--out");
    }
  }

  @Test
  void armsAreChecked() {
    assertThatThrownBy(() -> arm("{heads: BEST}")).hasMessageContaining("number is 0");
    assertThatThrownBy(() -> arm("{heads: BEST, number: 2, draws: 3}"))
        .hasMessageContaining("draws is 3, expected 1");
  }
}
