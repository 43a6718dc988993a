package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Subject;
import refrain.analysis.explore.Explorer;
import refrain.analysis.explore.StateCache;
import refrain.analysis.explore.Tour;
import refrain.analysis.explore.Watch;
import refrain.base.RefrainException;
import refrain.pretrained.Golden;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.Replay;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/** The runs that came with the program are whole, are what they say, and show all six gestures. */
class RecordedExampleTest {
  private static final String TOKEN = "a-token";
  private static final int MOST = 8_000_000;

  @TempDir static Path cache;
  @TempDir Path temp;

  private static Path example;

  @BeforeAll
  static void unpack() {
    example = new RecordedExample(cache).folder();
  }

  private static Path run(String variant) throws IOException {
    try (Stream<Path> runs = Files.list(example.resolve("runs"))) {
      return runs.filter(
              run -> RunFolder.at(run).info().spec().path("name").asString("").equals(variant))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void itFitsAndEachCheckpointIsAsItWasSaved() throws IOException {
    try (InputStream packed = getClass().getResourceAsStream("/refrain/example/runs.zip")) {
      assertThat(requireNonNull(packed).readAllBytes().length).isLessThanOrEqualTo(MOST);
    }
    for (String variant : List.of("2L", "1L", "1L-smeared")) {
      RunFolder run = RunFolder.at(run(variant));
      assertThat(run.hasResult()).isTrue();
      // The name of a folder is the hash of all that fixes its weights.
      assertThat(Trainer.spec(run).id()).isEqualTo(run.path().getFileName().toString());
      assertThat(run.checkpoints().list())
          .hasSizeGreaterThanOrEqualTo(7)
          .allSatisfy(Checkpoint::verify);
    }
    assertThat(RunFolder.at(run("2L")).checkpoints().list())
        .filteredOn(Checkpoint::resumable)
        .extracting(Checkpoint::step)
        .containsExactly(400L, 500L);
  }

  @Test
  void aStretchTrainedAgainHasTheSameBitsWhereTheArithmeticIsTheSame() throws IOException {
    RunFolder folder = RunFolder.at(run("1L-smeared"));
    Optional<String> other = Replay.otherArithmetic(folder, 100, 120);
    assumeTrue(other.isEmpty(), () -> "the example cannot be made again here: " + other.get());
    try (Subject run = new Subject(folder, null, 1);
        Replay replay = new Replay(folder, run.spec(), 100, 120, 1, run.data())) {
      while (replay.state().step() < 120) {
        assertThat(replay.advance()).isEmpty();
      }
      assertThat(replay.sha256())
          .isEqualTo(folder.checkpoints().at(120).checksums().get(Checkpoint.MODEL));
    }
  }

  @Test
  void itShowsAllSixGestures() throws IOException {
    List<Tour.Beside> beside =
        List.of(
            new Tour.Beside("1L", "b", RunFolder.at(run("1L"))),
            new Tour.Beside("1L-smeared", "c", RunFolder.at(run("1L-smeared"))));
    try (Explorer explorer = new Explorer(RunFolder.at(run("2L")), new StateCache(null, 0))) {
      Tour tour = Tour.of(explorer, beside, Watch.NONE);
      assertThat(tour.gestures())
          .hasSize(Tour.Kind.values().length)
          .allSatisfy(gesture -> assertThat(gesture.offered()).as(gesture.sentence()).isTrue());
      assertThat(tour.gestures().get(3).sentence())
          .contains("1L-smeared 0.", "(it ended at step 410)");
    }
  }

  @Test
  void whatIsDamagedIsUnpackedAgainAndWhatIsWholeIsLeft() throws IOException {
    Path mine = temp.resolve("cache");
    Path folder = new RecordedExample(mine).folder();
    Path study = folder.resolve("study.json");
    Path kept = folder.resolve("kept");
    Files.createFile(kept);
    assertThat(new RecordedExample(mine).folder()).isEqualTo(folder);
    assertThat(kept).exists();
    Files.writeString(study, "damaged");
    new RecordedExample(mine).folder();
    assertThat(kept).doesNotExist();
    assertThat(Files.readString(study)).contains("recorded-example");
    try (Stream<Path> all = Files.list(mine)) {
      assertThat(all).containsExactly(folder);
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsSaid() throws IOException {
    Path file = Files.createFile(temp.resolve("a-file"));
    assertThatThrownBy(() -> new RecordedExample(file).folder())
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("the recorded example cannot be unpacked")
        .hasMessageContaining("REFRAIN_CACHE");
  }

  private PageServer open(Path runs, List<Throwable> defects) throws Exception {
    return PageServer.open(
        runs,
        new RecordedExample(cache),
        new PageServer.Door("127.0.0.1", 0, TOKEN, Set.of()),
        Served.NO_WORDS,
        null,
        new StateCache(cache.resolve("states"), 1 << 20),
        new Desk(),
        defects::add);
  }

  @Test
  void aModelThatIsPutIntoAnEmptyFolderStandsAlone() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("for-a-model"));
    List<Throwable> defects = new ArrayList<>();
    try (PageServer server = open(folder, defects)) {
      assertThat(get(server, "/api/home").path("example").asBoolean(false)).isTrue();
      Served.copy(Golden.ROOT.resolve("gpt2"), folder.resolve("model"));
      JsonNode home = get(server, "/api/home");
      assertThat(home.path("example").asBoolean(true)).isFalse();
      assertThat(home.path("runs")).isEmpty();
      assertThat(home.path("models")).hasSize(1);
    }
    assertThat(defects).isEmpty();
  }

  @Test
  void aFolderWithoutRunsShowsItAndOneThatGetsARunShowsBoth() throws Exception {
    Path runs = Files.createDirectories(temp.resolve("runs"));
    List<Throwable> defects = new ArrayList<>();
    try (PageServer server = open(runs, defects)) {
      JsonNode home = get(server, "/api/home");
      assertThat(home.path("example").asBoolean(false)).isTrue();
      assertThat(home.path("runs").size()).isEqualTo(3);
      JsonNode study = home.path("studies").path(0);
      String main = study.path("run").asString("");
      for (JsonNode row : home.path("runs")) {
        assertThat(row.path("example").asBoolean(false)).isTrue();
        assertThat(row.path("path").asString("")).startsWith("example/runs/");
        assertThat(
                get(server, "/api/runs/" + row.path("id").asString("")).path("state").asString(""))
            .isNotEmpty();
      }
      JsonNode tour = get(server, "/api/runs/" + main + "/tour");
      assertThat(tour.path("step").asLong()).isEqualTo(600);
      assertThat(tour.path("gestures").path(3).path("state").path("swaps").size()).isEqualTo(2);
      Trainer.run(
          Presets.get("tiny").with(s -> s.steps = 2),
          runs.resolve("mine"),
          TrainControl.threads(1),
          TrainListener.NONE);
      JsonNode now = get(server, "/api/home").path("runs");
      assertThat(now.size()).isEqualTo(4);
      assertThat(now.path(0).path("path").asString("")).isEqualTo("mine");
      assertThat(now.path(0).path("example").asBoolean(true)).isFalse();
    }
    assertThat(defects).isEmpty();
  }

  private static JsonNode get(PageServer server, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      String body = new String(answer.body(), UTF_8);
      assertThat(answer.statusCode()).as(body).isEqualTo(200);
      return Json.parse(body, path);
    }
  }
}
