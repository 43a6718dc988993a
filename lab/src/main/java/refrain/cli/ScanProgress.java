package refrain.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import refrain.analysis.scan.Progress;
import refrain.cli.term.TerminalTraits;

/**
 * Says on a terminal how far a scan has come and how long it still takes; elsewhere now and then.
 */
final class ScanProgress implements Progress {
  private static final long QUIET = TimeUnit.SECONDS.toNanos(2);
  private static final long SELDOM = TimeUnit.SECONDS.toNanos(30);

  private final PrintWriter err;
  private final StopSignal signal;
  private final boolean redraws = TerminalTraits.detect().redraws();
  private long begun = System.nanoTime();
  private long said = begun;
  private double from;
  private int drawn;

  ScanProgress(PrintWriter err, StopSignal signal) {
    this.err = err;
    this.signal = signal;
  }

  @Override
  public boolean goOn(double done, String what) {
    long now = System.nanoTime();
    if (done < from || done == 0) { // another part of the work
      begun = now;
      from = done;
    }
    boolean due = redraws ? now - begun > QUIET : now - said > SELDOM;
    if (due && done > 0) {
      said = now;
      double left = (now - begun) * 1e-9 / done * (1 - done);
      String line =
          String.format(
              Locale.ROOT, "%.0f %%, %s, %s left", 100 * done, what, Forecasts.time(left));
      String pad = " ".repeat(Math.max(0, drawn - line.length()));
      drawn = line.length();
      err.print(redraws ? "\r" + line + pad : line + System.lineSeparator());
      err.flush();
    }
    return !signal.requested();
  }

  /** Takes the line away. */
  void end() {
    if (drawn > 0 && redraws) {
      err.print("\r" + " ".repeat(drawn) + "\r");
      err.flush();
    }
    drawn = 0;
  }
}
