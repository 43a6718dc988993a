package refrain.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * {@code ./refrain serve} in a process of its own, so that it can be killed, and with its own
 * cache.
 */
final class Server implements AutoCloseable {
  private static final String ERRORS = "errors.txt";
  private static final String TOKEN = "a-token-that-the-tests-know";

  private final Process process;
  private final Path scratch;
  private final String base;

  private Server(Process process, Path scratch, String base) {
    this.process = process;
    this.scratch = scratch;
    this.base = base;
  }

  static Server over(Path folder) {
    return over(folder, 0);
  }

  /**
   * Waits until it answers.
   *
   * @param port 0: any that is free
   */
  static Server over(Path folder, int port) {
    return over(folder, port, TOKEN);
  }

  static Server over(Path folder, int port, String token) {
    try {
      Path scratch = Files.createTempDirectory("refrain-serve");
      Path errors = scratch.resolve(ERRORS);
      ProcessBuilder program =
          Program.of(folder, "serve", "--no-open", "--port", "" + port, folder.toString())
              .redirectError(errors.toFile());
      program.environment().put("REFRAIN_SERVE_TOKEN", token);
      program.environment().put("REFRAIN_CACHE", scratch.resolve("cache").toString());
      Process process = program.start();
      String line =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
      assertThat(line).as(Files.readString(errors)).contains("/#token=" + token);
      return new Server(process, scratch, line.substring(0, line.indexOf("/#")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it answers, such as {@code http://127.0.0.1:8765}. */
  String base() {
    return base;
  }

  int port() {
    return URI.create(base).getPort();
  }

  String token() {
    return TOKEN;
  }

  /** What it answers, as the page would be answered. */
  JsonNode json(String path) {
    return Json.parse(answer(request(path).build()), path);
  }

  /** The same to a body. */
  String post(String path, String body) {
    return answer(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private static String answer(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends it as kill -9 does. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    try {
      List<String> said =
          Files.readAllLines(scratch.resolve(ERRORS)).stream()
              .filter(l -> !l.contains("incubator"))
              .toList();
      Lab.delete(scratch);
      assertThat(said).as("what the server complained of").isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ids of runs by their variants and seeds, such as {@code 2L 0}, or else by their paths. */
  Map<String, String> ids() {
    Map<String, String> ids = new java.util.TreeMap<>();
    for (JsonNode run : json("/api/home").path("runs")) {
      String variant = run.path("variant").asString("");
      String name =
          variant.isEmpty() ? run.path("path").asString() : variant + " " + run.path("seed");
      ids.put(name, Objects.requireNonNull(run.path("id").asString()));
    }
    return ids;
  }
}
