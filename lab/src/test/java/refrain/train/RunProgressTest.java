package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;

class RunProgressTest {
  private static final RunSpec TINY = Presets.get("tiny");

  @TempDir Path temp;

  private static MetricsRow probe(long step, double score) {
    return MetricsRow.at(step)
        .put(Metrics.ICL, -score)
        .put(Metrics.LOSS, 3)
        .put(Metrics.TRAIN_LOSS, 2)
        .put(Metrics.PREFIX_MATCHING, score)
        .put(Metrics.PREFIX_MATCHING_HEAD, 1)
        .put(Metrics.PREFIX_MATCHING_CHANCE, .05);
  }

  /** Heads formed before this sitting formed then, and not at its first probe. */
  @Test
  void aRunThatGoesOnHasFormedWhereItDid() {
    List<MetricsRow> before = new ArrayList<>();
    for (int step = 0; step <= 100; step += 10) {
      before.add(probe(step, step < 40 ? .05 : .7));
      before.add(MetricsRow.at(step + 1).put(Metrics.TRAIN_LOSS, 2.5));
    }
    RunProgress run = RunProgress.waiting("a", TINY).started(101, before);
    assertThat(run.formed()).isEqualTo(40);
    assertThat(run.probes()).hasSize(11);
    assertThat(run.loss()).isEqualTo(2.5);
    assertThat(run.step()).isEqualTo(101);
    for (int step = 110; step < 160; step += 10) {
      run = run.measured(probe(step, .8), 1);
    }
    assertThat(run.formed()).isEqualTo(40);
    assertThat(run.probes()).hasSize(16);
    assertThat(RunProgress.waiting("b", TINY).started(0, List.of()).formed()).isNull();
  }

  @Test
  void aListenerIsHandedTheRowsThatAreThere() {
    AtomicInteger steps = new AtomicInteger();
    TrainListener counting =
        new TrainListener() {
          @Override
          public void started(RunSpec spec, int step, List<MetricsRow> before) {
            assertThat(before).isEmpty();
          }

          @Override
          public void measured(MetricsRow row, boolean probed) {
            steps.incrementAndGet();
          }
        };
    Path folder = temp.resolve("run");
    TrainControl stopping = new TrainControl(() -> steps.get() > 20, () -> 1, false);
    Trainer.run(TINY, folder, stopping, counting);
    List<MetricsRow> rows = RunFolder.at(folder).metrics().rows();
    List<MetricsRow> handed = new ArrayList<>();
    Trainer.run(
        TINY,
        folder,
        new TrainControl(() -> false, () -> 1, false),
        new TrainListener() {
          @Override
          public void started(RunSpec spec, int step, List<MetricsRow> before) {
            handed.addAll(before);
          }
        });
    assertThat(rows).isNotEmpty();
    assertThat(handed).isEqualTo(rows);
  }
}
