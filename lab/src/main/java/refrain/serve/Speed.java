package refrain.serve;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.sweep.Forecast;

/**
 * How fast this machine trains. It is measured once, when somebody first asks, which takes one core
 * a few seconds; until then nothing is known.
 */
final class Speed {
  static final int CORES = Runtime.getRuntime().availableProcessors();

  private @Nullable CompletableFuture<Forecast> measured;

  private synchronized CompletableFuture<Forecast> measured() {
    if (measured == null) {
      measured = new CompletableFuture<>();
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("speed")
              .unstarted(() -> {
                try {
                  measured.complete(
                      new Forecast(List.of(Presets.get("r0-2l"), Presets.get("tiny"))));
                } catch (RuntimeException e) {
                  measured.completeExceptionally(e);
                }
              });
      thread.start();
    }
    return measured;
  }

  /** About how long a run takes on so many cores; NaN: it is not known yet. */
  double seconds(RunSpec spec, int threads) {
    CompletableFuture<Forecast> forecast = measured();
    return forecast.isDone() && !forecast.isCompletedExceptionally()
        ? forecast.join().seconds(spec, spec.begins()) / threads
        : Double.NaN;
  }
}
