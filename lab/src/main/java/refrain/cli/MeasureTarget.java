package refrain.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.store.RunFolder;
import refrain.study.StudyFolder;

/**
 * What a command measures: a run's folder, RUN@STEP, the folder of a checkpoint, or the folder of a
 * study. What is no such folder is looked for by its name in {@code runs/} and in the studies
 * there.
 *
 * @param runs with their variants, at least one; of a study those that have begun
 * @param step of the checkpoint that was named; empty: none was
 * @param study whether it is one
 */
record MeasureTarget(List<Named> runs, OptionalLong step, boolean study) {
  /**
   * A run of a study, or one by itself.
   *
   * @param variant "" by itself
   */
  record Named(RunFolder run, String variant) {}

  private static final Path RUNS = Path.of("runs");

  static MeasureTarget of(String text) {
    List<Path> places = new ArrayList<>(List.of(Path.of(text)));
    if (!Files.exists(Path.of(text)) && !Path.of(text).isAbsolute()) {
      places.add(RUNS.resolve(text));
      studies().forEach(study -> places.add(study.resolve("runs").resolve(text)));
    }
    for (Path place : places) {
      Path above = place.toAbsolutePath().normalize().getParent();
      if (RunFolder.isRun(place)) {
        return run(new RunAtStep(RunFolder.at(place), OptionalLong.empty()));
      }
      if (StudyFolder.isStudy(place)) {
        return study(place);
      }
      Path run = above == null || !above.endsWith("checkpoints") ? null : above.getParent();
      if (run != null && RunFolder.isRun(run)) {
        return checkpoint(place, run);
      }
      if (place.toString().contains("@") && !Files.exists(place)) {
        Path before = Path.of(place.toString().substring(0, place.toString().lastIndexOf('@')));
        if (RunFolder.isRun(before)) {
          return run(RunAtStep.parse(place.toString()));
        }
      }
    }
    List<String> there = new ArrayList<>();
    RunFolder.list(RUNS).forEach(run -> there.add(run.path().toString()));
    studies().forEach(study -> there.add(study.toString()));
    throw RefrainException.badInput(
        "%s: is no run, no checkpoint of one and no study; expected the folder of one, or RUN@STEP%s",
        text, there.isEmpty() ? "" : "; there are " + Names.list(there));
  }

  private static MeasureTarget run(RunAtStep run) {
    return new MeasureTarget(List.of(new Named(run.run(), "")), run.step(), false);
  }

  private static MeasureTarget checkpoint(Path place, Path run) {
    RunFolder folder = RunFolder.at(run);
    String name = place.getFileName().toString();
    return folder.checkpoints().list().stream()
        .filter(saved -> saved.folder().getFileName().toString().equals(name))
        .findFirst()
        .map(saved -> run(new RunAtStep(folder, OptionalLong.of(saved.step()))))
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: no such checkpoint; the run has those of steps %s",
                place, folder.checkpoints().list().stream().map(c -> c.step()).toList()));
  }

  private static MeasureTarget study(Path place) {
    StudyFolder folder = new StudyFolder(place);
    List<Named> runs = new ArrayList<>();
    folder
        .study()
        .cells()
        .forEach(cell ->
            folder.find(cell).ifPresent(run -> runs.add(new Named(run, cell.variant().name()))));
    if (runs.isEmpty()) {
      throw RefrainException.badInput(
          "%s: none of the study's runs has begun; 'study run' trains them", place);
    }
    return new MeasureTarget(runs, OptionalLong.empty(), true);
  }

  private static List<Path> studies() {
    if (!Files.isDirectory(RUNS)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(RUNS)) {
      return entries.filter(StudyFolder::isStudy).sorted().toList();
    } catch (IOException e) {
      throw RefrainException.badFile(RUNS + ": cannot be listed: " + e, e);
    }
  }
}
