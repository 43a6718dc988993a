package refrain.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import tools.jackson.databind.node.JsonNodeFactory;

/** Requests written by hand, as a browser that is misled or an attacker would send them. */
class HttpPageTest {
  private static final String TOKEN = "a-token";
  private static final int LARGE = 64 << 20;

  private final List<Throwable> defects = new ArrayList<>();
  private final CompletableFuture<Boolean> slowReader = new CompletableFuture<>();
  private final CountDownLatch streamEnded = new CountDownLatch(1);
  private final EventStream stream = new EventStream(streamEnded::countDown);
  private HttpPage page;

  @BeforeEach
  void open() throws IOException {
    Router router =
        new Router()
            .on("GET", "/", _ -> new Reply.Whole(200, "text/html", "page".getBytes(UTF_8), "tag"))
            .on("GET", "/{file}", request -> text("file " + request.named("file")))
            .on("GET", "/api/runs/{id}", request -> text("run " + request.named("id")))
            .on("GET", "/api/count", HttpPageTest::count)
            .on(
                "GET",
                "/api/damaged",
                _ -> {
                  throw RefrainException.badFile("run.json: is damaged; put it back");
                })
            .on(
                "GET",
                "/api/defect",
                _ -> {
                  throw new IllegalStateException("secret of the machine");
                })
            .on("GET", "/api/events", _ -> new Reply.Events(stream))
            .on("GET", "/api/large", _ -> new Reply.Chunked(Reply.BINARY, null, this::large))
            .on("POST", "/api/echo", request -> text(new String(request.body(), UTF_8)));
    page =
        HttpPage.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            port -> Guard.of(TOKEN, Set.of("lab.local"), port),
            router,
            new HttpPage.Limits(1000, 200),
            defects::add);
  }

  @AfterEach
  void close() {
    page.close();
  }

  private static Reply text(String text) {
    return Reply.json(JsonNodeFactory.instance.stringNode(text));
  }

  private static Reply count(Request request) {
    request.only("n", "words");
    return text(request.whole("n", 7, 1, 9) + " " + request.words("words"));
  }

  private void large(java.io.OutputStream out) throws IOException {
    try {
      out.write(new byte[LARGE]);
      slowReader.complete(false);
    } catch (IOException e) {
      slowReader.complete(true);
      throw e;
    }
  }

  private Socket send(String request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), page.port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return socket;
  }

  private String ask(String request) throws IOException {
    try (Socket socket = send(request)) {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String headers(String method, String path, String host, String... more) {
    StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    if (!host.isEmpty()) {
      request.append("Host: ").append(host).append("\r\n");
    }
    for (String header : more) {
      request.append(header).append("\r\n");
    }
    return request.append("Connection: close\r\n\r\n").toString();
  }

  private String host() {
    return "127.0.0.1:" + page.port();
  }

  private String get(String path, String... more) throws IOException {
    return ask(headers("GET", path, host(), more));
  }

  private static String bearer() {
    return "Authorization: Bearer " + TOKEN;
  }

  private static String status(String answer) {
    return answer.split(" ", 3)[1];
  }

  @Test
  void whoBringsTheTokenIsAnswered() throws IOException {
    String answer = get("/api/runs/0a1b", bearer());
    assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\"run 0a1b\"");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .contains("cache-control: no-store")
        .contains("x-content-type-options: nosniff")
        .contains("referrer-policy: no-referrer")
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("access-control");
  }

  @Test
  void withoutTheTokenThereIsThePageAndNoMore() throws IOException {
    assertThat(get("/")).startsWith("HTTP/1.1 200").endsWith("page");
    assertThat(get("/api/runs/0a1b"))
        .startsWith("HTTP/1.1 401")
        .contains("\"where\":\"Authorization\"")
        .contains("open the address that ./refrain serve printed");
    assertThat(get("/api/runs/0a1b", "Authorization: Bearer a-tokem")).contains("another server");
    assertThat(get("/api/runs/0a1b", "Authorization: Bearer a-token2")).startsWith("HTTP/1.1 401");
    assertThat(get("/api/runs/0a1b?token=" + TOKEN)).startsWith("HTTP/1.1 401");
    assertThat(get("/api/nothing"))
        .as("what there is, is no one's to know")
        .startsWith("HTTP/1.1 401");
  }

  @Test
  void aNameThatLeadsHereIsNoReasonToAnswer() throws IOException {
    for (String host :
        List.of("evil.example:" + page.port(), "127.0.0.1", "127.0.0.1:1", host() + ".evil", "")) {
      assertThat(status(ask(headers("GET", "/", host)))).as(host).isIn("400", "403");
    }
    for (String name : List.of("localhost", "[::1]", "LOCALHOST", "lab.local")) {
      assertThat(status(ask(headers("GET", "/", name + ":" + page.port())))).isEqualTo("200");
    }
    assertThat(status(get("/", "Host: evil.example"))).isIn("400", "403");
  }

  @Test
  void otherPagesAskNothing() throws IOException {
    for (String header :
        List.of(
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: https://" + host(),
            "Origin: http://127.0.0.1:1",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site")) {
      assertThat(status(get("/api/runs/0a1b", bearer(), header))).as(header).isEqualTo("403");
      assertThat(status(get("/app.js", header))).as(header).isEqualTo("403");
    }
    assertThat(
            status(
                get(
                    "/api/runs/0a1b",
                    bearer(),
                    "Origin: http://" + host(),
                    "Sec-Fetch-Site: same-origin")))
        .isEqualTo("200");
  }

  @Test
  void aLinkElsewhereOpensThePageAlone() throws IOException {
    String[] link = {
      "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"
    };
    assertThat(status(get("/?view=heads", link))).isEqualTo("200");
    assertThat(status(get("/app.js", link))).isEqualTo("403");
    assertThat(
            status(
                get(
                    "/",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Mode: navigate",
                    "Sec-Fetch-Dest: iframe")))
        .isEqualTo("403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../etc/passwd",
        "/..%2f..%2fetc%2fpasswd/x",
        "/api/runs/../../etc/passwd",
        "/api/runs/0a1b/..",
        "/api//runs/0a1b",
        "//127.0.0.1/x",
        "/api/runs/0a1b/"
      })
  void pathsLeadNowhere(String path) throws IOException {
    assertThat(status(get(path, bearer()))).isIn("400", "403", "404");
  }

  @Test
  void whatIsEscapedInAPathStaysSo() throws IOException {
    assertThat(get("/%2e%2e%2fsecret")).contains("file %2e%2e%2fsecret");
  }

  @Test
  void unknownPathsAndMethodsSayWhatThereIs() throws IOException {
    assertThat(get("/api/nothing/here", bearer()))
        .startsWith("HTTP/1.1 404")
        .contains("/api/nothing/here: there is nothing here");
    assertThat(ask(headers("DELETE", "/api/runs/0a1b", host(), bearer())))
        .startsWith("HTTP/1.1 405")
        .contains("/api/runs/0a1b: is not asked by DELETE; expected GET");
    assertThat(ask(headers("OPTIONS", "/api/echo", host(), bearer())))
        .startsWith("HTTP/1.1 405")
        .contains("expected POST");
  }

  @Test
  void aHeadHasTheLengthAndNoBody() throws IOException {
    String answer = ask(headers("HEAD", "/", host()));
    assertThat(answer).startsWith("HTTP/1.1 200").containsIgnoringCase("content-length: 4");
    assertThat(answer).endsWith("\r\n\r\n");
    assertThat(ask(headers("HEAD", "/api/large", host(), bearer()))).startsWith("HTTP/1.1 200");
    assertThat(ask(headers("HEAD", "/api/events", host(), bearer()))).startsWith("HTTP/1.1 200");
  }

  @Test
  void whatIsKnownIsNotSentAgain() throws IOException {
    assertThat(get("/")).containsIgnoringCase("etag: \"tag\"").containsIgnoringCase("no-cache");
    assertThat(get("/", "If-None-Match: \"other\", W/\"tag\"")).startsWith("HTTP/1.1 304");
    assertThat(get("/", "If-None-Match: \"other\"")).startsWith("HTTP/1.1 200");
  }

  @Test
  void aBodyHasItsLimit() throws IOException {
    String fits = "x".repeat(1000);
    assertThat(post(fits)).startsWith("HTTP/1.1 200").endsWith(fits + "\"");
    assertThat(post(fits + "x")).startsWith("HTTP/1.1 413").contains("brings more than 1000 bytes");
    assertThat(
            ask(
                "POST /api/echo HTTP/1.1\r\nHost: "
                    + host()
                    + "\r\n"
                    + bearer()
                    + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3e9\r\n"
                    + fits
                    + "x\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
  }

  private String post(String body) throws IOException {
    return ask(
        headers("POST", "/api/echo", host(), bearer(), "Content-Length: " + body.length()) + body);
  }

  @Test
  void badValuesAreAnsweredInOurWords() throws IOException {
    assertThat(get("/api/count?n=9&words=a,,b", bearer())).endsWith("\"9 [a, b]\"");
    assertThat(get("/api/count", bearer())).endsWith("\"7 []\"");
    for (String n : List.of("0", "10", "-1", "1e3", "x", "", "99999999999999999999")) {
      assertThat(get("/api/count?n=" + n, bearer()))
          .startsWith("HTTP/1.1 400")
          .contains("/api/count: n is '" + n + "', expected a whole number from 1 to 9");
    }
    assertThat(get("/api/count?m=1", bearer())).contains("no parameter 'm'; there are n, words");
    assertThat(get("/api/count?n=1&n=2", bearer())).contains("n is given twice");
    assertThat(get("/api/count?n=%zz", bearer())).startsWith("HTTP/1.1 400");
  }

  @Test
  void failuresAreSentencesAndDefectsStayHere() throws IOException {
    assertThat(get("/api/damaged", bearer()))
        .startsWith("HTTP/1.1 422")
        .endsWith(
            "{\"error\":{\"where\":\"run.json\",\"message\":\"run.json: is damaged; put it back\","
                + "\"remedy\":\"put it back\"}}");
    assertThat(defects).isEmpty();
    assertThat(get("/api/defect", bearer()))
        .startsWith("HTTP/1.1 500")
        .contains("its terminal has the details")
        .doesNotContain("secret", "Exception", "refrain.serve");
    assertThat(defects).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoDoesNotReadALargeAnswerIsDropped() throws Exception {
    try (Socket socket = send(headers("GET", "/api/large", host(), bearer()))) {
      assertThat(slowReader.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(socket.isConnected()).isTrue();
    }
    assertThat(get("/api/count", bearer())).as("others are answered").contains("7 []");
  }

  @Test
  void eventsArriveAsTheyAreSent() throws IOException {
    try (Socket socket = send(headers("GET", "/api/events", host(), bearer()))) {
      stream.send("rows", JsonNodeFactory.instance.objectNode().put("rows", 3));
      assertThat(readUntil(socket.getInputStream(), "\n\n"))
          .containsIgnoringCase("content-type: text/event-stream")
          .contains("event: rows\ndata: {\"rows\":3}");
    }
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().endsWith(end)) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      read.append((char) next);
    }
    return read.toString();
  }

  @Test
  void whoFallsBehindTheEventsIsDropped() throws Exception {
    var large = JsonNodeFactory.instance.objectNode().put("text", "x".repeat(100_000));
    try (Socket socket = send(headers("GET", "/api/events", host(), bearer()))) {
      int sent = 0;
      while (stream.send("rows", large) && sent < 100_000) {
        sent++;
      }
      assertThat(sent).isLessThan(100_000);
      assertThat(streamEnded.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(stream.send("rows", large)).isFalse();
    }
  }

  @Test
  void aTokenHas256BitsAndIsNewEachTime() {
    assertThat(Guard.newToken()).hasSize(43).matches("[A-Za-z0-9_-]+");
    assertThat(Guard.newToken()).isNotEqualTo(Guard.newToken());
  }
}
