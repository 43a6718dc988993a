package refrain.cli.term;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import refrain.train.RunProgress.State;

class TerminalDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong nanos = new AtomicLong();

  private TerminalDisplay open(boolean redraws, boolean styles) {
    TerminalTraits traits = new TerminalTraits(redraws, styles, true, 80, 24);
    return TerminalDisplay.open(out, traits, 10, nanos::get);
  }

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  @Test
  void withoutATerminalALineARunEveryTenSecondsAndAtEvents() {
    try (TerminalDisplay display = open(false, false)) {
      display.update(TerminalDemo.waiting("2L seed 0", 900));
      for (int step = 10; step <= 60; step += 10) {
        nanos.addAndGet(4_000_000_000L);
        display.update(TerminalDemo.status("2L seed 0", State.RUNNING, step, 430));
      }
      display.event("2L seed 0: phase change at step 430: prefix matching 0.06 -> 0.83");
      display.update(TerminalDemo.status("2L seed 0", State.DONE, 900, 430));
    }
    assertThat(written())
        .isEqualTo(
            """
            2L seed 0: running, step 10 of 900, loss 4.59, ICL -0.40, prefix matching 0.06 (L1H2), \
            152k tokens/s, 0:24 left
            2L seed 0: running, step 40 of 900, loss 4.12, ICL -0.40, prefix matching 0.06 (L1H2), \
            152k tokens/s, 0:24 left
            2L seed 0: phase change at step 430: prefix matching 0.06 -> 0.83
            2L seed 0: done, step 900 of 900, loss 1.90, ICL -2.60, prefix matching 0.86 (L1H2); \
            phase change at step 430
            """);
  }

  @Test
  void inATerminalTheLastFrameStaysAndTheCursorComesBack() {
    TerminalDisplay display = open(true, false);
    display.update(TerminalDemo.status("2L seed 0", State.RUNNING, 500, 430));
    display.event("something happened\u001b[2J");
    display.close();
    display.close();
    display.update(TerminalDemo.status("late", State.RUNNING, 1, 430));
    String text = written();
    assertThat(text).contains("something happened?[2J").contains("1 run: 1 running");
    assertThat(text).endsWith("\u001b[?25h").doesNotContain("late");
    assertThat(text.split("\u001b\\[\\?25h", -1)).hasSize(2);
  }

  @Test
  void stylesAreOnlyForTerminalsThatHaveThem() {
    for (boolean styles : new boolean[] {false, true}) {
      bytes.reset();
      try (TerminalDisplay display = open(true, styles)) {
        display.update(TerminalDemo.status("a", State.RUNNING, 50, 430));
      }
      assertThat(written().contains("\u001b[1m")).isEqualTo(styles);
    }
  }

  @Test
  void takesUpdatesFromManyThreads() throws InterruptedException {
    Thread[] threads = new Thread[4];
    try (TerminalDisplay display = open(true, false)) {
      for (int t = 0; t < threads.length; t++) {
        String name = "run " + t;
        threads[t] =
            Thread.ofPlatform()
                .start(() -> {
                  for (int step = 0; step <= 900; step += 30) {
                    State state = step < 900 ? State.RUNNING : State.DONE;
                    display.update(TerminalDemo.status(name, state, step, 430));
                  }
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(written()).contains("4 runs: 4 done");
  }
}
