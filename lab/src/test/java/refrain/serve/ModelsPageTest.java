package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.SmallModel;
import refrain.analysis.Subject;
import refrain.analysis.explore.StateCache;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.model.HeadId;
import refrain.pretrained.Golden;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/** Models on disk, asked through the page's addresses. */
class ModelsPageTest {
  private static final String TOKEN = "a-token";
  private static final String SENTENCE = "all cats are beautiful, all dogs are";

  @TempDir static Path temp;
  private static SmallModel small;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> defects = new ArrayList<>();
  private @Nullable PageServer server;

  @BeforeAll
  static void train() throws Exception {
    small = SmallModel.in(temp);
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    assertThat(defects).isEmpty();
  }

  private void serve(Path place) {
    server =
        PageServer.open(
            place,
            new RecordedExample(null),
            new PageServer.Door("127.0.0.1", 0, TOKEN, Set.of()),
            Served.NO_WORDS,
            null,
            new StateCache(null, 0),
            new Desk(),
            defects::add);
  }

  private HttpRequest.Builder request(String path) {
    assertThat(server).isNotNull();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/" + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private byte[] ask(int status, HttpRequest request) throws Exception {
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(status);
    return answer.body();
  }

  private JsonNode get(int status, String path) throws Exception {
    return Json.parse(new String(ask(status, request(path).build()), UTF_8), path);
  }

  private byte[] post(int status, String path, String body) throws Exception {
    return ask(status, request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private JsonNode pass(String id, String rest) throws Exception {
    return Json.parse(
        new String(post(200, "runs/" + id + "/pass", "{\"step\": 0, " + rest + "}"), UTF_8),
        "pass");
  }

  private String only() throws Exception {
    JsonNode home = get(200, "home");
    assertThat(home.path("models")).hasSize(1);
    return home.path("models").path(0).path("id").asString("");
  }

  @Test
  void aModelIsListedAndSaysWhatItIs() throws Exception {
    serve(small.folder());
    JsonNode home = get(200, "home");
    assertThat(home.path("runs")).isEmpty();
    assertThat(home.path("example").asBoolean()).isFalse();
    JsonNode row = home.path("models").path(0);
    assertThat(row.path("name").asString("")).isEqualTo("small");
    assertThat(row.path("path").asString("")).isEqualTo("small");
    assertThat(row.path("layers").asInt()).isEqualTo(2);
    assertThat(row.path("context").asInt()).isEqualTo(SmallModel.CONTEXT);
    JsonNode details = get(200, "runs/" + only());
    assertThat(details.path("sentence").asString(""))
        .startsWith("small is a model on disk (GPT-2, safetensors): 2 layers of 2 heads");
    assertThat(details.path("checkpoints")).hasSize(1);
    assertThat(details.path("tokenNames").path('q').asString("")).isNotEmpty();
    assertThat(details.path("examples").path(0).path("text").asString(""))
        .isEqualTo("all cats are beautiful, all dogs are beautiful");
  }

  /** Before and after as the run itself computes them that the model was written from. */
  @Test
  void aHeadIsSwitchedOffInAnOwnSentence() throws Exception {
    serve(small.model());
    String id = only();
    JsonNode text = get(200, "runs/" + id + "/text?typed=" + SENTENCE.replace(" ", "%20"));
    int[] tokens = ints(text.path("tokens"));
    JsonNode pass =
        pass(
            id,
            "\"text\": {\"tokens\": %s}, \"placebos\": 3, \"patterns\": [], \"interventions\": [%s]"
                .formatted(
                    Arrays.toString(tokens),
                    "{\"kind\": \"replace\", \"site\": \"L1H0\", \"source\": {\"kind\": \"zero\"}}"));
    try (Subject run = new Subject(small.run(), null, 1)) {
      ModelState state = run.state(SmallModel.STEPS);
      int last = tokens.length - 1;
      int[][] sequence = {Arrays.copyOf(tokens, tokens.length + 1)};
      QueryReadings before = state.read(sequence, new int[][] {{last}}, List.of());
      QueryReadings after =
          state.read(
              sequence,
              new int[][] {{last}},
              Ablation.FULL_ZERO.of(List.of(HeadId.parse("L1H0")), state.spec()));
      for (JsonNode next : pass.path("next")) {
        int token = next.path("token").asInt();
        assertThat(next.path("before").asDouble())
            .isCloseTo(Math.exp(before.logProbability(0, 0, t -> t == token)), within(1e-5));
        assertThat(next.path("after").asDouble())
            .isCloseTo(Math.exp(after.logProbability(0, 0, t -> t == token)), within(1e-5));
      }
      byte[] patterns =
          Base64.getDecoder().decode(pass.path("patterns").path("before").asString(""));
      int entries = tokens.length * (tokens.length + 1) / 2;
      assertThat(patterns).hasSize(4 * entries);
      double read = before.attention(HeadId.parse("L0H1"), 0, 0, 1);
      int byteOf = patterns[entries + last * (last + 1) / 2 + 1] & 0xff;
      assertThat(Math.pow(byteOf / 255., 2)).isCloseTo(read, within(.005));
    }
    assertThat(pass.path("placebo").path("sets")).hasSize(1); // the layer has one other head
  }

  @Test
  void aSentenceOfTheExamplesHasAFilmOfOneFrame() throws Exception {
    serve(small.folder());
    String id = only();
    JsonNode text = get(200, "runs/" + id + "/text?kind=evaluation&n=0");
    int t = text.path("tokens").size();
    JsonNode prompt = get(200, "runs/" + id + "/text?typed=" + SENTENCE.replace(" ", "%20"));
    assertThat(text.path("position").asInt()).isEqualTo(prompt.path("tokens").size() - 1);
    byte[] bytes =
        post(
            200,
            "runs/" + id + "/film",
            "{\"text\": {\"kind\": \"evaluation\", \"n\": 0}, \"most\": 200, \"near\": 0}");
    ByteBuffer film = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(List.of(film.getInt(), film.getInt(), film.getInt(), film.getInt(), film.getInt()))
        .containsExactly(1, t, 2, 2, t);
    int frame = (8 * t + 4 * t * (t + 1) / 2 + 7) / 8 * 8;
    assertThat(bytes).hasSize(24 + 8 + frame + 4 * t + 8);
    JsonNode pass = pass(id, "\"text\": {\"kind\": \"evaluation\", \"n\": 0}, \"patterns\": []");
    byte[] patterns = Base64.getDecoder().decode(pass.path("patterns").path("before").asString(""));
    assertThat(Arrays.copyOfRange(bytes, 32 + 8 * t, 32 + 8 * t + patterns.length))
        .isEqualTo(patterns);
    for (int i = 0; i < t - 1; i++) {
      assertThat(film.getFloat(32 + 4 * i))
          .isCloseTo((float) pass.path("before").path(i).asDouble(), within(1e-6f));
    }
  }

  @Test
  void headsHaveVerdictsAndTheModelGoesOn() throws Exception {
    serve(small.folder());
    String id = only();
    JsonNode nodes = get(200, "runs/" + id + "/circuit?step=0").path("nodes");
    assertThat(nodes).hasSize(4);
    assertThat(nodes.path(3).path("name").asString("")).isEqualTo("L1H1");
    assertThat(nodes.path(3).path("match").path("pairs").asInt()).isEqualTo(10);
    String told =
        new String(
            post(
                200,
                "runs/" + id + "/generate",
                "{\"step\": 0, \"prompt\": [97, 108], \"count\": 3, \"temperature\": 0}"),
            UTF_8);
    assertThat(told.lines().filter(line -> line.contains("\"event\":\"token\""))).hasSize(3);
    assertThat(told).contains("\"event\":\"done\"");
  }

  @Test
  void whatOnlyRunsHaveIsSaidToBeMissing() throws Exception {
    serve(small.folder());
    String id = only();
    for (String what :
        List.of("series?keys=loss", "index", "tour", "exact?step=0", "tables?step=0")) {
      assertThat(get(404, "runs/" + id + "/" + what).path("error").path("message").asString(""))
          .isEqualTo(
              "small is a model on disk, with one state and no record of its training: this is"
                  + " there for runs alone");
    }
    assertThat(
            Json.parse(
                    new String(
                        post(400, "runs/" + id + "/pass", "{\"step\": 3, \"text\": {\"n\": 0}}"),
                        UTF_8),
                    "answer")
                .path("error")
                .path("message")
                .asString(""))
        .isEqualTo("small: has no step 3; a model on disk has one state, step 0");
  }

  @Test
  void runsAndModelsLieInOneFolder() throws Exception {
    Path both = Files.createDirectories(temp.resolve("both"));
    Served.copy(small.run().path(), both.resolve("run"));
    Served.copy(small.model(), both.resolve("model"));
    Files.createDirectories(both.resolve("damaged"));
    Files.writeString(both.resolve("damaged/config.json"), "{}");
    serve(both);
    JsonNode home = get(200, "home");
    assertThat(home.path("runs")).hasSize(1);
    assertThat(home.path("models")).hasSize(1);
    assertThat(home.path("broken").path(0).path("path").asString("")).isEqualTo("damaged");
    assertThat(home.path("broken").path(0).path("message").asString(""))
        .endsWith(
            "has a config.json, but no weights: neither model.safetensors nor pytorch_model.bin nor a .pth");
  }

  @Test
  void aFileIsServedAsWell() throws Exception {
    serve(Golden.ROOT.resolve("gguf-llama/model.gguf"));
    JsonNode row = get(200, "home").path("models").path(0);
    assertThat(row.path("name").asString("")).isEqualTo("model");
    assertThat(row.path("format").asString("")).isEqualTo("GGUF 3");
    assertThat(get(422, "runs/" + only()).path("error").path("message").asString(""))
        .isEqualTo("model.gguf: the merge 'A B' needs a token that the vocabulary does not have");
  }

  private static int[] ints(JsonNode list) {
    int[] all = new int[list.size()];
    Arrays.setAll(all, i -> list.path(i).asInt());
    return all;
  }
}
