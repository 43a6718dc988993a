package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.MetricsTable;
import refrain.store.RunFolder;

class TrainerTest {
  @TempDir Path temp;

  @Test
  void trainingLowersTheLoss() {
    Path folder = temp.resolve("run");
    TrainResult result =
        Trainer.run(Presets.get("tiny"), folder, TrainControl.threads(1), TrainListener.NONE);
    MetricsTable metrics = RunFolder.at(folder).metrics();
    assertThat(result.end()).isEqualTo(TrainResult.End.DONE);
    assertThat(metrics.rows()).hasSize(41);
    assertThat(metrics.rows().getLast().value(Metrics.LOSS))
        .isLessThan(metrics.rows().getFirst().value(Metrics.LOSS) - 0.2);
  }
}
