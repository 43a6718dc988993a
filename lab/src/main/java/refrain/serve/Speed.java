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

  /** What a process takes more than its steps: java, the first probe, kernels not compiled yet. */
  private static final double START = 3;

  private @Nullable CompletableFuture<Forecast> measured;

  private synchronized CompletableFuture<Forecast> measured() {
    CompletableFuture<Forecast> known = measured;
    if (known == null) {
      CompletableFuture<Forecast> begun = new CompletableFuture<>();
      measured = begun;
      known = begun;
      Thread.ofPlatform().daemon().name("speed").start(() -> measure(begun));
    }
    return known;
  }

  private static void measure(CompletableFuture<Forecast> into) {
    try {
      into.complete(new Forecast(List.of(Presets.get("r0-2l"), Presets.get("tiny"))));
    } catch (RuntimeException e) {
      into.completeExceptionally(e);
    }
  }

  /** About how long a run takes on so many cores; NaN: it is not known yet. */
  double seconds(RunSpec spec, int threads) {
    CompletableFuture<Forecast> forecast = measured();
    return forecast.isDone() && !forecast.isCompletedExceptionally()
        ? START + forecast.join().seconds(spec, spec.begins()) / threads
        : Double.NaN;
  }
}
