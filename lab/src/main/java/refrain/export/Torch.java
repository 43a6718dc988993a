package refrain.export;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import refrain.store.AtomicFiles;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;
import refrain.store.SafeTensorsWriter;

/**
 * A model of ours for PyTorch: the weights under the names and in the shapes of our checkpoints,
 * and the source of one module that computes this model and no other. Every variant can be said.
 */
public final class Torch {
  private Torch() {}

  /**
   * Writes {@code model.py} and {@code model.safetensors}.
   *
   * @param folder empty, or that of an earlier export; made when missing
   */
  public static void write(RunFolder run, Checkpoint checkpoint, Path folder) {
    write(ExportedModel.read(run, checkpoint), folder);
  }

  static void write(ExportedModel model, Path folder) {
    String source = TorchModule.source(model.spec(), model.about());
    Map<String, AtomicFiles.Body> files = new LinkedHashMap<>();
    files.put(
        ExportFolder.WEIGHTS,
        out -> SafeTensorsWriter.writeTo(out, model.weights().all(), model.metadata()));
    files.put(ExportFolder.MODULE, out -> out.write(source.getBytes(StandardCharsets.UTF_8)));
    ExportFolder.write(folder, files);
  }
}
