package refrain.cli.term;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import refrain.train.RunProgress;

/**
 * Shows runs while they train. In a terminal the screen is redrawn in place, at most ten times a
 * second, with events above it; elsewhere each run prints a line now and then. Safe to call from
 * any thread; the callers never wait for the terminal to be drawn.
 */
public final class TerminalDisplay implements AutoCloseable {
  private static final long FRAME_MILLIS = 100;
  private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final String ESC = "\u001b[";

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long lineNanos;
  private final Map<String, RunStatus> runs = new LinkedHashMap<>();
  private final Map<String, Long> lastLine = new HashMap<>();
  private final List<String> events = new ArrayList<>();
  private final Thread painter;
  private final Thread restorer;
  private TerminalTraits traits;
  private long measuredAt;
  private List<Integer> drawn = List.of();
  private boolean dirty;
  private boolean closed;

  private TerminalDisplay(
      PrintStream out, TerminalTraits traits, double secondsBetweenLines, LongSupplier nanoTime) {
    this.out = out;
    this.traits = traits;
    this.nanoTime = nanoTime;
    lineNanos = (long) (secondsBetweenLines * 1e9);
    measuredAt = nanoTime.getAsLong();
    painter = Thread.ofPlatform().daemon().name("terminal").unstarted(this::paintLoop);
    restorer = new Thread(this::finish, "terminal-restore");
  }

  /** A display on standard output as it is. */
  public static TerminalDisplay open() {
    return open(System.out, TerminalTraits.detect(), 10, System::nanoTime);
  }

  /**
   * @param secondsBetweenLines where the terminal does not redraw: seconds between lines of a run
   * @param nanoTime a clock in nanoseconds
   */
  static TerminalDisplay open(
      PrintStream out, TerminalTraits traits, double secondsBetweenLines, LongSupplier nanoTime) {
    TerminalDisplay display = new TerminalDisplay(out, traits, secondsBetweenLines, nanoTime);
    if (traits.redraws()) {
      Runtime.getRuntime().addShutdownHook(display.restorer);
      display.painter.start();
    }
    return display;
  }

  /** Takes the newest status of a run; runs are listed in the order of their first status. */
  public synchronized void update(RunStatus status) {
    if (closed) {
      return;
    }
    RunStatus before = runs.put(status.name(), status);
    dirty = true;
    if (!traits.redraws() && lineIsDue(before, status)) {
      lastLine.put(status.name(), nanoTime.getAsLong());
      print(PlainLine.of(status, traits.glyphs()));
    }
  }

  /** Notes something to remember; it stays above the screen. */
  public synchronized void event(String text) {
    if (closed) {
      return;
    }
    if (traits.redraws()) {
      events.add(text);
      dirty = true;
    } else {
      print(text);
    }
  }

  /** Draws a last time and gives the terminal back. */
  @Override
  public void close() {
    finish();
    if (traits.redraws()) {
      painter.interrupt();
      try {
        Runtime.getRuntime().removeShutdownHook(restorer);
      } catch (IllegalStateException e) {
        // The program is ending: the hook is running and finds nothing left to do.
        return;
      }
    }
  }

  private synchronized void finish() {
    if (closed) {
      return;
    }
    closed = true;
    if (traits.redraws()) {
      paint();
      out.print(ESC + "?25h");
      out.flush();
    }
  }

  private boolean lineIsDue(@Nullable RunStatus before, RunStatus now) {
    if (before == null || before.state() != now.state() || !before.event().equals(now.event())) {
      return now.state() != RunProgress.State.WAITING;
    }
    Long last = lastLine.get(now.name());
    return last == null || nanoTime.getAsLong() - last >= lineNanos;
  }

  private void print(String text) {
    out.println(traits.glyphs().clean(text));
    out.flush();
  }

  private void paintLoop() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        synchronized (this) {
          if (closed) {
            return;
          }
          if (dirty) {
            paint();
          }
        }
        Thread.sleep(FRAME_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One write for a whole frame, marked as one update for terminals that know the mark. */
  private void paint() {
    dirty = false;
    if (nanoTime.getAsLong() - measuredAt > MEASURE_NANOS) {
      measuredAt = nanoTime.getAsLong();
      traits = traits.measuredAgain();
    }
    // A column and a line stay free: a full one would wrap or scroll.
    int width = traits.width() - 1;
    List<Screen.Row> rows =
        Screen.render(List.copyOf(runs.values()), width, traits.height() - 1, traits.glyphs());
    StringBuilder b = new StringBuilder(ESC + "?2026h" + ESC + "?25l\r");
    int up = 0;
    for (int length : drawn) {
      // After the window shrank, an old line covers several.
      up += Math.max(1, (length + traits.width() - 1) / traits.width());
    }
    if (up > 0) {
      b.append(ESC).append(up).append('A');
    }
    for (String event : events) {
      b.append(traits.glyphs().clean(event)).append(ESC).append("K\n");
    }
    events.clear();
    for (Screen.Row row : rows) {
      b.append(styled(row)).append(ESC).append("K\n");
    }
    b.append(ESC).append('J').append(ESC).append("?2026l");
    out.print(b);
    out.flush();
    drawn = rows.stream().map(row -> row.text().length()).toList();
  }

  private String styled(Screen.Row row) {
    if (!traits.styles() || row.emphasis() == Screen.Emphasis.PLAIN) {
      return row.text();
    }
    String style = row.emphasis() == Screen.Emphasis.STRONG ? "1m" : "2m";
    return ESC + style + row.text() + ESC + "0m";
  }
}
