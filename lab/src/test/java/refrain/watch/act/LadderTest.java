package refrain.watch.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.base.RefrainException;
import refrain.watch.EventKind;
import refrain.watch.Finding;
import refrain.watch.act.Action.Exec;
import refrain.watch.act.Action.Send;
import refrain.watch.act.Action.Signal;
import refrain.watch.act.Action.Touch;
import refrain.watch.act.Action.Webhook;
import refrain.watch.follow.WatchEvent;

class LadderTest {
  private static final Action HOOK = new Webhook(URI.create("http://localhost/x"));
  private static final Action TOUCH = new Touch(Path.of("pause"));

  static WatchEvent event(EventKind kind, int attempt, double step, long row) {
    return new WatchEvent(
        "run",
        "loss",
        attempt,
        row,
        new Finding(kind, (int) row, row, step, step, step, step, 1, 2, 3, 4, 5));
  }

  @Test
  void actionsAreParsed() {
    assertThat(Action.parse("webhook:https://a.b/c?d"))
        .isEqualTo(new Webhook(URI.create("https://a.b/c?d")));
    assertThat(Action.parse("webhook:https://a.b/secret").text()).isEqualTo("webhook:a.b");
    assertThat(Action.parse("touch:/x/y:z").text()).isEqualTo("touch:/x/y:z");
    assertThat(Action.parse("exec:scancel 7")).isEqualTo(new Exec("scancel 7"));
    assertThat(Action.parse("signal:sigusr1")).isEqualTo(new Send(Signal.USR1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          signal:KILL     | expected one of USR1, USR2, HUP, INT, TERM, which a process can answer
          signal:9        | expected one of USR1
          webhook:ftp://x | expected an address as https://HOST/PATH
          webhook:a b     | expected an address as https://HOST/PATH
          touch:          | expected log, webhook:URL, touch:FILE, exec:COMMAND or signal:NAME
          kill            | --action kill: expected log
          'exec: '        | expected log, webhook:URL
          """)
  void whatIsNoActionIsRefused(String text, String says) {
    assertThatThrownBy(() -> Action.parse(text))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(says);
  }

  @Test
  void laddersThatCannotBeClimbedAreRefused() {
    assertThatThrownBy(() -> new Ladder(List.of(new Send(Signal.USR1)), 1, null, null))
        .hasMessageContaining("expected --pid");
    assertThatThrownBy(() -> new Ladder(List.of(TOUCH, new Exec("x")), 1, null, null))
        .hasMessageContaining("say --ack FILE");
    var ack = new Ladder.Acknowledgement(Path.of("ack"), 1);
    assertThatThrownBy(() -> new Ladder(List.of(HOOK), 1, ack, null))
        .hasMessageContaining("nothing in the ladder may pause");
    assertThatThrownBy(() -> new Ladder(List.of(HOOK), 0, null, null))
        .hasMessageContaining("--most");
    assertThatThrownBy(() -> Target.of(1))
        .hasMessageContaining("expected the process of a training");
    assertThatThrownBy(() -> Target.of(ProcessHandle.current().pid()))
        .hasMessageContaining("expected the process of a training");
  }

  @Test
  void onlyWhatIsConfirmedAndHarmMayPause() {
    for (EventKind kind : EventKind.values()) {
      List<Action> rungs =
          new Ladder(List.of(HOOK, TOUCH), 9, null, null).plan().of(event(kind, 1, 100, 100));
      assertThat(rungs.contains(TOUCH))
          .as(kind.text())
          .isEqualTo(kind == EventKind.CONFIRMED || kind == EventKind.HARM);
      assertThat(rungs.contains(HOOK))
          .as(kind.text())
          .isEqualTo(
              switch (kind) {
                case BLIND, SCHEDULED, OUTLIER, RESTART, NEW_LEVEL -> false;
                default -> true;
              });
    }
  }

  @Test
  void whatSeveralMetricsShowPausesOnceAndAnAttemptThatGoesBackDoesNot() {
    Ladder.Plan plan = new Ladder(List.of(TOUCH), 3, null, null).plan();
    assertThat(plan.of(event(EventKind.CONFIRMED, 1, 500, 50))).containsExactly(TOUCH);
    assertThat(plan.of(event(EventKind.HARM, 1, 520, 52))).isEmpty();
    assertThat(plan.of(event(EventKind.CONFIRMED, 2, 400, 200))).as("below the last").isEmpty();
    assertThat(plan.of(event(EventKind.CONFIRMED, 2, 600, 300))).containsExactly(TOUCH);
    assertThat(plan.of(event(EventKind.HARM, 2, 900, 500))).containsExactly(TOUCH);
    assertThat(plan.of(event(EventKind.HARM, 2, 2000, 900))).as("a fourth").isEmpty();
  }

  @Test
  void aRunIsNotActedOnMoreOftenThanSaid() {
    Ladder.Plan plan = new Ladder(List.of(HOOK), 1, null, null).plan();
    assertThat(plan.of(event(EventKind.BLIND, 1, 1, 1))).isEmpty();
    assertThat(plan.of(event(EventKind.SUSPECTED, 1, 1, 1))).hasSize(1);
    assertThat(plan.of(event(EventKind.CONFIRMED, 1, 2, 2))).isEmpty();
    assertThat(Ladder.text(List.of())).isEqualTo("log");
    assertThat(Ladder.text(List.of(HOOK, TOUCH))).isEqualTo("webhook:localhost, touch:pause");
  }
}
