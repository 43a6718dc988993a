package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.BigramRestarts;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.store.CheckpointSchedule;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.MetricsTable;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

class PageServerTest {
  private static final String TOKEN = "a-token";
  private static final int STEPS = 6;

  @TempDir static Path trained;
  @TempDir Path runs;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> defects = new ArrayList<>();
  private PageServer server;

  @BeforeAll
  static void train() {
    Trainer.run(
        Presets.get("tiny")
            .with(s -> s.steps = STEPS, s -> s.checkpoints = new CheckpointSchedule.Every(2)),
        trained.resolve("mine"),
        TrainControl.threads(1),
        TrainListener.NONE);
  }

  @BeforeEach
  void open() throws IOException {
    Served.copy(trained.resolve("mine"), runs.resolve("deep/mine"));
    server = open(0);
  }

  @AfterEach
  void close() {
    server.close();
    assertThat(defects).isEmpty();
  }

  private PageServer open(int port) {
    PageServer.Glossary words =
        new PageServer.Glossary() {
          @Override
          public List<Word> all() {
            return List.of(new Word("loss", List.of("loss"), Map.of("unit", "nats")));
          }

          @Override
          public List<Word> find(String word) {
            return List.of();
          }
        };
    return PageServer.open(
        runs, new PageServer.Door("127.0.0.1", port, TOKEN, Set.of()), words, defects::add);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private byte[] get(String path) throws Exception {
    HttpResponse<byte[]> answer =
        client.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    return answer.body();
  }

  private JsonNode json(String path) throws Exception {
    return Json.parse(new String(get(path), UTF_8), path);
  }

  private ByteBuffer binary(String path) throws Exception {
    return ByteBuffer.wrap(get(path)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String refused(int status, String path) throws Exception {
    HttpResponse<String> answer =
        client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).doesNotContain("Exception", "\tat ");
    return Json.parse(answer.body(), path).path("error").path("message").asString("");
  }

  private ByteBuffer film(String body) throws Exception {
    HttpResponse<byte[]> answer =
        client.send(
            request("/api/runs/" + id() + "/film")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    return ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String id() {
    return Place.id("deep/mine");
  }

  private Path mine() {
    return runs.resolve("deep/mine");
  }

  @Test
  void theListHasTheRunByTheHashOfItsPath() throws Exception {
    JsonNode home = json("/api/home");
    JsonNode run = home.path("runs").path(0);
    assertThat(home.path("runs").size()).isEqualTo(1);
    // printf deep/mine | sha256sum
    assertThat(run.path("id").asString()).isEqualTo(id()).hasSize(12);
    assertThat(run.path("path").asString()).isEqualTo("deep/mine");
    assertThat(run.path("state").asString()).isEqualTo("done");
    assertThat(run.path("step").asLong()).isEqualTo(STEPS);
    assertThat(run.path("formed").isNull()).isTrue();
    assertThat(run.path("tokens").asLong()).isEqualTo(STEPS * run.path("tokensPerStep").asLong());
    assertThat(home.path("broken").size()).isZero();
  }

  @Test
  void aRunSaysWhatItIsAndWhatItsTokensAreCalled() throws Exception {
    JsonNode run = json("/api/runs/" + id());
    assertThat(run.path("checkpoints").toString()).isEqualTo("[0,2,4,6]");
    assertThat(run.path("window").isNull()).isTrue();
    assertThat(run.path("tokenNames").path(1).asString()).isEqualTo("de");
    assertThat(run.path("lossKeys").toString()).contains("\"loss\"", "\"train.loss\"");
    assertThat(run.path("headKeys").toString()).contains("\"pm\"");
    assertThat(run.path("sentence").asString()).contains("no induction heads formed");
  }

  @Test
  void seriesAreTheRowsOfTheLog() throws Exception {
    MetricsTable table = RunFolder.at(mine()).metrics();
    int rows = table.rows().size();
    ByteBuffer series = binary("/api/runs/" + id() + "/series?keys=train.loss,loss,none");
    assertThat(ints(series, 4)).containsExactly(rows, 3, rows, 0);
    for (long step : table.steps()) {
      assertThat(series.getDouble()).isEqualTo(step);
    }
    for (String key : List.of("train.loss", "loss", "none")) {
      for (var row : table.rows()) {
        assertThat(Float.compare(series.getFloat(), (float) row.value(key))).as(key).isZero();
      }
    }
    assertThat(series.hasRemaining()).isFalse();
    assertThat(ints(binary("/api/runs/" + id() + "/series?keys=loss&from=" + (rows - 1)), 4))
        .containsExactly(1, 1, rows, 0);
    assertThat(ints(binary("/api/runs/" + id() + "/series?keys=loss&from=999"), 4))
        .containsExactly(0, 1, rows, 0);
  }

  private static int[] ints(ByteBuffer bytes, int n) {
    int[] ints = new int[n];
    for (int i = 0; i < n; i++) {
      ints[i] = bytes.getInt();
    }
    return ints;
  }

  @Test
  void headsAndLossesByIndexHaveTheRowsThatWereMeasured() throws Exception {
    var probed = RunFolder.at(mine()).metrics().having("pm.L0H0");
    ByteBuffer heads = binary("/api/runs/" + id() + "/heads?key=pm");
    int[] head = ints(heads, 4);
    assertThat(head[0]).isEqualTo(probed.size());
    heads.position(heads.position() + 8 * head[0]);
    assertThat(heads.getFloat()).isEqualTo((float) probed.getFirst().value("pm.L0H0"));
    assertThat(heads.getFloat()).isEqualTo((float) probed.getFirst().value("pm.L0H1"));
    ByteBuffer index = binary("/api/runs/" + id() + "/index");
    int[] size = ints(index, 2);
    index.position(index.position() + 8 * size[0]);
    double[] first = probed.getFirst().list("loss.byIndex");
    assertThat(size).containsExactly(probed.size(), first.length);
    assertThat(index.getFloat()).isEqualTo((float) first[0]);
    assertThat(refused(400, "/api/runs/" + id() + "/heads?key=pn"))
        .contains("no measure 'pn' of each head; there are ");
  }

  @Test
  void whatTheWatchOfARunToldIsListedWithoutALineThatAKillCut() throws Exception {
    String path = "/api/runs/" + id() + "/watch";
    assertThat(json(path).path("events")).isEmpty();
    Path book = mine().resolve("watch/events.jsonl");
    Files.createDirectories(book.getParent());
    Files.writeString(
        book,
        """
        {"id":"a","run":"x","metric":"pm.best","kind":"suspected","step":4,"tau":3.5,"low":null,\
        "evidence":0.03,"threshold":0.015,"leastDelay":10,"action":"tell","says":"heads may form"}
        {"id":"b","kind":"harm","step":6,"says":"%s","secret":1}
        {"id":"c","kind":"confirmed","st\
        """
            .formatted("<b>".repeat(1000)));
    JsonNode events = json(path).path("events");
    assertThat(events).hasSize(2);
    assertThat(events.path(0).toString())
        .isEqualTo(
            "{\"kind\":\"suspected\",\"metric\":\"pm.best\",\"action\":\"tell\",\"says\":\"heads"
                + " may form\",\"step\":4,\"tau\":3.5,\"evidence\":0.03,\"threshold\":0.015,"
                + "\"leastDelay\":10}");
    assertThat(events.path(1).path("says").asString("")).hasSize(1004).endsWith(" ...");
    assertThat(events.path(1).has("secret")).isFalse();
    assertThat(refused(400, path + "?from=1")).contains("from");
    Files.writeString(book, "oops\n");
    assertThat(refused(422, path)).contains("events.jsonl:1");
  }

  /** The run keeps one pattern itself, of its best head on the first of the repeated sequences. */
  @Test
  void theLastFrameOfTheFilmHasThePatternThatTheRunKeeps() throws Exception {
    HeadPattern kept = HeadPattern.of(RunFolder.at(mine())).orElseThrow();
    JsonNode text = json("/api/runs/" + id() + "/text?kind=repeated&n=0");
    int t = text.path("tokens").size();
    assertThat(text.path("tokens").path(3).asInt()).isEqualTo(kept.tokens()[3]);
    String asked = "{\"text\": {\"kind\": \"repeated\", \"n\": 0}, \"head\": \"%s\", \"near\": 6}";
    ByteBuffer film = film(asked.formatted(kept.headName()));
    assertThat(ints(film, 6)).containsExactly(4, t, 1, 1, t, 2 | 4);
    int frame = (8 * t + t * (t + 1) / 2 + 7) / 8 * 8;
    int tail = 4 * t + 8;
    assertThat(film.limit()).isEqualTo(24 + 8 * 4 + 4 * frame + tail);
    int last = 24 + 8 * 4;
    int at = last + 8 * t;
    for (int query = 0; query < t; query++) {
      for (int key = 0; key <= query; key++, at++) {
        double root = (film.get(at) & 0xFF) / 255.0;
        assertThat(root * root).isCloseTo(kept.pattern()[query * t + key], within(0.005));
      }
    }
    assertThat(film.getFloat(last + 4 * (t - 1))).isNaN();
    double p =
        ((BigramRestarts) Presets.get("tiny").data())
            .table()
            .probability(kept.tokens()[0], kept.tokens()[1]);
    assertThat(film.getFloat(last + 4 * t)).isCloseTo((float) -Math.log(p), within(1e-5f));
    assertThat(film.getFloat(film.limit() - tail)).isEqualTo(film.getFloat(last + 4 * t));
  }

  @Test
  void aFilmHasAllHeadsAndAsManyFramesAsAskedFor() throws Exception {
    ByteBuffer film = film("{\"text\": {\"tokens\": [1, 2, 3, 1, 2]}, \"most\": 2}");
    var model = Presets.get("tiny").model();
    assertThat(ints(film, 6)).containsExactly(2, 5, model.nLayers(), model.nHeads(), 5, 2);
    assertThat(film.getDouble()).isEqualTo(0);
    assertThat(film.getDouble()).isEqualTo(STEPS);
    assertThat(film.get(film.position() + 40) & 0xFF)
        .as("the first token sees itself alone")
        .isEqualTo(255);
  }

  @Test
  void framesComeFromAStepOutwards() throws Exception {
    ByteBuffer film = film("{\"text\": {\"tokens\": [1, 2, 3]}, \"near\": 3}");
    film.position(24);
    assertThat(List.of(film.getDouble(), film.getDouble(), film.getDouble(), film.getDouble()))
        .containsExactly(2.0, 4.0, 0.0, 6.0);
  }

  /** Weights w_ij = a_ij |v_j| / sum: their ratios to plain ones are, but for a factor, |v_j|. */
  @Test
  void attentionIsWeightedByTheLengthsOfValues() throws Exception {
    String asked =
        "{\"text\": {\"tokens\": [1, 2, 3, 1, 2]}, \"near\": 6, \"head\": \"L1H0\", \"weighted\":"
            + " %s}";
    ByteBuffer plain = film(asked.formatted(false));
    ByteBuffer weighted = film(asked.formatted(true));
    assertThat(ints(weighted, 6)[5]).isEqualTo(2 | 4 | 8);
    double[] lengths = lengthsOfValues(new int[] {1, 2, 3, 1, 2});
    int at = 24 + 32 + 8 * 5;
    for (int query = 0; query < 5; query++) {
      double sum = 0;
      for (int key = 0; key <= query; key++) {
        sum += share(plain, at + key) * lengths[key];
      }
      for (int key = 0; key <= query; key++, at++) {
        assertThat(share(weighted, at))
            .isCloseTo(share(plain, at) * lengths[key] / sum, within(0.02));
      }
    }
  }

  private static double share(ByteBuffer film, int at) {
    double root = (film.get(at) & 0xFF) / 255.0;
    return root * root;
  }

  /** Of the first head of the second layer at the end, by its own weights. */
  private double[] lengthsOfValues(int[] tokens) {
    double[] lengths = new double[tokens.length];
    try (Subject run = new Subject(RunFolder.at(mine()), null, 1)) {
      ModelState state = run.state(STEPS);
      int[][] batch = {Arrays.copyOf(tokens, tokens.length + 1)};
      state.losses(
          Batch.of(batch),
          Plan.NONE,
          Observer.of(
              Set.of(HookPoint.of(HookKind.V, 1)),
              (_, _, view) -> {
                int heads = view.shape()[1];
                int width = view.shape()[2];
                float[] all = view.toArray();
                for (int t = 0; t < tokens.length; t++) {
                  double sum = 0;
                  for (int k = 0; k < width; k++) {
                    sum += Math.pow(all[t * heads * width + k], 2);
                  }
                  lengths[t] = Math.sqrt(sum);
                }
              }));
    }
    return lengths;
  }

  @Test
  void aDamagedCheckpointIsAFrameWithoutLosses() throws Exception {
    Path model = mine().resolve("checkpoints/step-00000004/model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(model, bytes);
    ByteBuffer film = film("{\"text\": {\"tokens\": [1, 2, 3]}}");
    int frame = (film.limit() - 24 - 32 - 4 * 3 - 8) / 4;
    assertThat(film.getFloat(24 + 32 + frame)).isFinite();
    assertThat(film.getFloat(24 + 32 + 2 * frame)).isNaN();
    assertThat(film.getFloat(24 + 32 + 3 * frame)).isFinite();
  }

  @Test
  void whatIsNoInputIsRefusedInWords() throws Exception {
    assertThat(refused(400, "/api/runs/" + id() + "/text?kind=other"))
        .contains("kind is 'other', expected evaluation or repeated");
    assertThat(refused(400, "/api/runs/" + id() + "/text?kind=repeated&n=100000"))
        .contains("n is 100000, expected 0 to");
    assertThat(refused(400, "/api/runs/" + id() + "/text?typed=qq")).contains("the nearest: ");
    assertThat(refused(404, "/api/runs/000000000000")).contains("no run has this id");
    assertThat(refused(404, "/api/runs/deep%2fmine")).contains("no run has this id");
    assertThat(refused(404, "/..%2findex.html")).contains("there is nothing here");
  }

  @Test
  void nothingInARunIsFollowedOutOfIt() throws Exception {
    Path secret = Files.writeString(runs.resolveSibling(runs.getFileName() + "-secret"), "secret");
    Files.delete(mine().resolve("metrics.jsonl"));
    Files.createSymbolicLink(mine().resolve("metrics.jsonl"), secret);
    JsonNode home = json("/api/home");
    assertThat(home.path("runs").size()).isZero();
    assertThat(home.path("broken").path(0).path("path").asString()).isEqualTo("deep/mine");
    assertThat(home.path("broken").path(0).path("message").asString())
        .contains("metrics.jsonl: is a link out of the run's folder, which is not followed");
    assertThat(refused(422, "/api/runs/" + id() + "/series?keys=loss")).contains("is a link out");
    Files.delete(secret);
  }

  @Test
  void aRunThatIsALinkIsListedAsRunsDoes() throws Exception {
    Files.createSymbolicLink(runs.resolve("linked"), trained.resolve("mine"));
    JsonNode home = json("/api/home");
    assertThat(home.path("runs").path(1).path("path").asString()).isEqualTo("linked");
    assertThat(home.path("runs").path(1).path("link").asBoolean()).isTrue();
  }

  @Test
  void damagedAndVanishedRunsAreNamed() throws Exception {
    json("/api/home");
    Files.writeString(mine().resolve("run.json"), "{\"format\": 1");
    Served.copy(trained.resolve("mine"), runs.resolve("lost"));
    Files.delete(runs.resolve("lost/run.json"));
    JsonNode broken = json("/api/home").path("broken");
    assertThat(broken.path(0).path("message").asString()).contains("run.json", "put the file back");
    assertThat(broken.path(1).path("message").asString()).contains("is missing beside metrics");
    Served.copy(trained.resolve("mine"), runs.resolve("gone"));
    String gone = "/api/runs/" + Place.id("gone");
    json(gone);
    delete(runs.resolve("gone"));
    assertThat(refused(410, gone)).contains("gone: this run is there no longer");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void rowsThatAnotherProcessWritesArePushedWhenTheyAreWhole() throws Exception {
    Path log = mine().resolve("metrics.jsonl");
    int rows = RunFolder.at(mine()).metrics().rows().size();
    json("/api/home");
    var answer =
        client.send(
            request("/api/events?follow=" + id()).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
      assertThat(next(lines, "rows").path("rows").asInt()).isEqualTo(rows);
      Files.writeString(log, "{\"step\":7,\"train.loss\":1.5", StandardOpenOption.APPEND);
      assertThat(ints(binary("/api/runs/" + id() + "/series?keys=train.loss"), 1)[0])
          .isEqualTo(rows);
      Files.writeString(log, "}\n", StandardOpenOption.APPEND);
      JsonNode more = next(lines, "rows");
      assertThat(more.path("rows").asInt()).isEqualTo(rows + 1);
      assertThat(more.path("step").asInt()).isEqualTo(7);
      Served.copy(trained.resolve("mine"), runs.resolve("new"));
      next(lines, "runs");
    }
    ByteBuffer series = binary("/api/runs/" + id() + "/series?keys=train.loss&from=" + rows);
    assertThat(ints(series, 4)).containsExactly(1, 1, rows + 1, 0);
    assertThat(series.getDouble()).isEqualTo(7);
    assertThat(series.getFloat()).isEqualTo(1.5f);
  }

  @Test
  void aStudyOpensWithTheRunThatItNamesAndSaysWhatItsReportFound() throws Exception {
    Served.copy(trained.resolve("mine"), runs.resolve("study/runs/first"));
    Served.copy(trained.resolve("mine"), runs.resolve("study/runs/second"));
    Files.writeString(
        runs.resolve("study/study.json"),
        """
        {"name": "s", "title": "t", "seeds": 1, "varies": "START",
         "variants": [{"name": "other", "preset": "tiny", "set": {"steps": 7}},
                      {"name": "named", "preset": "tiny", "set": {"steps": 6}}],
         "page": {"question": "Which?", "opens": "named", "swaps": ["named", "other"]}}
        """);
    Files.writeString(
        runs.resolve("study/report.json"),
        "{\"tallies\": [{\"kind\": \"primary\", \"claims\": 3, \"holds\": 2, \"undecided\": 1}]}");
    JsonNode study = json("/api/home").path("studies").path(0);
    assertThat(study.path("path").asString()).isEqualTo("study");
    assertThat(study.path("question").asString()).isEqualTo("Which?");
    assertThat(study.path("opens").asString()).isEqualTo("named");
    assertThat(study.path("run").asString()).isEqualTo(Place.id("study/runs/first"));
    assertThat(study.path("beside").isNull()).isTrue();
    assertThat(study.path("swaps").toString()).isEqualTo("[\"named\",\"other\"]");
    assertThat(study.path("tallies").path(0).path("holds").asInt()).isEqualTo(2);
  }

  private static JsonNode next(BufferedReader lines, String event) throws IOException {
    String line = lines.readLine();
    while (!line.equals("event: " + event)) {
      line = lines.readLine();
    }
    return Json.parse(lines.readLine().substring("data: ".length()), event);
  }

  @Test
  void wordsComeWithWhatTheGlossarySays() throws Exception {
    assertThat(json("/api/glossary").path(0).path("unit").asString()).isEqualTo("nats");
  }

  @Test
  void aTakenPortSaysWhatToType() {
    assertThatThrownBy(() -> open(server.port()))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("port " + server.port() + " of 127.0.0.1 cannot be had")
        .hasMessageContaining("--port 0 for any that is free");
  }
}
