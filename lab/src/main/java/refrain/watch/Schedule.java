package refrain.watch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the learning rate changes faster than a curve's law can follow. It counts as changing
 * from when it is 5 % away from where it was last steady, until it has stayed within 5 % for 60
 * observations or a sixteenth of the series: so a drop counts once, a cool-down all along, and a
 * slow cosine, which moves by less than in proportion to the step, does not. Steps that were said
 * to be of the schedule count as changes too.
 */
final class Schedule {
  private static final double MOVED = Math.log(1.05);
  private static final int LEAST = 60;
  private static final double SHARE = 1.0 / 16;

  private final List<DetectorSettings.Span> said;
  private double anchor = Double.NaN;
  private long anchored = Long.MIN_VALUE / 2;
  private long n;

  Schedule(List<DetectorSettings.Span> said) {
    this.said = said;
  }

  /** What is known of the learning rate at some step. */
  enum State {
    UNKNOWN,
    STEADY,
    CHANGING
  }

  /** Takes the next observation's learning rate; NaN where none is known. */
  State add(double step, double rate) {
    n++;
    for (DetectorSettings.Span span : said) {
      if (step >= span.from() && step <= span.through()) {
        anchored = n;
      }
    }
    if (rate > 0) {
      double log = Math.log(rate);
      if (Double.isNaN(anchor)) {
        anchor = log;
      } else if (Math.abs(log - anchor) > MOVED) {
        anchor = log;
        anchored = n;
      }
    }
    if (n - anchored < Math.max(LEAST, SHARE * n)) {
      return State.CHANGING;
    }
    return Double.isNaN(anchor) && said.isEmpty() ? State.UNKNOWN : State.STEADY;
  }

  /** The span that was said and lies between two steps, exclusive of the first. */
  DetectorSettings.@Nullable Span between(double after, double through) {
    for (DetectorSettings.Span span : said) {
      if (span.from() > after && span.from() <= through) {
        return span;
      }
    }
    return null;
  }
}
