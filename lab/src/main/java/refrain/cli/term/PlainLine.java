package refrain.cli.term;

import java.util.Locale;
import refrain.train.RunProgress;

/** The state of a run in one line, for logs. */
final class PlainLine {
  private PlainLine() {}

  static String of(RunStatus run, Glyphs glyphs) {
    StringBuilder b = new StringBuilder(run.name());
    b.append(": ").append(run.state().name().toLowerCase(Locale.ROOT));
    b.append(", step ").append(run.step()).append(" of ").append(run.totalSteps());
    number(b, ", loss ", run.loss(), glyphs);
    number(b, ", ICL ", run.icl(), glyphs);
    number(b, ", prefix matching ", run.prefixMatching(), glyphs);
    if (!run.bestHead().isEmpty() && !Double.isNaN(run.prefixMatching())) {
      b.append(" (").append(run.bestHead()).append(')');
    }
    if (run.state() == RunProgress.State.RUNNING && run.tokensPerSecond() > 0) {
      b.append(", ").append(Figures.count(run.tokensPerSecond(), glyphs)).append(" tokens/s");
      b.append(", ").append(Figures.duration(run.secondsLeft(), glyphs)).append(" left");
    }
    if (!run.event().isEmpty()) {
      b.append("; ").append(run.event());
    }
    return b.toString();
  }

  private static void number(StringBuilder b, String name, double v, Glyphs glyphs) {
    if (!Double.isNaN(v)) {
      b.append(name).append(Figures.two(v, glyphs));
    }
  }
}
