package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.CheckpointSchedule;
import refrain.store.RunFolder;

class RunsTest {
  private static final RunSpec TINY = Presets.get("tiny").with(s -> s.steps = 20);

  /** The hash of the whole specification, by which the run was known when it was made. */
  private static final String OLD = "d7bdd2fcf466";

  @TempDir Path temp;

  private Path oldRun() throws IOException {
    Path from;
    try {
      from =
          Path.of(Objects.requireNonNull(getClass().getResource("/runs-before-identity")).toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Path to = temp.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to);
        }
      }
    }
    return temp.resolve(OLD);
  }

  @Test
  void aRunMadeBeforeIdentitiesIsFoundUnderItsOldIdentifier() throws IOException {
    Path old = oldRun();
    assertThat(TINY.id()).isNotEqualTo(OLD);
    Runs runs = new Runs(temp);
    RunFolder run = runs.find(TINY).orElseThrow();
    assertThat(run.path()).isEqualTo(old);
    assertThat(runs.place(TINY)).isEqualTo(old);
    assertThat(run.knownAs()).containsExactly(OLD, OLD);
    assertThat(run.outcome().orElseThrow().step()).isEqualTo(20);
    assertThat(run.info().sessions().getFirst().arithmetic()).isNull();
    assertThat(Trainer.spec(run)).isEqualTo(TINY);
    assertThat(runs.find(TINY.with(s -> s.steps = 21))).isEmpty();
    assertThat(runs.unreadable()).isEmpty();
  }

  @Test
  void itIsFoundUnderAnyNameProbingAndSchedule() throws IOException {
    Path old = oldRun();
    RunSpec other =
        TINY.with(
            s -> s.name = "other",
            s -> s.probing = Presets.get("r0-2l").probing(),
            s -> s.checkpoints = CheckpointSchedule.every(3));
    RunFolder run = new Runs(temp).find(other).orElseThrow();
    assertThat(run.path()).isEqualTo(old);
    assertThat(run.reading()).as("never measured like that").isEmpty();
  }

  @Test
  void linksAreFollowedAndWhatCannotBeReadIsSaid() throws IOException {
    Path old = oldRun();
    Path place = Files.createDirectories(temp.resolve("elsewhere"));
    Files.createSymbolicLink(place.resolve("link"), old);
    Path broken = Files.createDirectories(place.resolve("broken"));
    Files.writeString(broken.resolve("run.json"), "{");
    Runs runs = new Runs(place);
    assertThat(runs.find(TINY).orElseThrow().path()).isEqualTo(place.resolve("link"));
    assertThat(runs.unreadable())
        .singleElement()
        .asString()
        .startsWith(broken + " is passed over: " + broken.resolve("run.json"));
  }

  @Test
  void aRunThatBeginsLaterIsFoundAndAmongSeveralTheOneMostAlike() {
    Runs runs = new Runs(temp);
    assertThat(runs.find(TINY)).isEmpty();
    assertThat(runs.place(TINY)).isEqualTo(temp.resolve(TINY.id()));
    RunSpec other = TINY.with(s -> s.name = "other");
    for (RunSpec spec : new RunSpec[] {TINY.with(s -> s.stop = new StopRule.AtStep(5)), other}) {
      Path folder = spec.equals(other) ? temp.resolve("a-copy") : runs.place(spec);
      Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    }
    assertThat(runs.find(TINY).orElseThrow().path()).isEqualTo(temp.resolve(TINY.id()));
    assertThat(new Runs(temp).find(other).orElseThrow().path()).isEqualTo(temp.resolve("a-copy"));
    assertThat(new Runs(temp).place(TINY)).isEqualTo(temp.resolve(TINY.id()));
  }
}
