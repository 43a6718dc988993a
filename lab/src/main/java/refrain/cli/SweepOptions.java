package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What makes {@code train} train several runs, or say what it would train. */
final class SweepOptions {
  @Option(
      names = "--seeds",
      paramLabel = "LIST",
      description = "Several runs side by side, one a seed: 0..4 or 0,3,7.")
  @Nullable String seeds;

  @Option(
      names = "--grid",
      paramLabel = "PATH=V,V",
      description =
          "Several runs side by side, one a value, such as model.nLayers=1,2,4; repeated: every"
              + " value with every value.")
  List<String> grids = new ArrayList<>();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the table of --seeds and --grid there too.")
  @Nullable Path csv;

  @Option(
      names = "--dry-run",
      description = "Say what would be trained, and about how long and in how much memory.")
  boolean dryRun;

  /** Whether several runs are asked for. */
  boolean many() {
    return seeds != null || !grids.isEmpty();
  }
}
