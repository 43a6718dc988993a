package refrain.watch.act;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static refrain.watch.act.LadderTest.event;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.watch.EventKind;
import refrain.watch.act.Action.Exec;
import refrain.watch.act.Action.Send;
import refrain.watch.act.Action.Signal;
import refrain.watch.act.Action.Touch;
import refrain.watch.act.Action.Webhook;
import refrain.watch.act.Ladder.Acknowledgement;
import refrain.watch.follow.WatchEvent;

class ActorTest {
  private static final WatchEvent CONFIRMED = event(EventKind.CONFIRMED, 1, 500, 50);

  @TempDir private Path folder;

  private HttpServer server;
  private final Queue<Integer> answers = new ArrayDeque<>();
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<String> signatures = Collections.synchronizedList(new ArrayList<>());
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          signatures.add(exchange.getRequestHeaders().getFirst("Refrain-Signature"));
          Integer answer = answers.poll();
          exchange.sendResponseHeaders(answer == null ? 204 : answer, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI hook() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/x");
  }

  private void act(Ladder ladder, WatchEvent event, long row) {
    try (Actor actor = Actor.open(ladder, folder.resolve("state"), said::add)) {
      actor.act(event, ladder.plan().of(event), row);
      actor.finish();
    }
  }

  private String journal() throws IOException {
    return Files.readString(folder.resolve("state/actions.jsonl"));
  }

  private Ladder ladder(@Nullable Acknowledgement ack, @Nullable Target target, Action... rungs) {
    return new Ladder(List.of(rungs), 9, ack, target);
  }

  @Test
  void aWebhookIsTriedAgainAndSigned() throws Exception {
    answers.addAll(List.of(500, 429, 204));
    Duration none = Duration.ZERO;
    assertThat(
            new WebhookPost("Jefe", none, none).post(hook(), "id", "what do ya want for nothing?"))
        .isEmpty();
    assertThat(bodies).hasSize(3).allMatch("what do ya want for nothing?"::equals);
    // RFC 4231, test case 2
    assertThat(signatures)
        .containsOnly("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    answers.addAll(List.of(503, 503, 503, 404));
    assertThat(new WebhookPost("", none, none).post(hook(), "id", "{}"))
        .isEqualTo(Optional.of("answered 503, 3 times"));
    assertThat(new WebhookPost(null, none, none).post(hook(), "id", "{}"))
        .isEqualTo(Optional.of("answered 404"));
    assertThat(bodies).hasSize(7);
    server.stop(0);
    assertThat(new WebhookPost(null).post(hook(), "id", "{}").orElseThrow())
        .isEqualTo("not reached: ConnectException, 1 times");
  }

  @Test
  void aPauseIsAcknowledgedBeforeAnythingIsTerminated() throws Exception {
    Path ack = folder.resolve("ack");
    Process training =
        new ProcessBuilder(
                "sh",
                "-c",
                "trap 'touch \"$0\"' USR1; trap 'exit 7' TERM; echo up; while :; do sleep .05; done",
                ack.toString())
            .start();
    try {
      assertThat(training.inputReader().readLine()).isEqualTo("up");
      Target target = Target.of(training.pid());
      act(
          ladder(
              new Acknowledgement(ack, 20),
              target,
              new Webhook(hook()),
              new Send(Signal.USR1),
              new Send(Signal.TERM)),
          CONFIRMED,
          50);
      assertThat(training.waitFor()).isEqualTo(7);
      assertThat(said.get(1)).isEqualTo("action for step 500: signal:USR1: acknowledged");
      assertThat(bodies)
          .singleElement()
          .asString()
          .contains("webhook:127.0.0.1, signal:USR1, signal:TERM");
      assertThat(target.lives()).isFalse();
      assertThat(target.send(Signal.TERM)).contains("has ended");
    } finally {
      training.destroyForcibly();
    }
  }

  @Test
  void withoutAcknowledgementThereIsAnAlertAndNoFurtherRung() throws Exception {
    Path ack = Files.createFile(folder.resolve("ack")); // of an earlier pause
    Path pause = folder.resolve("pause");
    Path more = folder.resolve("more");
    act(
        ladder(
            new Acknowledgement(ack, 0.3),
            null,
            new Touch(pause),
            new Webhook(hook()),
            new Exec("touch " + more)),
        CONFIRMED,
        50);
    assertThat(pause).exists();
    assertThat(more).doesNotExist();
    assertThat(bodies)
        .singleElement()
        .asString()
        .contains("unacknowledged, ")
        .contains("did not come");
    assertThat(journal()).contains("\"state\":\"unacknowledged\"");
  }

  @Test
  void whatWasBegunIsNotRunTwiceAndWhatIsDoneIsDoneOnce() throws Exception {
    Path count = folder.resolve("count");
    Ladder exec = ladder(null, null, new Exec("printf \"$REFRAIN_EVENT\\n\" >> " + count));
    act(exec, CONFIRMED, 50);
    act(exec, CONFIRMED, 50);
    assertThat(Files.readAllLines(count))
        .singleElement()
        .asString()
        .contains("\"kind\":\"confirmed\"");
    // The last line is cut, as by a kill: it was begun, and its end is not known.
    String begun = journal().lines().findFirst().orElseThrow() + "\n";
    Files.writeString(folder.resolve("state/actions.jsonl"), begun + "{\"eve");
    act(exec, CONFIRMED, 50);
    assertThat(Files.readAllLines(count)).hasSize(1);
    assertThat(journal()).startsWith(begun).contains("\"state\":\"unknown\"");
  }

  @Test
  void aRunThatHasGoneOnForLongIsNotPausedForWhatIsPast() throws Exception {
    Path pause = folder.resolve("pause");
    act(ladder(null, null, new Touch(pause), new Webhook(hook())), CONFIRMED, 111);
    assertThat(pause).doesNotExist();
    assertThat(journal()).contains("\"state\":\"stale\"");
  }

  @Test
  void whatCannotBeDoneIsToldAndEndsNothing() throws Exception {
    act(ladder(null, null, new Exec("exit 3")), CONFIRMED, 50);
    act(
        ladder(null, null, new Touch(folder.resolve("no/where"))),
        event(EventKind.HARM, 1, 600, 90),
        90);
    assertThat(said.getFirst()).contains("exec:exit 3: failed, ended with 3");
    assertThat(said.getLast()).contains("failed, NoSuchFileException");
  }

  @Test
  void aNumberThatWasGivenAgainIsAnotherProcess() throws Exception {
    Process one = new ProcessBuilder("sleep", "30").start();
    try {
      Target target = Target.of(one.pid());
      Ladder ladder = ladder(null, target, new Send(Signal.TERM));
      Actor.open(ladder, folder.resolve("state"), said::add).close();
      Target other = new Target(target.pid(), "2020-01-01T00:00:00Z");
      assertThat(other.lives()).isFalse();
      assertThatThrownBy(() ->
              Actor.open(
                  ladder(null, other, new Send(Signal.TERM)), folder.resolve("state"), said::add))
          .hasMessageContaining("is another process than the one that");
      assertThat(other.send(Signal.TERM)).contains("has ended");
      assertThat(one.isAlive()).isTrue();
    } finally {
      one.destroyForcibly();
    }
  }
}
