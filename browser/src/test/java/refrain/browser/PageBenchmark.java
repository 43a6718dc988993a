package refrain.browser;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.CheckpointSchedule;
import refrain.train.EngineKind;
import refrain.train.Presets;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/**
 * How fast the page is, in a table. No test: it asserts nothing and runs when it is asked for by
 * name, on a machine that does nothing else ({@code -Dtest=PageBenchmark}; {@code
 * -Drefrain.scrub.minutes=10} for the memory after so long).
 */
@ExtendWith(Reading.class)
class PageBenchmark {
  private static final int TIMES = 5;
  private static final int ROWS = 20;
  private static final int POINTS = 100_000;
  private static final double NANOS_PER_MS = 1e6;
  private static final double BYTES_PER_MB = 1e6;

  @TempDir Path runs;

  private final List<String> table = new ArrayList<>();

  private void row(String what, double[] values, String unit, String bound) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    table.add(
        String.format(
            Locale.ROOT,
            "| %s | %.1f | %.1f | %s | %s |",
            what,
            sorted[sorted.length / 2],
            sorted[sorted.length - 1],
            unit,
            bound));
  }

  @Test
  void table(Reader reader) {
    reader.expects("/api/runs/made/film"); // of runs that are made on the page there are no films
    startOfTheServer(reader);
    firstPaint(reader);
    scrubbing(reader);
    liveRows(reader);
    replay();
    System.out.println("| what | median | worst | unit | bound |\n|---|---|---|---|---|");
    table.forEach(System.out::println);
  }

  private void startOfTheServer(Reader reader) {
    double[] ms = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      long begin = System.nanoTime();
      Server server = Server.over(reader.lab().folder());
      ms[i] = (System.nanoTime() - begin) / NANOS_PER_MS;
      server.close();
    }
    row("the server starts, from the classes", ms, "ms", "1500");
  }

  private void firstPaint(Reader reader) {
    double[] paint = new double[TIMES];
    double[] drawn = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      Page page = reader.opens("");
      page.waitForFunction(
          "() => document.querySelector('figure .value')?.textContent.includes(' at ')");
      drawn[i] = number(page.evaluate("performance.now()"));
      paint[i] =
          number(
              page.evaluate(
                  "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"));
      reader.finishes();
    }
    row("first contentful paint", paint, "ms", "1000");
    row("the first curves are drawn", drawn, "ms", "");
  }

  /** Made data of 12 layers of 12 heads at 200 checkpoints, which the page makes itself. */
  private void scrubbing(Reader reader) {
    Page page = reader.opens("view=attention");
    page.locator(".stale:has-text('attention of')").waitFor();
    frames(page, "scrub, 48 runs, 144 heads x 200 checkpoints", "");
    frames(page, "scrub, 100,000 points a chart", "{ lines: 4, points: " + POINTS + " }");
    double minutes = Double.parseDouble(System.getProperty("refrain.scrub.minutes", "0.5"));
    long end = System.nanoTime() + (long) (minutes * 60e9);
    while (System.nanoTime() < end) {
      page.evaluate("async () => { await (await import('/bench.js')).run(); }");
    }
    CDPSession session = page.context().newCDPSession(page);
    session.send("HeapProfiler.collectGarbage");
    JsonObject heap = session.send("Runtime.getHeapUsage");
    double bytes = 0;
    for (String part : List.of("usedSize", "embedderHeapUsedSize", "backingStorageSize")) {
      bytes += heap.has(part) ? heap.get(part).getAsDouble() : 0;
    }
    row(
        String.format(Locale.ROOT, "memory of the page after %.1f minutes of scrubbing", minutes),
        new double[] {bytes / BYTES_PER_MB},
        "MB",
        "300");
    reader.finishes();
  }

  private void frames(Page page, String what, String size) {
    Map<?, ?> result =
        (Map<?, ?>)
            Objects.requireNonNull(
                page.evaluate("async () => (await import('/bench.js')).run(%s)".formatted(size)));
    result.forEach((view, times) -> {
      Map<?, ?> of = (Map<?, ?>) times;
      table.add(
          "| %s: a frame of %s | %s (p95 %s) | %s | ms | 16 |"
              .formatted(what, view, of.get("median"), of.get("p95"), of.get("worst")));
    });
  }

  private void liveRows(Reader reader) {
    var spec =
        Presets.get("tiny")
            .with(
                s -> s.steps = 400,
                s -> s.engine = EngineKind.FUSED,
                s -> s.checkpoints = CheckpointSchedule.every(100));
    try (Feed feed = new Feed(spec, runs.resolve("now"))) {
      feed.writes(10);
      reader.turnsTo(runs);
      Page page = reader.opens("keys=train.loss&step=9999");
      double[] ms = new double[ROWS];
      for (int i = 0; i < ROWS; i++) {
        long begin = System.nanoTime();
        long step = feed.writes(1);
        page.waitForFunction(
            "step => document.querySelector('figure .value').textContent.endsWith(` at ${step}`)",
            (int) step);
        ms[i] = (System.nanoTime() - begin) / NANOS_PER_MS;
      }
      row("a row is on screen after it was written", ms, "ms", "1000");
      reader.finishes();
    }
  }

  /** Twenty steps of R0 trained again, the last of which meets a checkpoint with its SHA-256. */
  private void replay() {
    var spec =
        Presets.get("r0-2l")
            .with(s -> s.steps = 20 * TIMES, s -> s.checkpoints = CheckpointSchedule.every(20));
    Path folder = runs.resolve("r0");
    Trainer.run(spec, folder.resolve("run"), TrainControl.threads(2), TrainListener.NONE);
    try (Server server = Server.over(folder)) {
      String exact = "/api/runs/" + server.ids().get("run") + "/exact";
      double[] ms = new double[TIMES];
      for (int i = 0; i < TIMES; i++) {
        long begin = System.nanoTime();
        String said = server.post(exact, "{\"step\": %s, \"verify\": true}".formatted(20 * i + 19));
        ms[i] = (System.nanoTime() - begin) / NANOS_PER_MS;
        if (!said.contains("VERIFIED")) {
          throw new AssertionError(said);
        }
      }
      row("20 steps of R0 trained again and verified", ms, "ms", "1000");
    }
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
