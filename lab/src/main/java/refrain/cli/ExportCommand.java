package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.export.CsvTable;
import refrain.export.HuggingFace;
import refrain.export.TensorBoard;
import refrain.export.Torch;
import refrain.store.AtomicFiles;
import refrain.store.Checkpoint;
import refrain.store.Json;

/** {@code refrain export}: a run in the files of other programs. */
@Command(
    name = "export",
    description = "Write a run's curves or one of its checkpoints in the files of other programs.")
final class ExportCommand extends Subcommand {
  @Parameters(
      paramLabel = "RUN[@STEP]",
      description = "A run's folder; for weights also a checkpoint of it, by default the last.")
  private @Nullable String name;

  @ArgGroup(multiplicity = "1")
  private @Nullable To to;

  /** Where to, and with it what: exactly one. */
  static final class To {
    @Option(
        names = "--tensorboard",
        paramLabel = "DIR",
        description = "All metrics as event files, in a folder of the run's own inside of DIR.")
    private @Nullable Path tensorboard;

    @Option(
        names = "--csv",
        paramLabel = "FILE",
        description = "All metrics that are numbers as a table, a row a step.")
    private @Nullable Path csv;

    @Option(
        names = "--hf",
        paramLabel = "DIR",
        description =
            "A folder that transformers and TransformerLens open, where the model can be said as"
                + " GPT-2, GPT-NeoX or Llama.")
    private @Nullable Path hf;

    @Option(
        names = "--torch",
        paramLabel = "DIR",
        description =
            "Weights and the source of one PyTorch module that computes this model, any variant.")
    private @Nullable Path torch;
  }

  @Override
  public void run() {
    RunAtStep run = RunAtStep.parse(requireNonNull(name));
    To format = requireNonNull(to);
    if (format.tensorboard != null) {
      metrics(run);
      Path folder = TensorBoard.write(run.run(), format.tensorboard);
      print("%s: all metrics; see them with:", folder);
      print("%s%s", TensorBoard.COMMAND, Shell.word(format.tensorboard.toString()));
    } else if (format.csv != null) {
      metrics(run);
      AtomicFiles.expectPlace(format.csv);
      CsvTable.Size size = CsvTable.write(run.run(), format.csv);
      print("%s: %d rows of %d columns", format.csv, size.rows(), size.columns());
    } else if (format.hf != null) {
      Checkpoint checkpoint = run.checkpoint();
      String title = HuggingFace.write(run.run(), checkpoint, format.hf);
      print(
          "%s: step %d as %s; in Python: AutoModelForCausalLM.from_pretrained(%s)",
          format.hf, checkpoint.step(), title, Json.line(format.hf.toString()));
    } else if (format.torch != null) {
      Checkpoint checkpoint = run.checkpoint();
      Torch.write(run.run(), checkpoint, format.torch);
      print(
          "%s: step %d; in Python, there: from model import load", format.torch, checkpoint.step());
    }
  }

  private static void metrics(RunAtStep run) {
    if (run.step().isPresent()) {
      throw RefrainException.badInput(
          "@%s: metrics are of a whole run; leave it out, or export weights with --hf or --torch",
          run.step().getAsLong());
    }
  }
}
