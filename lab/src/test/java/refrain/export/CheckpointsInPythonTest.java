package refrain.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.Python;
import refrain.Repository;
import refrain.data.Batch;
import refrain.model.Activation;
import refrain.model.Biases;
import refrain.model.ModelEdits;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameters;
import refrain.model.Positions;
import refrain.store.Checkpoint;
import refrain.store.NamedTensor;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.Snapshot;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** The files of a checkpoint under TransformerLens' names, and who reads them. */
class CheckpointsInPythonTest {
  @TempDir Path temp;

  private static final ModelSpec LEARNED =
      Presets.get("tiny").model().with(m -> m.positions = new Positions.Learned(.3));

  /** What TransformerLens 4's own model can compute: learned positions and a final norm. */
  private static Map<String, ModelSpec> models() {
    Map<String, ModelSpec> all = new LinkedHashMap<>();
    all.put("attention-only", LEARNED);
    all.put("tied", LEARNED.with(m -> m.tied = true));
    all.put("grouped heads", LEARNED.with(ModelEdits.heads(4, 2, 4)));
    all.put("no norm", LEARNED.with(ModelEdits.norm(Norm.NONE, false)));
    all.put(
        "gpt2",
        LEARNED.with(
            ModelEdits.mlp(9, Activation.GELU_TANH),
            m -> m.tied = true,
            m -> m.biases = Biases.ALL));
    all.put(
        "rms, gated",
        LEARNED.with(ModelEdits.norm(Norm.RMS, true), ModelEdits.mlp(9, Activation.SWIGLU)));
    return all;
  }

  private Checkpoint trained(ModelSpec model, Path folder) {
    RunSpec spec = Presets.get("tiny").with(s -> s.model = model, s -> s.steps = 1);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder).checkpoints().at(1);
  }

  @Test
  void tiedCheckpointsHaveTheUnembeddingAndOldOnesWithoutItAreRead() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    ModelSpec tied = LEARNED.with(m -> m.tied = true);
    Checkpoint checkpoint = trained(tied, temp.resolve("run"));
    List<NamedTensor> tensors = checkpoint.model();
    tensors.forEach(tensor -> sizes.put(tensor.name(), tensor.values().length));
    assertThat(sizes).containsEntry("unembed.W_U", 16 * 16);
    Parameters read = Snapshot.parameters(checkpoint, tied);
    float[] embedding = read.get("embed.W_E");
    float[] unembedding =
        tensors.stream()
            .filter(tensor -> tensor.name().equals("unembed.W_U"))
            .findFirst()
            .orElseThrow()
            .values();
    for (int d = 0; d < 16; d++) {
      for (int v = 0; v < 16; v++) {
        assertThat(unembedding[d * 16 + v]).isEqualTo(embedding[v * 16 + d]);
      }
    }
    assertThat(checkpoint.optimizer())
        .extracting(NamedTensor::name)
        .doesNotContain("exp_avg.unembed.W_U");
    assertThat(read.layout().has("unembed.W_U")).as("what is read does not need it").isFalse();
  }

  @Test
  @Tag("python")
  void transformerLensReadsThem() throws IOException {
    int i = 0;
    for (Map.Entry<String, ModelSpec> each : models().entrySet()) {
      Path folder = temp.resolve(Integer.toString(i++));
      Checkpoint checkpoint = trained(each.getValue(), folder.resolve("run"));
      Parameters parameters = Snapshot.parameters(checkpoint, each.getValue());
      int[][] tokens = new int[2][9];
      for (int[] sequence : tokens) {
        Arrays.setAll(sequence, t -> 7 * t * t % 16);
      }
      Expected.write(folder, each.getKey(), parameters, Batch.of(tokens));
    }
    List<String> lines =
        Python.run("checkpoints.py", Repository.ROOT.resolve("README.md"), temp)
            .lines()
            .filter(line -> line.contains(" | "))
            .toList();
    assertThat(lines).as(String.join("\n", lines)).hasSameSizeAs(models().keySet());
    for (String line : lines) {
      String[] parts = line.split(" \\| ");
      assertThat(models()).containsKey(parts[0]);
      assertThat(Double.parseDouble(parts[1])).as(line).isLessThan(5e-5);
      assertThat(Double.parseDouble(parts[2])).as(line).isLessThan(5e-5);
    }
  }
}
