package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.GitClone;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.study.JudgedBlock;
import refrain.study.Registration;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyResults;

/**
 * {@code study register NAME}: what is fixed before a block of seeds is run, and what came of it.
 */
@Command(
    name = "register",
    description = {
      "Write down the claims, arms and definitions of a study of the program before a block of its"
          + " seeds is run; committed, they make its verdicts registered ones.",
      "With --verdicts: write down what was found, to stand beside what later blocks show."
    })
final class StudyRegisterCommand extends Subcommand {
  @Parameters(paramLabel = "NAME", description = "A study that comes with the program.")
  private @Nullable String name;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = "The first seed: 100, 200 and so on; by default the study's own.")
  private @Nullable Integer block;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where its runs lie, or would lie; by default runs/ and the study's name.")
  private @Nullable Path out;

  @Option(names = "--verdicts", description = "Write down the verdicts on the block instead.")
  private boolean verdicts;

  @Override
  public void run() {
    Study whole = Study.named(requireNonNull(name));
    Study study = block == null ? whole : whole.withBlock(block);
    Registration.requireBlock(study);
    Path home =
        GitClone.home()
            .orElseThrow(() ->
                RefrainException.badInput(
                    "study register: writes into the folder that the program was built in; start it"
                        + " with ./refrain there"));
    StudyFolder folder = new StudyFolder(out == null ? StudyRun.folder(whole, study.block()) : out);
    Path file = verdicts ? verdicts(study, folder, home) : register(study, folder, home);
    print("Written: %s. Commit it%s.", file, verdicts ? "" : ", and then run the block");
  }

  private static Path register(Study study, StudyFolder folder, Path home) {
    Path file = home.resolve(Registration.file(study.name(), study.block()));
    if (Files.exists(file) || Registration.find(study.name(), study.block()).isPresent()) {
      throw RefrainException.badInput(
          "%s: is there; what was registered stays as it is, and mended claims are registered for"
              + " the next free block",
          file);
    }
    study.cells().stream()
        .flatMap(cell -> folder.find(cell).stream())
        .findFirst()
        .ifPresent(run -> {
          throw RefrainException.badInput(
              "%s: is a run of this block already; claims are registered before it is run",
              run.path());
        });
    if (study.onDisk() && folder.measuring().measured() != null) {
      throw RefrainException.badInput(
          "%s: holds what was measured already; claims are registered before", folder.measuring());
    }
    AtomicFiles.writeString(file, Json.pretty(Registration.of(study)));
    return file;
  }

  private Path verdicts(Study study, StudyFolder folder, Path home) {
    Path file = home.resolve(Registration.verdictsFile(study.name(), study.block()));
    if (Files.exists(file)) {
      throw RefrainException.badInput(
          "%s: is there; what was found then stays as it is, and is not judged again", file);
    }
    List<String> damaged = new ArrayList<>();
    StudyResults results = Reports.read(folder, out(), damaged::add);
    Reports.refuse(damaged);
    if (!results.study().name().equals(study.name()) || results.study().block() != study.block()) {
      throw RefrainException.badInput(
          "the folder holds the study '%s' from seed %s on, expected '%s' from seed %s on; say where"
              + " its runs lie with --out",
          results.study().name(), results.study().block(), study.name(), study.block());
    }
    AtomicFiles.writeString(file, Json.pretty(JudgedBlock.of(results)));
    return file;
  }
}
