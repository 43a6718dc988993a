package refrain.analysis.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Subject;
import refrain.data.DataSpec;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

class ExactStatesTest {
  private static final RunSpec TINY = Presets.get("tiny").with(s -> s.steps = 30);
  private static final String KERNELS = "\"kernels\" : \\d+";

  @TempDir Path temp;
  private RunFolder run;
  private Path cache;

  @BeforeEach
  void train() {
    run = train(TINY);
    cache = temp.resolve("cache");
  }

  private RunFolder train(RunSpec spec) {
    Path folder = temp.resolve("run");
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  private ExactState at(long step, boolean verify, Watch watch) {
    try (Subject subject = new Subject(run, null, 1)) {
      return new ExactStates(subject, new StateCache(cache, StateCache.MOST))
          .at(step, verify, watch);
    }
  }

  private ExactState at(long step, boolean verify) {
    return at(step, verify, Watch.NONE);
  }

  /** The parameters that a replay of the house shows, which has tests of its own. */
  private float[] replayed(int step) {
    List<float[]> shown = new ArrayList<>();
    Trainer.replay(run, step, step, 1, state -> shown.add(state.parameters().arena().clone()));
    return shown.getFirst();
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    if (Files.exists(folder)) {
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path file : tree.filter(Files::isRegularFile).toList()) {
          all.put(
              folder.relativize(file).toString(),
              HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
    }
    return all;
  }

  private void change(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    String changed = text.replaceFirst(from, to);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(file, changed);
  }

  @Test
  void eachStepIsWhatItWasAndSaysHowFarThatIsKnown() throws IOException {
    Map<String, String> before = contents(run.path());
    assertThat(at(0, true))
        .satisfies(state -> {
          assertThat(state.exactness()).isEqualTo(Exactness.STORED);
          assertThat(state.says())
              .isEqualTo("step 0 as it began: the initial parameters, drawn from the run's seed");
          assertThat(state.parameters().arena()).isEqualTo(replayed(0));
        });
    ExactState saved = at(20, true);
    String sha256 = run.checkpoints().at(20).checksums().get("model.safetensors");
    assertThat(saved.exactness()).isEqualTo(Exactness.STORED);
    assertThat(saved.says())
        .isEqualTo("step 20 as it was saved, SHA-256 " + sha256.substring(0, 12));
    assertThat(saved.sha256()).isEqualTo(sha256);

    ExactState replayed = at(17, false);
    assertThat(replayed.exactness()).isEqualTo(Exactness.REPLAYED);
    assertThat(replayed.from()).isEqualTo(10);
    assertThat(replayed.next()).isEqualTo(20);
    assertThat(replayed.parameters().arena()).isEqualTo(replayed(17));
    assertThat(replayed.says())
        .isEqualTo(
            "step 17, trained again from checkpoint 10 with the losses and gradient norms that the"
                + " run recorded; not yet verified at checkpoint 20");

    List<ExactState> onTheWay = new ArrayList<>();
    List<Long> steps = new ArrayList<>();
    ExactState verified =
        at(
            15,
            true,
            new Watch() {
              @Override
              public boolean cancelled() {
                return false;
              }

              @Override
              public void replayed(long step, long from, long until) {
                assertThat(from).isEqualTo(10);
                assertThat(until).isEqualTo(20);
                steps.add(step);
              }

              @Override
              public void reached(ExactState state) {
                onTheWay.add(state);
              }
            });
    assertThat(steps).containsExactly(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
    assertThat(onTheWay)
        .singleElement()
        .extracting(ExactState::exactness)
        .isEqualTo(Exactness.REPLAYED);
    assertThat(verified.exactness()).isEqualTo(Exactness.VERIFIED);
    assertThat(verified.parameters().arena()).isEqualTo(replayed(15));
    assertThat(verified.says())
        .isEqualTo(
            "step 15, trained again from checkpoint 10: the same way led to checkpoint 20 with its"
                + " SHA-256 "
                + sha256.substring(0, 12)
                + ", so these are the run's bits");

    // All of the stretch is known by now, also what was reached before it was verified.
    Watch never =
        new Watch() {
          @Override
          public boolean cancelled() {
            return false;
          }

          @Override
          public void replayed(long step, long from, long until) {
            throw new AssertionError("trained again");
          }
        };
    for (int step = 11; step < 20; step++) {
      ExactState known = at(step, true, never);
      assertThat(known.exactness()).isEqualTo(Exactness.VERIFIED);
      assertThat(known.parameters().arena()).isEqualTo(replayed(step));
    }
    assertThat(contents(run.path())).as("nothing is written into the run").isEqualTo(before);
  }

  @Test
  void whatItTakesIsSaidBefore() {
    try (Subject subject = new Subject(run, null, 1)) {
      ExactStates states = new ExactStates(subject, new StateCache(cache, StateCache.MOST));
      assertThat(states.takes(10, true).says()).isEqualTo("step 10 was saved");
      ExactStates.Takes takes = states.takes(23, true);
      assertThat(takes.there()).isFalse();
      assertThat(takes.from()).isEqualTo(20);
      assertThat(takes.until()).isEqualTo(30);
      assertThat(takes.seconds()).isBetween(1e-6, 60.0);
      assertThat(takes.says()).startsWith("trains steps 21 to 30 again, in ");
      assertThat(states.takes(23, false).until()).isEqualTo(23);
      states.at(23, false, Watch.NONE);
      assertThat(states.takes(23, false).there()).isTrue();
      assertThat(states.takes(23, true).there()).as("not verified yet").isFalse();
      states.at(23, true, Watch.NONE);
      assertThat(states.takes(25, true).exactness()).isEqualTo(Exactness.VERIFIED);
      assertThat(states.takes(25, true).says()).isEqualTo("step 25 was trained again before");
    }
  }

  @Test
  void aDamagedCheckpointIsTrainedAgainAndVerifiedByItsOwnChecksum() throws IOException {
    float[] ten = at(10, true).parameters().arena();
    Files.writeString(run.checkpoints().at(10).folder().resolve("model.safetensors"), "damaged");
    ExactState again = at(10, true);
    assertThat(again.exactness()).isEqualTo(Exactness.VERIFIED);
    assertThat(again.from()).isZero();
    assertThat(again.parameters().arena()).isEqualTo(ten);
    assertThat(again.warnings())
        .singleElement()
        .asString()
        .startsWith("checkpoint of step 10 is damaged and passed over (");
    // Where its list of checksums is gone as well, the one after it verifies.
    Files.writeString(run.checkpoints().at(10).folder().resolve("state.json"), "{");
    assertThat(at(10, true).next()).isEqualTo(20);
    assertThat(at(10, true).parameters().arena()).isEqualTo(ten);
    assertThat(at(10, true).exactness()).isEqualTo(Exactness.VERIFIED);
  }

  @Test
  void underOtherArithmeticItIsNeverCalledExactUnlessTheBitsAreMet() throws IOException {
    change(run.path().resolve("run.json"), KERNELS, "\"kernels\" : 0");
    ExactState before = at(15, false);
    assertThat(before.exactness()).isEqualTo(Exactness.OTHER);
    assertThat(before.difference()).isNull();
    assertThat(before.says())
        .startsWith("step 15, trained again from checkpoint 10, is not the run's to the bit: ")
        .contains("step 11 was made with ")
        .contains(", kernels 0, here is ");
    assertThat(at(15, false).exactness()).as("from the cache").isEqualTo(Exactness.OTHER);
    // Here the arithmetic was the same all the time, so the checkpoint is met after all.
    assertThat(at(15, true).exactness()).isEqualTo(Exactness.VERIFIED);
  }

  @Test
  void bitsThatComeOutOtherwiseGiveTheDifferenceInLossAndAreNotKept() throws IOException {
    // The run's first half had another rate: no step after checkpoint 10 can be had again.
    change(run.path().resolve("run.json"), "\"rate\" : [0-9.Ee-]+", "\"rate\" : 0.02");
    ExactState state = at(15, true);
    assertThat(state.exactness()).isEqualTo(Exactness.OTHER);
    assertThat(state.why()).startsWith("step 11 trained again has ");
    assertThat(state.difference()).isNotNull();
    assertThat(state.difference().n()).isEqualTo(64);
    assertThat(state.difference().mean()).isNotZero();
    assertThat(state.says()).contains("; at checkpoint 20 its loss differs by ");
    assertThat(contents(cache)).isEmpty();
  }

  @Test
  void aTextThatChangedIsSaidByName() throws IOException {
    Path text = Files.createDirectory(temp.resolve("text"));
    for (int d = 0; d < 6; d++) {
      Files.writeString(text.resolve("d" + d + ".txt"), ("abcd" + d + " efgh ").repeat(120));
    }
    String data = "{\"kind\": \"text\", \"path\": \"%s\", \"vocab\": 262}".formatted(text);
    RunSpec spec =
        TINY.with(
            s -> s.data = Json.read(Json.parse(data, "data"), DataSpec.class, "data"),
            s -> s.model = s.model.with(m -> m.dVocab = 262));
    Path folder = temp.resolve("on-text");
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    run = RunFolder.at(folder);
    assertThat(at(15, true).exactness()).isEqualTo(Exactness.VERIFIED);
    Files.writeString(text.resolve("d3.txt"), "quite another text ".repeat(90));
    // The encoded text of before is still in the user's cache, and the same bits come out of it.
    assertThat(at(16, true).exactness()).isEqualTo(Exactness.VERIFIED);
    change(
        folder.resolve("run.json"),
        "\"documents\" : \"[0-9a-f]{64}\"",
        "\"documents\" : \"" + "0".repeat(64) + "\"");
    ExactState other = at(15, true);
    assertThat(other.exactness()).isEqualTo(Exactness.OTHER);
    assertThat(other.why())
        .isEqualTo("the text " + text + " has changed since it began (changed d3.txt)");
  }

  @Test
  void cancelledHalfWayItLeavesNothing() throws IOException {
    List<Long> steps = new ArrayList<>();
    Watch leaves =
        new Watch() {
          @Override
          public boolean cancelled() {
            return steps.size() >= 3;
          }

          @Override
          public void replayed(long step, long from, long until) {
            steps.add(step);
          }
        };
    assertThatThrownBy(() -> at(18, true, leaves))
        .isInstanceOf(CancellationException.class)
        .hasMessage("nobody waits for this any more");
    assertThat(steps).containsExactly(11L, 12L, 13L);
    assertThat(contents(cache)).isEmpty();
  }

  @Test
  void damagedAndHostileFilesOfTheCacheAreMadeAnew() throws IOException {
    float[] expected = at(13, true).parameters().arena();
    Path precious = Files.writeString(temp.resolve("precious"), "mine");
    List<Path> kept;
    try (Stream<Path> files = Files.list(cache)) {
      kept = files.sorted().toList();
    }
    assertThat(kept).hasSize(10); // nine states and what became of the stretch
    for (Path file : kept) {
      byte[] bytes = Files.readAllBytes(file);
      for (String damage : List.of("cut", "bit", "link", "long", "folder")) {
        Files.deleteIfExists(file);
        switch (damage) {
          case "cut" -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
          case "bit" -> {
            byte[] other = bytes.clone();
            other[bytes.length / 2] ^= 4;
            Files.write(file, other);
          }
          case "long" -> Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
          case "folder" -> Files.createDirectory(file);
          default -> Files.createSymbolicLink(file, precious);
        }
        ExactState again = at(13, true);
        assertThat(again.exactness()).isEqualTo(Exactness.VERIFIED);
        assertThat(again.parameters().arena()).isEqualTo(expected);
      }
      Files.deleteIfExists(file);
      Files.write(file, bytes);
    }
    // A state under another one's name.
    Files.copy(kept.get(0), kept.get(1), StandardCopyOption.REPLACE_EXISTING);
    for (int step = 11; step < 20; step++) {
      assertThat(at(step, true).parameters().arena()).isEqualTo(replayed(step));
    }
    assertThat(precious).hasContent("mine");
  }

  @Test
  void whatWasNotReadForLongestGoesFirst() throws IOException {
    StateCache small = new StateCache(cache, 4 * (32 + 400));
    List<String> keys = Stream.of("a", "b", "c", "d", "e").map(k -> k.repeat(64)).toList();
    for (int k = 0; k < 4; k++) {
      small.keep(keys.get(k), new float[100]);
      Files.setLastModifiedTime(
          cache.resolve(keys.get(k) + ".state"), FileTime.fromMillis(1000L * k));
    }
    assertThat(small.state(keys.get(0), 100)).isPresent(); // of use, so it stays
    small.keep(keys.get(4), new float[100]);
    assertThat(keys.stream().filter(key -> small.state(key, 100).isPresent()))
        .containsExactly(keys.get(0), keys.get(2), keys.get(3), keys.get(4));
    small.keep("f".repeat(64), new float[1000]);
    assertThat(small.state("f".repeat(64), 1000)).as("would drive out all others").isEmpty();
    assertThat(new StateCache(null, 1).state(keys.get(0), 100)).isEmpty();
  }

  @Test
  void aStepThatTheRunHasNotIsRefused() {
    assertThatThrownBy(() -> at(31, true))
        .hasMessage(run.path() + ": no steps 30 to 31 to train again; the run has steps 0 to 30");
  }
}
