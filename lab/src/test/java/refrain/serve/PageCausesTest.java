package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.explore.StateCache;
import refrain.analysis.measure.InterventionWords;
import refrain.data.Batch;
import refrain.intervene.Donors;
import refrain.intervene.Interventions;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Recording;
import refrain.model.ReferenceTransformer;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.Snapshot;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/** Asked over HTTP what follows from what, at steps that were saved and at others. */
class PageCausesTest {
  private static final String TOKEN = "a-token";
  private static final String ID = Place.id("mine");
  private static final String RUN = "/api/runs/" + ID;

  @TempDir static Path trained;
  @TempDir Path temp;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> defects = new ArrayList<>();
  private final Desk desk = new Desk();
  private final CountDownLatch free = new CountDownLatch(1);
  private Path mine;
  private PageServer server;

  /** The same run twice: saved at each fourth step, and at each. */
  @BeforeAll
  static void train() {
    for (int every : List.of(4, 1)) {
      RunSpec spec =
          Presets.get("tiny")
              .with(s -> s.steps = 8, s -> s.checkpoints = new CheckpointSchedule.Every(every));
      Path folder = trained.resolve("every-" + every);
      Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    }
  }

  @BeforeEach
  void open() throws IOException {
    Path runs = temp.resolve("runs");
    mine = runs.resolve("mine");
    Served.copy(trained.resolve("every-4"), mine);
    server =
        PageServer.open(
            runs,
            new RecordedExample(null),
            new PageServer.Door("127.0.0.1", 0, TOKEN, Set.of()),
            Served.NO_WORDS,
            null,
            new StateCache(temp.resolve("cache"), StateCache.MOST),
            desk,
            defects::add);
  }

  @AfterEach
  void close() {
    free.countDown();
    server.close();
    assertThat(defects).isEmpty();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private HttpRequest post(String path, String body) {
    return request(RUN + path).POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private HttpResponse<String> ask(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(int status, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.parse(answer.body(), "answer");
  }

  private JsonNode get(String path) throws Exception {
    return json(200, ask(request(RUN + path).build()));
  }

  private JsonNode answer(String path, String body) throws Exception {
    return json(200, ask(post(path, body)));
  }

  private String refused(int status, HttpRequest request) throws Exception {
    return json(status, ask(request)).at("/error/message").asString();
  }

  private List<JsonNode> lines(String path, String body) throws Exception {
    HttpResponse<Stream<String>> answer =
        client.send(post(path, body), HttpResponse.BodyHandlers.ofLines());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer
        .body()
        .filter(line -> !line.isEmpty())
        .map(line -> Json.parse(line, "line"))
        .toList();
  }

  private static List<String> events(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("event").asString()).distinct().toList();
  }

  private byte[] film(String body) throws Exception {
    HttpResponse<byte[]> answer =
        client.send(post("/film", body), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    return answer.body();
  }

  private static Parameters saved(int every, long step, ModelSpec model) {
    RunFolder run = RunFolder.at(trained.resolve("every-" + every));
    return Snapshot.parameters(run.checkpoints().at(step), model);
  }

  @Test
  void aStepBetweenCheckpointsIsTrainedAgainAndVerifiedByTheNextOnesSha256() throws Exception {
    JsonNode takes = get("/exact?step=3");
    assertThat(takes.path("there").asBoolean()).isFalse();
    assertThat(takes.path("from").asLong()).isZero();
    assertThat(takes.path("until").asLong()).isEqualTo(4);
    assertThat(takes.path("state").isNull()).isTrue();
    assertThat(takes.path("says").asString()).startsWith("trains steps 1 to 4 again, in ");
    assertThat(takes.path("meanwhile").asString()).isEmpty();
    String pass = "{\"step\": 3, \"text\": {\"tokens\": [1, 2, 3, 1]}}";
    assertThat(refused(409, post("/pass", pass)))
        .startsWith("step 3 of mine is not there yet: it trains steps 1 to 3 again, in ")
        .endsWith("; ask for it (POST exact), then again");

    List<JsonNode> told = lines("/exact", "{\"step\": 3}");
    assertThat(events(told)).containsExactly("waits", "trains", "reached", "done");
    JsonNode state = told.getLast().path("state");
    assertThat(state.path("exactness").asString()).isEqualTo("VERIFIED");
    assertThat(state.path("sha256").asString())
        .isEqualTo(RunFolder.at(mine).checkpoints().at(4).checksums().get("model.safetensors"));
    assertThat(state.path("says").asString()).endsWith(", so these are the run's bits");
    assertThat(get("/exact?step=3").path("state")).isEqualTo(state);
    assertThat(answer("/pass", pass).path("state")).isEqualTo(state);

    // The twin that saved each step: the same frame, to the byte.
    String asked = "{\"text\": {\"tokens\": [1, 2, 3, 1]}, \"steps\": [%s]}";
    byte[] replayed = film(asked.formatted(3));
    Served.copy(trained.resolve("every-1"), temp.resolve("runs/twin"));
    HttpRequest twin =
        request("/api/runs/" + Place.id("twin") + "/film")
            .POST(HttpRequest.BodyPublishers.ofString(asked.formatted(3)))
            .build();
    assertThat(replayed)
        .isEqualTo(client.send(twin, HttpResponse.BodyHandlers.ofByteArray()).body());
    assertThat(ByteBuffer.wrap(replayed).order(ByteOrder.LITTLE_ENDIAN).getDouble(24)).isEqualTo(3);
    assertThat(film(asked.formatted(4))).isNotEqualTo(replayed);
    assertThat(refused(409, post("/film", asked.formatted(6)))).contains("step 6 of mine is not");
  }

  @Test
  void underOtherArithmeticAStepIsNotCalledExactBeforeTheCheckpointIsMet() throws Exception {
    Path info = mine.resolve("run.json");
    String text = Files.readString(info);
    Files.writeString(info, text.replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
    JsonNode state = lines("/exact", "{\"step\": 3, \"verify\": false}").getLast().path("state");
    assertThat(state.path("exactness").asString()).isEqualTo("OTHER");
    assertThat(state.path("says").asString())
        .startsWith("step 3, trained again from the beginning, is not the run's to the bit: step 1")
        .contains(", kernels 0, here is ");
    JsonNode takes = get("/exact?step=3");
    assertThat(takes.path("there").asBoolean()).isTrue();
    assertThat(takes.path("says").asString()).startsWith("trains steps 1 to 4 again");
    assertThat(takes.path("state")).isEqualTo(state);
  }

  @Test
  void whereTheBitsComeOutOtherwiseTheDifferenceInLossIsSaid() throws Exception {
    Path info = mine.resolve("run.json");
    String text = Files.readString(info);
    Files.writeString(info, text.replaceFirst("\"rate\" : [0-9.Ee-]+", "\"rate\" : 0.02"));
    JsonNode state = lines("/exact", "{\"step\": 3}").getLast().path("state");
    assertThat(state.path("exactness").asString()).isEqualTo("OTHER");
    assertThat(state.at("/difference/n").asInt()).isEqualTo(64);
    assertThat(state.path("says").asString()).contains("; at checkpoint 4 its loss differs by ");
    // Kept nowhere on the disk, and still it can be asked.
    assertThat(answer("/pass", "{\"step\": 3, \"text\": {\"tokens\": [1, 2]}}").path("state"))
        .isEqualTo(state);
  }

  @Test
  void aDamagedCheckpointIsTrainedAgain() throws Exception {
    Path model = mine.resolve("checkpoints/step-00000004/model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(model, bytes);
    assertThat(refused(409, request(RUN + "/circuit?step=4").build()))
        .contains("step 4 of mine is not there yet");
    JsonNode state = lines("/exact", "{\"step\": 4}").getLast().path("state");
    assertThat(state.path("exactness").asString()).isEqualTo("VERIFIED");
    assertThat(state.at("/warnings/0").asString())
        .startsWith("checkpoint of step 4 is damaged and passed over (");
    assertThat(get("/circuit?step=4").path("state")).isEqualTo(state);
  }

  /** Held back until whoever asked has gone, it is never begun. */
  @Test
  void whoeverGoesAwayIsNotTrainedFor() throws Exception {
    occupy(Desk.Lane.REPLAY);
    var answer =
        client.send(post("/exact", "{\"step\": 3}"), HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader told = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
      assertThat(told.readLine()).isEqualTo("{\"event\":\"waits\",\"before\":1}");
      assertThat(desk.waiting()).isEqualTo(1);
    }
    while (desk.waiting() > 0) {
      Thread.sleep(20);
    }
    free.countDown();
    assertThat(get("/exact?step=3").path("there").asBoolean()).isFalse();
    assertThat(temp.resolve("cache")).doesNotExist();
  }

  private void occupy(Desk.Lane lane) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    desk.more(
        lane,
        _ -> {
          begun.countDown();
          try {
            free.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return "";
        });
    begun.await();
  }

  @Test
  void theNinthWaitsNoMoreAndANewerQuestionReplacesTheOlder() throws Exception {
    occupy(Desk.Lane.QUICK);
    String pass = "{\"step\": 4, \"text\": {\"tokens\": [1, 2]}, \"for\": \"slider\"}";
    CompletableFuture<HttpResponse<String>> older =
        client.sendAsync(post("/pass", pass), HttpResponse.BodyHandlers.ofString());
    while (desk.waiting() < 1) {
      Thread.sleep(5);
    }
    CompletableFuture<HttpResponse<String>> newer =
        client.sendAsync(
            post("/pass", pass.replace("2]", "3]")), HttpResponse.BodyHandlers.ofString());
    assertThat(json(409, older.get()).at("/error/message").asString())
        .isEqualTo("replaced by a newer question of the same name");
    for (int i = 1; i < Desk.WAITING; i++) {
      desk.more(Desk.Lane.QUICK, _ -> "");
    }
    assertThat(refused(429, post("/pass", pass.replace("slider", "other"))))
        .isEqualTo("pass: 8 computations wait already; ask again when one of them is done");
    assertThat(refused(429, post("/exact", "{\"step\": 3}"))).startsWith("exact: 8 computations");
    assertThat(refused(429, post("/film", "{\"text\": {\"tokens\": [1, 2]}}")))
        .startsWith("film: 8 computations");
    free.countDown();
    assertThat(json(200, newer.get()).at("/tokens/1").asInt()).isEqualTo(3);
  }

  /** The plain engine, by another way: its own plan, losses and logits. */
  @Test
  void aPassIsThatOfTheReferenceWithThePlaceboBesideIt() throws Exception {
    ModelSpec spec = Presets.get("tiny").model();
    int[] tokens = {1, 2, 3, 4, 1, 2, 3};
    JsonNode pass =
        answer(
            "/pass",
            "{\"step\": 8, \"text\": {\"tokens\": [1, 2, 3, 4, 1, 2, 3]}, \"interventions\":"
                + " [{\"kind\": \"replace\", \"site\": \"L1H1\", \"source\": {\"kind\": \"zero\"}}],"
                + " \"position\": 5, \"top\": 3, \"chosen\": [9], \"patterns\": [\"L1H0\"]}");
    Parameters parameters = saved(4, 8, spec);
    Batch batch = Batch.of(new int[][] {{1, 2, 3, 4, 1, 2, 3, 0}});
    List<String> words = List.of("", "zero L1H1", "zero L1H0");
    assertThat(pass.at("/placebo/sets/0/heads/0").asString()).isEqualTo("L1H0");
    try (ReferenceTransformer reference = new ReferenceTransformer(spec)) {
      for (int k = 0; k < words.size(); k++) {
        Plan plan =
            k == 0
                ? Plan.NONE
                : Interventions.of(spec, InterventionWords.parse(words.get(k)))
                    .plan(reference, parameters, batch, Donors.NONE);
        Recording seen = new Recording(1);
        seen.want(HookPoint.of(HookKind.LOGITS));
        float[] losses = reference.forward(parameters, batch, plan, seen)[0];
        String[] names = {"before", "after", "others"};
        for (int t = 0; t < tokens.length - 1; t++) {
          assertThat(pass.path(names[k]).path(t).asDouble()).isCloseTo(losses[t], within(1e-4));
        }
        float[] logits = seen.at(HookPoint.of(HookKind.LOGITS))[0];
        double sum =
            IntStream.range(0, spec.dVocab())
                .mapToDouble(v -> Math.exp(logits[5 * spec.dVocab() + v]))
                .sum();
        for (JsonNode next : pass.path("next")) {
          JsonNode found = k < 2 ? next.path(names[k]) : next.path("placebo").path(0);
          double p = Math.exp(logits[5 * spec.dVocab() + next.path("token").asInt()]) / sum;
          assertThat(found.asDouble()).isCloseTo(p, within(1e-5));
        }
      }
    }
    assertThat(pass.path("before").path(6).isNull()).as("what follows is not known").isTrue();
    assertThat(pass.at("/interventions/0").asString()).isEqualTo("zero L1H1");
    assertThat(pass.path("next"))
        .anySatisfy(next -> assertThat(next.path("token").asInt()).isEqualTo(9));
    assertThat(pass.at("/patterns/heads").toString()).isEqualTo("[\"L1H0\"]");
    byte[] pattern = Base64.getDecoder().decode(pass.at("/patterns/after").asString());
    assertThat(pattern).hasSize(7 * 8 / 2);
    assertThat(pattern[0] & 255).as("the first token sees itself alone").isEqualTo(255);
    assertThat(pass.at("/patterns/before").asString())
        .as("a head of the same layer is not seen by it")
        .isEqualTo(pass.at("/patterns/after").asString());
    JsonNode mlp =
        answer(
            "/pass",
            "{\"step\": 8, \"text\": {\"kind\": \"repeated\"}, \"interventions\": [{\"kind\":"
                + " \"scale\", \"site\": \"hook_embed\", \"factor\": 0.5}]}");
    assertThat(mlp.at("/placebo/none").asString())
        .isEqualTo("the intervention is on no single heads");
    assertThat(mlp.path("others").size()).isZero();
  }

  @Test
  void whatDoesNotChangeIsNotSentAgain() throws Exception {
    String body = "{\"step\": 4, \"text\": {\"tokens\": [1, 2]}%s}";
    String etag = ask(post("/pass", body.formatted(""))).headers().firstValue("ETag").orElseThrow();
    for (var same : Map.of("", 304, ", \"top\": 2", 200).entrySet()) {
      HttpRequest again =
          request(RUN + "/pass")
              .header("If-None-Match", etag)
              .POST(HttpRequest.BodyPublishers.ofString(body.formatted(same.getKey())))
              .build();
      assertThat(ask(again).statusCode()).isEqualTo(same.getValue());
    }
    String circuit = ask(request(RUN + "/circuit?step=4").build()).body();
    assertThat(ask(request(RUN + "/circuit?step=4").build()).body()).isEqualTo(circuit);
  }

  @Test
  void circuitTablesAndEvidenceAreThoseOfTheStep() throws Exception {
    JsonNode circuit = get("/circuit?step=8&most=5");
    assertThat(circuit.path("nodes"))
        .extracting(node -> node.path("name").asString())
        .containsExactly("embed", "L0H0", "L0H1", "L1H0", "L1H1", "unembed");
    assertThat(circuit.path("edges").size()).isEqualTo(5);
    // 4 heads x 3 inputs from the embedding, 4 pairs x 3, and 5 straight to the logits.
    assertThat(circuit.path("all").asInt()).isEqualTo(12 + 12 + 5);
    assertThat(circuit.path("nullMean").asDouble()).isPositive();
    JsonNode tables = get("/tables?step=8&head=L1H0&through=L0H1&tokens=3,5&top=2");
    assertThat(tables.path("head").asString()).isEqualTo("L1H0");
    assertThat(tables.path("through").asString()).isEqualTo("L0H1");
    assertThat(tables.path("rows"))
        .extracting(row -> row.path("token").asInt())
        .containsExactly(3, 5);
    assertThat(tables.at("/rows/0/raised").size()).isEqualTo(2);
    JsonNode evidence = get("/evidence?step=8&head=1.1");
    assertThat(evidence.path("head").asString()).isEqualTo("L1H1");
    assertThat(evidence.at("/placebo/sets/0/heads/0").asString()).isEqualTo("L1H0");
    assertThat(evidence.at("/says/0").asString()).startsWith("L1H1 ");
    assertThat(evidence.at("/state/exactness").asString()).isEqualTo("STORED");
  }

  @Test
  void aTextGoesOnTokenByToken() throws Exception {
    List<JsonNode> told =
        lines(
            "/generate",
            "{\"step\": 8, \"prompt\": [1, 2, 3], \"count\": 3, \"temperature\": 0, \"top\": 2}");
    assertThat(events(told)).containsExactly("waits", "token", "done");
    assertThat(told).hasSize(5);
    JsonNode first = told.get(1);
    JsonNode pass = answer("/pass", "{\"step\": 8, \"text\": {\"tokens\": [1, 2, 3]}, \"top\": 1}");
    assertThat(first.path("token")).isEqualTo(pass.at("/next/0/token"));
    assertThat(first.path("name")).isEqualTo(pass.at("/next/0/name"));
    assertThat(first.path("probability").asDouble())
        .isCloseTo(pass.at("/next/0/before").asDouble(), within(1e-5));
    assertThat(first.path("likeliest").size()).isEqualTo(2);
  }

  @Test
  void whatCannotBeAskedIsRefusedInWords() throws Exception {
    assertThat(refused(400, request(RUN + "/exact?step=9").build()))
        .isEqualTo("mine: has no step 9; it has steps 0 to 8");
    assertThat(refused(400, request(RUN + "/exact?step=-1").build())).contains("step is '-1'");
    assertThat(refused(400, request(RUN + "/circuit").build())).contains("step is not given");
    assertThat(refused(400, post("/pass", "{\"step\": "))).startsWith("pass:1:");
    assertThat(refused(400, post("/pass", "[]"))).isEqualTo("pass: is no object, expected {...}");
    assertThat(refused(400, post("/pass", "{\"step\": \"4\"}")))
        .isEqualTo("pass: step is \"4\", expected a whole number");
    assertThat(
            refused(
                400, post("/pass", "{\"step\": 4, \"text\": {\"kind\": \"repeated\"}, \"a\": 1}")))
        .contains("'a'");
    assertThat(refused(400, post("/exact", "{\"step\": 3, \"for\": \"a b\"}")))
        .contains("for is 'a b', expected 1 to 40 letters");
    assertThat(refused(400, request(RUN + "/evidence?step=4&head=L9H0").build()))
        .startsWith("no head L9H0 in this model; it has L0H0, ");
    assertThat(
            refused(
                400,
                post(
                    "/pass",
                    "{\"step\": 4, \"text\": {\"tokens\": [1]}, \"interventions\": [{\"kind\":"
                        + " \"replace\", \"site\": \"L0H0\", \"source\": {\"kind\": \"checkpoint\","
                        + " \"ref\": \"../x\"}}]}")))
        .contains("takes its values from another text or model");
    assertThat(refused(404, request("/api/runs/000000000000/circuit?step=4").build()))
        .contains("no run has this id");
    json(200, ask(request("/api/home").build()));
    try (Stream<Path> all = Files.walk(mine)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    assertThat(refused(410, request(RUN + "/circuit?step=4").build()))
        .contains("mine: this run is there no longer");
  }

  @Test
  void noCheckpointIsFollowedOutOfItsRun() throws Exception {
    Path model = mine.resolve("checkpoints/step-00000004/model.safetensors");
    Path secret = temp.resolve("secret");
    Files.move(model, secret);
    Files.createSymbolicLink(model, secret);
    for (String path : List.of("/circuit?step=4", "/exact?step=3", "/tables?step=4&head=L0H0")) {
      assertThat(refused(422, request(RUN + path).build()))
          .contains("is a link out of the run's folder, which is not followed");
    }
    JsonNode last = lines("/exact", "{\"step\": 3}").getLast();
    assertThat(last.path("event").asString()).isEqualTo("failed");
    assertThat(last.at("/error/message").asString()).contains("is a link out of the run's folder");
  }
}
