package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.store.Json;
import refrain.store.Parent;
import refrain.store.RunFolder;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/** Runs that are started, stopped and forked from the page, by processes of the program itself. */
class ControlTest {
  private static final String TOKEN = "a-token";
  private static final String MAIN = "refrain.cli.Main";
  private static final long PATIENCE_MILLIS = 120_000;

  /** Two small layers, fast steps, and more of them than anybody waits for. */
  private static final String LONG =
      """
      {"preset": "tiny", "name": "long", "threads": 1,
       "set": {"engine": "FUSED", "steps": "1000000", "checkpoints": "{kind: every, steps: 1000000}"}}
      """;

  @TempDir Path runs;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> defects = new ArrayList<>();
  private PageServer server;
  private int port;

  @BeforeEach
  void open() throws Exception {
    server =
        PageServer.open(
            runs,
            new PageServer.Door("127.0.0.1", 0, TOKEN, Set.of()),
            Served.NO_WORDS,
            new Program(JavaCommand.of(Class.forName(MAIN), JavaCommand.VECTORS), List.of()),
            defects::add);
    port = server.port();
  }

  @AfterEach
  void close() {
    server.close();
    for (RunFolder left : RunFolder.list(runs)) { // where a test failed before it stopped its run
      left.writer()
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
    assertThat(defects).isEmpty();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + TOKEN)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = send("GET", path, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.parse(answer.body(), path);
  }

  private JsonNode post(String path, String body) throws Exception {
    HttpResponse<String> answer = send("POST", path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.parse(answer.body(), path);
  }

  private JsonNode refused(int status, String path, String body) throws Exception {
    HttpResponse<String> answer = send("POST", path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.parse(answer.body(), path);
  }

  private static String message(JsonNode refusal) {
    return refusal.path("error").path("message").asString("");
  }

  private static void until(String what, BooleanSupplier holds) throws InterruptedException {
    for (long end = System.currentTimeMillis() + PATIENCE_MILLIS; !holds.getAsBoolean(); ) {
      assertThat(System.currentTimeMillis()).as(what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private RunFolder run(String name) {
    return RunFolder.at(runs.resolve(name));
  }

  private void untilEnded(String name) throws InterruptedException {
    until(
        name + " has ended",
        () -> RunFolder.isRun(runs.resolve(name)) && run(name).ended().isPresent());
    until(name + " is let go", () -> run(name).writer().isEmpty());
  }

  private void untilRows(String name, int rows) throws InterruptedException {
    until(
        name + " has rows",
        () -> {
          try (Stream<String> lines = Files.lines(runs.resolve(name).resolve("metrics.jsonl"))) {
            return lines.count() > rows;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void aRunIsStartedAndForkedAtAStepThatWasNotSaved() throws Exception {
    JsonNode job =
        post(
            "/api/runs",
            """
            {"preset": "tiny", "name": "mine", "seed": 3, "threads": 1,
             "set": {"engine": "FUSED", "steps": "8", "checkpoints": "{kind: every, steps: 4}"}}
            """);
    assertThat(job.path("run").asString()).isEqualTo(Place.id("mine"));
    untilEnded("mine");
    RunSpec spec = Trainer.spec(run("mine"));
    assertThat(spec.steps()).isEqualTo(8);
    assertThat(spec.seeds().init()).isEqualTo(3);
    assertThat(get("/api/home").path("runs").path(0).path("state").asString()).isEqualTo("done");
    String same =
        "{\"preset\": \"tiny\", \"seed\": 3, \"set\": {\"engine\": \"FUSED\", \"steps\": \"8\"}}";
    assertThat(message(refused(409, "/api/runs", same)))
        .isEqualTo("mine is this very run already; nothing was started");
    String fork =
        "{\"from\": {\"run\": \"%s\", \"step\": %s}, \"name\": \"fork\", \"threads\": 1, \"set\": {\"optimizer.rate\": \"0.001\"}}";
    assertThat(message(post("/api/check", fork.formatted(Place.id("mine"), 99))))
        .isEqualTo(
            run("mine").path()
                + ": was never at step 99; there are checkpoints, the nearest first, of 8, 4");
    post("/api/runs", fork.formatted(Place.id("mine"), 5));
    untilEnded("fork");
    Parent parent = run("fork").info().parent().orElseThrow();
    assertThat(parent.id()).isEqualTo(spec.id());
    assertThat(parent.step()).isEqualTo(5);
    assertThat(run("fork").metrics().rows().getFirst().step()).isEqualTo(5);
    assertThat(Trainer.spec(run("fork")).optimizer().rate()).isEqualTo(0.001);
    until("the processes have ended", () -> ended("ended", "ended"));
  }

  private boolean ended(String... states) {
    try {
      List<String> found = new ArrayList<>();
      get("/api/jobs").path("jobs").forEach(job -> found.add(job.path("state").asString("")));
      return found.equals(List.of(states));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** It is started by a server that is killed, stopped and resumed by another one. */
  @Test
  void aRunOutlivesItsServerAndGoesOnToTheSameBits() throws Exception {
    List<String> line = JavaCommand.of(Class.forName(MAIN), JavaCommand.VECTORS);
    line.addAll(List.of("serve", "--port", "0", "--no-open", runs.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("REFRAIN_SERVE_TOKEN", TOKEN);
    Process other = builder.start();
    try (var said = new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8))) {
      port =
          Integer.parseInt(
              Objects.requireNonNull(said.readLine()).replaceFirst(".*:(\\d+)/.*", "$1"));
      post("/api/runs", LONG);
      untilRows("long", 5);
    } finally {
      other.destroyForcibly().waitFor();
      port = server.port();
    }
    untilRows("long", 50);
    String path = "/api/runs/" + Place.id("long");
    assertThat(message(refused(409, path + "/resume", "")))
        .isEqualTo("long is being trained already");
    post(path + "/stop", "{}");
    until("it is let go", () -> run("long").writer().isEmpty());
    long first = run("long").checkpoints().list().getLast().step();
    assertThat(message(refused(409, path + "/stop", "")))
        .isEqualTo("long is not being trained; nothing was done");
    post(path + "/resume", "{\"threads\": 1}");
    untilRows("long", (int) first + 50);
    post(path + "/stop", "{}");
    until("it is let go", () -> run("long").writer().isEmpty());
    long second = run("long").checkpoints().list().getLast().step();
    assertThat(second).isGreaterThan(first);
    Path whole = runs.resolve("whole");
    AtomicInteger steps = new AtomicInteger();
    Trainer.run(
        Trainer.spec(run("long")),
        whole,
        new TrainControl(() -> steps.getAndIncrement() >= second, () -> 1),
        TrainListener.NONE);
    for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
      assertThat(run("long").checkpoints().at(second).folder().resolve(file))
          .hasSameBinaryContentAs(run("whole").checkpoints().at(second).folder().resolve(file));
    }
  }

  @Test
  void whatIsWrongIsSaidAtItsFieldAndNothingIsWritten() throws Exception {
    JsonNode refusal =
        refused(
            400,
            "/api/runs",
            "{\"preset\": \"tiny\", \"set\": {\"steps\": \"60\", \"batch\": \"0\"}}");
    assertThat(message(refusal)).isEqualTo("run: batch is 0, expected 1 or more");
    assertThat(refusal.path("fields").toString())
        .isEqualTo("{\"batch\":\"run: batch is 0, expected 1 or more\"}");
    JsonNode several =
        post(
            "/api/check",
            "{\"preset\": \"tiny\", \"set\": {\"optimizer.rate\": \"fast\", \"model.nLayer\": \"3\"}}");
    assertThat(several.path("fields").path("optimizer.rate").asString())
        .isEqualTo("optimizer.rate: expected a number, found a text (\"fast\")");
    assertThat(several.path("fields").path("model.nLayer").asString())
        .contains("the nearest: nLayers");
    assertThat(
            message(
                post("/api/check", "{\"preset\": \"tiny\", \"set\": {\"model.dVocab\": \"20\"}}")))
        .isEqualTo(
            "run 'tiny': model.dVocab is 20, but the data has a vocabulary of 16; set model.dVocab=16");
    assertThat(message(refused(400, "/api/runs", "{\"preset\": \"huge\"}")))
        .contains("no preset 'huge'");
    JsonNode good = post("/api/check", "{\"preset\": \"tiny\", \"set\": {\"steps\": \"60\"}}");
    assertThat(good.path("parameters").asInt()).isEqualTo(2924);
    assertThat(good.path("tokens").asInt()).isEqualTo(60 * 4 * 16);
    nothingIsThere();
  }

  private void nothingIsThere() throws Exception {
    try (Stream<Path> there = Files.list(runs)) {
      assertThat(there).isEmpty();
    }
    assertThat(get("/api/jobs").path("jobs").size()).isZero();
  }

  @Test
  void noNameLeadsOutOfTheFolder() throws Exception {
    for (String name : List.of("..", "../out", "a/b", ".hidden", "-x", "a b", "a\\u0000", "")) {
      String body = "{\"preset\": \"tiny\", \"name\": \"%s\"}".formatted(name);
      assertThat(message(refused(400, "/api/runs", body))).as(name).contains("name: is '");
    }
    Map<String, String> places =
        Map.of(
            "data", "{kind: text, path: /etc}",
            "data.path", "/etc/passwd",
            "interventions", "[{kind: replace, site: 1.0, source: {kind: checkpoint, ref: /tmp}}]");
    for (Map.Entry<String, String> place : places.entrySet()) {
      String body =
          "{\"preset\": \"tiny\", \"set\": {\"%s\": \"%s\"}}"
              .formatted(place.getKey(), place.getValue());
      assertThat(message(refused(400, "/api/runs", body)))
          .contains("is no place in the folder that is served");
    }
    assertThat(
            message(
                refused(400, "/api/runs", "{\"preset\": \"tiny\", \"set\": {\"parent\": \"{}\"}}")))
        .contains("is set by a fork");
    assertThat(
            message(
                refused(
                    400, "/api/runs", "{\"preset\": \"tiny\", \"set\": {\"--out\": \"/tmp/x\"}}")))
        .contains("--out: is no field of a run");
    refused(404, "/api/runs", "{\"from\": {\"run\": \"../../etc\", \"step\": 0}}");
    refused(404, "/api/runs/000000000000/stop", "{}");
    HttpRequest stranger =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/runs"))
            .POST(HttpRequest.BodyPublishers.ofString("{\"preset\": \"tiny\"}"))
            .build();
    assertThat(client.send(stranger, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(401);
    nothingIsThere();
  }

  @Test
  void aServerThatOnlyShowsStartsNothing() throws Exception {
    try (PageServer shows =
        PageServer.open(
            runs,
            new PageServer.Door("127.0.0.1", 0, TOKEN, Set.of()),
            Served.NO_WORDS,
            defects::add)) {
      port = shows.port();
      assertThat(get("/api/jobs").toString()).isEqualTo("{\"control\":false,\"jobs\":[]}");
      assertThat(message(refused(403, "/api/runs", "{\"preset\": \"tiny\"}")))
          .contains("without --read-only");
    } finally {
      port = server.port();
    }
    nothingIsThere();
  }

  @Test
  void theFormHasEveryPresetAndEveryField() throws Exception {
    JsonNode form = get("/api/presets");
    JsonNode first = form.path("presets").path(0);
    assertThat(first.path("name").asString()).isEqualTo(form.path("first").asString());
    JsonNode fields = form.path("types").path("Run spec").path("fields");
    List<String> names = new ArrayList<>();
    fields.forEach(field -> names.add(field.path("name").asString("")));
    assertThat(names).containsAll(first.path("spec").propertyNames());
    fields.forEach(field -> assertThat(field.path("says").asString("")).isNotEmpty());
  }

  /** The page in one file: its modules ask for each other by name, and nothing else may run. */
  @Test
  void thePageInOneFileHoldsAllItsModules() throws Exception {
    String page = send("GET", "/api/offline", "").body();
    String map = page.replaceFirst("(?s).*<script type=\"importmap\">(.*?)</script>.*", "$1");
    JsonNode imports = Json.parse(map, "map").path("imports");
    assertThat(imports.propertyNames()).contains("refrain/app.js", "refrain/offline.js");
    for (String name : imports.propertyNames()) {
      String source =
          new String(
              java.util.Base64.getDecoder()
                  .decode(imports.path(name).asString("").replaceFirst(".*base64,", "")),
              UTF_8);
      assertThat(source).as(name).doesNotContain("from './");
      source
          .lines()
          .filter(line -> line.startsWith("import ") && line.contains("'refrain/"))
          .map(line -> line.replaceFirst(".*'(refrain/[^']+)'.*", "$1"))
          .forEach(asked -> assertThat(imports.has(asked)).as(asked).isTrue());
    }
    assertThat(page).contains("default-src 'none'; script-src 'sha256-").contains(Offline.DATA);
  }
}
