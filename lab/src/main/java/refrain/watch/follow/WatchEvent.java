package refrain.watch.follow;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import refrain.store.Json;
import refrain.watch.EventKind;
import refrain.watch.Finding;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event of a run: what was found, in which metric and attempt.
 *
 * @param run its name
 * @param metric null where the run as a whole is meant
 * @param attempt from 1
 * @param row of the log at which it was found, from 1
 */
public record WatchEvent(
    String run, @Nullable String metric, int attempt, long row, Finding finding) {
  public EventKind kind() {
    return finding.kind();
  }

  /** The same for the same event of the same log, however often and when it is read. */
  public String id() {
    return EventBook.id(
        run,
        String.valueOf(metric),
        String.valueOf(attempt),
        finding.kind().text(),
        String.valueOf(finding.ordinal()));
  }

  /** One line of JSON. */
  public String json(String action) {
    ObjectNode line = Json.object();
    line.put("id", id());
    line.put("run", run);
    line.put("metric", metric);
    line.put("attempt", attempt);
    line.put("kind", finding.kind().text());
    number(line, "step", finding.step());
    line.put("row", row);
    line.put("observation", finding.observation());
    number(line, "tau", finding.tau());
    number(line, "low", finding.low());
    number(line, "high", finding.high());
    number(line, "value", finding.value());
    number(line, "expected", finding.expected());
    number(line, "evidence", finding.evidence());
    number(line, "threshold", finding.threshold());
    number(line, "expectedDelay", finding.delay());
    line.put("action", action);
    line.put("says", text());
    return line.toString();
  }

  private static void number(ObjectNode line, String name, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 0x1p53) {
      line.put(name, (long) value);
    } else {
      line.set(name, Json.finite(value));
    }
  }

  /** A sentence for people. */
  public String text() {
    Finding f = finding;
    String what = metric == null ? run : metric;
    String dated =
        Double.isNaN(f.tau())
            ? ""
            : " at step "
                + digits(f.tau())
                + " ["
                + digits(f.low())
                + ", "
                + digits(f.high())
                + "]";
    return switch (f.kind()) {
      case BLIND ->
          what
              + ": nothing could be suspected before step "
              + digits(f.step())
              + "; it went from "
              + shown(f.expected())
              + " to "
              + shown(f.value())
              + (dated.isEmpty() ? ", too few values to date" : "; if it changed, then" + dated);
      case SUSPECTED ->
          what
              + " left its curve, it seems since"
              + dated.replaceFirst(" at", "")
              + ": "
              + shown(f.value())
              + " where "
              + shown(f.expected())
              + " was to be expected (ln R "
              + shown(f.evidence())
              + ", threshold "
              + shown(f.threshold())
              + ")";
      case CONFIRMED -> what + " changed" + dated + " and stayed: " + against(f);
      case WITHDRAWN -> what + " is on its curve again: " + against(f);
      case SCHEDULED -> what + ": the learning rate changes from step " + digits(f.step()) + " on";
      case HARM ->
          what + " is worse than its best " + shown(f.expected()) + ": " + shown(f.value());
      case RECOVERED -> what + " is back at " + shown(f.value());
      case NEW_LEVEL ->
          what
              + " stayed worse than its best "
              + shown(f.expected())
              + ": "
              + shown(f.value())
              + " is the new level";
      case OUTLIER ->
          what + ": single bad value " + shown(f.value()) + ", " + digits(f.evidence()) + " so far";
      case NAN -> what + " is no number, three times in a row";
      case RESTART -> what + ": attempt " + attempt + " from step " + digits(f.step()) + " on";
      case STALLED ->
          what
              + ": nothing new for longer than "
              + digits(f.evidence())
              + " s, step "
              + digits(f.step())
              + " is the last";
    };
  }

  private static String against(Finding f) {
    return shown(f.value()) + ", and " + shown(f.expected()) + " by the curve it had";
  }

  private static String digits(double value) {
    return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, "%.0f", value);
  }

  private static String shown(double value) {
    return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, "%.4g", value);
  }
}
