package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.store.CheckpointSchedule.At;
import refrain.store.CheckpointSchedule.Every;
import refrain.store.CheckpointSchedule.LogSpaced;
import refrain.store.CheckpointSchedule.Union;
import refrain.store.CheckpointSchedule.WhileMoving;

class CheckpointScheduleTest {
  private static final ScoreHistory NOTHING = new ScoreHistory();

  private static long[] dueUpTo(long last, CheckpointSchedule schedule) {
    return LongStream.rangeClosed(1, last).filter(s -> schedule.due(s, NOTHING)).toArray();
  }

  @Test
  void everyListedAndTheirUnion() {
    assertThat(dueUpTo(10, new Every(3))).containsExactly(3, 6, 9);
    assertThat(dueUpTo(10, new At(List.of(7L, 2L, 40L)))).containsExactly(2, 7);
    assertThat(dueUpTo(10, new Union(List.of(new Every(5), new At(List.of(2L))))))
        .containsExactly(2, 5, 10);
    assertThat(dueUpTo(10, new Union(List.of()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10, 100, 999})
  void logSpacedStepsAreTheRoundedPowers(int perDecade) {
    TreeSet<Long> expected = new TreeSet<>();
    for (int k = 0; k <= 5 * perDecade; k++) {
      long step = Math.round(Math.pow(10, k / (double) perDecade));
      if (step <= 20_000) {
        expected.add(step);
      }
    }
    assertThat(dueUpTo(20_000, new LogSpaced(perDecade)))
        .containsExactly(expected.stream().mapToLong(Long::longValue).toArray());
  }

  @Test
  void denseWhileAScoreMoves() {
    // icl stays at 0, falls from step 100 to 140 by 1 in all, then stays; measured every 5 steps.
    CheckpointSchedule schedule = new WhileMoving("icl", 0.2, 20, 10);
    ScoreHistory history = new ScoreHistory();
    List<Long> taken = new ArrayList<>();
    for (long step = 5; step <= 300; step += 5) {
      double icl = -Math.min(1, Math.max(0, (step - 100) / 40.0));
      history.add(MetricsRow.at(step).put("icl", icl).put("loss", Double.NaN));
      if (schedule.due(step, history)) {
        history.checkpointTaken(step);
        taken.add(step);
      }
    }
    // At 150 it is .25 lower than at 130; at 160 it is where it was at 140.
    assertThat(taken).containsExactly(110L, 120L, 130L, 140L, 150L);
    assertThat(new WhileMoving("loss", 1e-9, 1, 1).due(400, history)).isFalse();
    assertThat(new WhileMoving("unknown", 1e-9, 1, 1).due(400, history)).isFalse();
  }

  @Test
  void aResumedHistoryDecidesTheSame() {
    CheckpointSchedule schedule = new WhileMoving("icl", 0.3, 2, 3);
    List<MetricsRow> rows =
        List.of(
            MetricsRow.at(1).put("icl", 0),
            MetricsRow.at(3).put("icl", -.1),
            MetricsRow.at(5).put("icl", -.5));
    assertThat(schedule.due(5, ScoreHistory.of(rows, 2))).isTrue();
    assertThat(schedule.due(5, ScoreHistory.of(rows, 3))).isFalse();
    assertThat(schedule.due(5, ScoreHistory.of(rows.subList(0, 2), 2))).isFalse();
  }

  @Test
  void survivesJson() {
    CheckpointSchedule schedule =
        new Union(
            List.of(
                new Every(500),
                new LogSpaced(10),
                new At(List.of(1L, 2L)),
                new WhileMoving("icl", .05, 50, 10)));
    String json = Json.line(schedule);
    assertThat(json).startsWith("{\"kind\":\"union\",\"schedules\":[{\"kind\":\"every\"");
    assertThat(Json.read(Json.parse(json, "x"), CheckpointSchedule.class, "x")).isEqualTo(schedule);
  }

  @Test
  void refusesWhatNeverComes() {
    assertThatThrownBy(() -> new Every(0))
        .isInstanceOf(RefrainException.class)
        .hasMessage("checkpoints: every: steps is 0, expected 1 or more");
    assertThatThrownBy(() -> new WhileMoving("icl", Double.NaN, 1, 1))
        .hasMessage("checkpoints: while-moving: change is NaN, expected a finite number above 0");
    assertThatThrownBy(() ->
            Json.read(
                Json.parseYaml("{kind: every, steps: -1}", "c.yaml"),
                CheckpointSchedule.class,
                "c.yaml"))
        .hasMessage("c.yaml: checkpoints: every: steps is -1, expected 1 or more");
  }
}
