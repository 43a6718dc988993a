package refrain.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import refrain.base.RefrainException;
import refrain.catalog.Catalog;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;

/**
 * A run on the command line, and perhaps one of its checkpoints: {@code runs/mine}, {@code
 * runs/mine@500}; in {@code runs/} the first characters of its identifier do. A folder whose name
 * ends like that is taken as a folder.
 */
record RunAtStep(RunFolder run, OptionalLong step) {
  private static final Pattern WITH_STEP = Pattern.compile("(.+)@(\\d{1,18})");

  static RunAtStep parse(String text) {
    Matcher parts = WITH_STEP.matcher(text);
    if (parts.matches() && !Files.exists(Path.of(text))) {
      RunFolder run = RunFolder.at(Catalog.named(parts.group(1)));
      return new RunAtStep(run, OptionalLong.of(Long.parseLong(parts.group(2))));
    }
    return new RunAtStep(RunFolder.at(Catalog.named(text)), OptionalLong.empty());
  }

  /** The checkpoint of that step; where none is said, the last one. */
  Checkpoint checkpoint() {
    if (step.isPresent()) {
      return run.checkpoints().at(step.getAsLong());
    }
    List<Checkpoint> all = run.checkpoints().list();
    if (all.isEmpty()) {
      throw RefrainException.badInput(
          "%s: has no checkpoint yet; '%s' goes on until it has",
          run.path(), RunFolder.resume(run.path()));
    }
    return all.getLast();
  }

  /** The step that is meant: that of {@link #checkpoint}, or 0, before the first step. */
  long state() {
    return step.orElse(-1) == 0 ? 0 : checkpoint().step();
  }
}
