package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import refrain.base.RefrainException;

/**
 * The folder {@code checkpoints/} of a run. A checkpoint is written under an unfinished name and
 * renamed, so one that is listed was written to its end.
 */
public final class Checkpoints {
  private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})");

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * The newest checkpoint that a run can go on from.
   *
   * @param checkpoint none when there is no undamaged one
   * @param warnings one sentence for each damaged checkpoint that was passed over
   */
  public record LatestGood(Optional<Checkpoint> checkpoint, List<String> warnings) {}

  /** Whether an entry of the folder is a checkpoint by its name. */
  static boolean isNamed(Path entry) {
    return NAME.matcher(entry.getFileName().toString()).matches();
  }

  /** All complete checkpoints by step, damaged or not. */
  public List<Checkpoint> list() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Checkpoint> result = new ArrayList<>();
      for (Path entry : entries.toList()) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (name.matches() && Files.isDirectory(entry)) {
          result.add(
              new Checkpoint(
                  Long.parseLong(name.group(1)),
                  entry,
                  Files.exists(entry.resolve(Checkpoint.OPTIMIZER))));
        }
      }
      result.sort(Comparator.comparingLong(Checkpoint::step));
      return result;
    } catch (IOException e) {
      throw AtomicFiles.failed("list", folder, "nothing was changed", e);
    }
  }

  /**
   * The checkpoint of a step.
   *
   * @throws RefrainException of kind BAD_INPUT, listing the steps, when there is none
   */
  public Checkpoint at(long step) {
    List<Checkpoint> all = list();
    return all.stream()
        .filter(checkpoint -> checkpoint.step() == step)
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: no checkpoint of step %d; there are %s",
                folder, step, all.stream().map(Checkpoint::step).toList()));
  }

  /** Checks from the newest on and passes over the damaged ones. */
  public LatestGood latestGood() {
    return latestGood(Long.MAX_VALUE);
  }

  /** The same among those at or before a step. */
  public LatestGood latestGood(long through) {
    List<String> warnings = new ArrayList<>();
    for (Checkpoint checkpoint : list().reversed()) {
      if (checkpoint.step() > through || (!checkpoint.resumable() && isWhole(checkpoint))) {
        continue; // or taken for measuring only
      }
      try {
        checkpoint.verify();
        return new LatestGood(Optional.of(checkpoint), warnings);
      } catch (RefrainException e) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "checkpoint of step %d is damaged and passed over (%s)",
                checkpoint.step(),
                e.getMessage()));
      }
    }
    return new LatestGood(Optional.empty(), warnings);
  }

  private static boolean isWhole(Checkpoint checkpoint) {
    try {
      checkpoint.verify();
      return true;
    } catch (RefrainException e) {
      return false;
    }
  }

  /**
   * Writes a checkpoint; one of the same step is replaced. That leaves a moment without either, but
   * the one replaced is never the one a run would go on from: it is damaged or for measuring only.
   */
  Checkpoint write(Checkpoint.Contents contents) {
    Path place = folder.resolve(String.format(Locale.ROOT, "step-%08d", contents.step()));
    Path unfinished = AtomicFiles.unfinishedBeside(place);
    Path aside = AtomicFiles.unfinishedBeside(place);
    try {
      AtomicFiles.createFolders(unfinished);
      Checkpoint.writeFiles(unfinished, contents);
      if (Files.exists(place)) {
        Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
      AtomicFiles.syncFolder(folder);
    } catch (IOException e) {
      throw AtomicFiles.failed("write checkpoint", place, "earlier checkpoints are kept", e);
    } finally {
      AtomicFiles.deleteQuietly(unfinished);
      AtomicFiles.deleteQuietly(aside);
    }
    return new Checkpoint(contents.step(), place, !contents.optimizer().isEmpty());
  }
}
