package refrain.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;

class SeriesPlacesTest {
  @TempDir Path temp;

  private Path folder(String name) throws IOException {
    return Files.createDirectories(temp.resolve(name));
  }

  private static void refused(List<Path> places, String message) {
    assertThatThrownBy(() -> SeriesPlaces.of(places))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "step0, 0",
    "step1000, 1000",
    "step-00000500, 500",
    "checkpoint-20000, 20000",
    "pythia-70m-step512, 512",
    "OLMo-7B_step1000-tokens4B, 1000",
    "global_step143000, 143000",
    "iter_0005000, 5000",
    "ckpt.25.gguf, 25",
    "model-25.gguf, 25",
    "gpt2-1000, 1000",
    "1000, 1000",
    "Step_7, 7",
    "step7-step7, 7",
  })
  void stepsOfNames(String name, long step) {
    assertThat(SeriesPlaces.said(name)).isEqualTo(OptionalLong.of(step));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main",
        "pythia-70m",
        "step10k",
        "step1-step2",
        "1-2",
        "v1.5",
        "step12345678901",
        "llama2",
        ""
      })
  void namesThatSayNone(String name) {
    assertThat(SeriesPlaces.said(name)).isEmpty();
  }

  @Test
  void sortedByStep() throws IOException {
    List<Path> places = List.of(folder("step1000"), folder("step20"), folder("step3"));
    assertThat(SeriesPlaces.of(places))
        .extracting(SeriesPlaces.At::step)
        .containsExactly(3L, 20L, 1000L);
  }

  @Test
  void whatIsNoSeriesIsRefused() throws IOException {
    Path one = folder("step1");
    refused(List.of(one, folder("last")), "'last' says no step; expected a name such as step1000");
    refused(List.of(one, folder("step-0001")), "are both of step 1; leave one of them out");
    refused(List.of(one), "a series has 2 or more checkpoints, found 1");
    refused(List.of(one, temp.resolve("step9")), "step9: no such file or folder");
  }

  /**
   * As Hugging Face's cache lies: snapshots are called by hashes, and refs say of which they are.
   */
  @Test
  void revisionsOfACache() throws IOException {
    Path cache = folder("models--a--b");
    for (String hash : List.of("abc", "def", "012")) {
      folder("models--a--b/snapshots/" + hash);
    }
    Path refs = folder("models--a--b/refs");
    Files.writeString(refs.resolve("main"), "012");
    Files.writeString(refs.resolve("step64"), "def\n");
    Files.writeString(refs.resolve("step8"), "abc");
    Files.writeString(refs.resolve("step512"), "fff"); // which was not fetched
    List<SeriesPlaces.At> found = SeriesPlaces.of(List.of(cache));
    assertThat(found)
        .containsExactly(
            new SeriesPlaces.At(8, cache.resolve("snapshots/abc")),
            new SeriesPlaces.At(64, cache.resolve("snapshots/def")));
    Path snapshots = cache.resolve("snapshots");
    assertThat(SeriesPlaces.of(List.of(snapshots.resolve("def"), snapshots.resolve("abc"))))
        .isEqualTo(found);
    refused(
        List.of(snapshots.resolve("def"), snapshots.resolve("012")),
        "no revision in refs names this snapshot and a step");
    Files.writeString(refs.resolve("step9"), "abc");
    refused(
        List.of(snapshots.resolve("def"), snapshots.resolve("abc")),
        "is of several revisions (step8, step9)");
    for (String ref : List.of("step8", "step9", "step64")) {
      Files.delete(refs.resolve(ref));
    }
    refused(List.of(cache), "has no revision whose name says a step");
  }
}
