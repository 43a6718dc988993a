package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.study.StudyEvidence;
import refrain.study.StudyFolder;
import refrain.study.StudyResults;

/** {@code study evidence FOLDER --out DIR}: a study's claims for those who compute them again. */
@Command(
    name = "evidence",
    description = {
      "Write what somebody without this program needs to compute a study's primary claims again:"
          + " the claims as judged, the numbers that they use, and of one ablation the weights, the"
          + " tokens and the losses of each sequence.",
      "docs/olsson/recompute.py does so."
    })
final class StudyEvidenceCommand extends Subcommand {
  @Parameters(
      paramLabel = "FOLDER",
      description = "The folder that a study ran in, such as runs/olsson.")
  private @Nullable Path from;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where to; a new folder, or that of an earlier export, which is replaced.")
  private @Nullable Path to;

  @Override
  public void run() {
    Path target = requireNonNull(to);
    StudyFolder folder = new StudyFolder(requireNonNull(from));
    List<String> damaged = new ArrayList<>();
    StudyResults results = Reports.read(folder, out(), damaged::add);
    Reports.refuse(damaged);
    if (results.runs().size() < results.cells().size()) {
      warn(
          "%s of %s runs have ended; the evidence is of these"
              .formatted(results.runs().size(), results.cells().size()));
    }
    StudyEvidence.Size size =
        new StudyEvidence(folder, results)
            .write(target, Runtime.getRuntime().availableProcessors());
    print(
        "Written: %s, %d primary claims in %d files, %.1f MB.",
        target, size.claims(), size.files(), size.bytes() / 1e6);
    print("Compute them again: python recompute.py %s", target);
  }
}
