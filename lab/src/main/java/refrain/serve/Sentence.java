package refrain.serve;

import java.util.Locale;
import refrain.catalog.RunRow;

/** A run in one sentence, of what was measured in it and nothing else. */
final class Sentence {
  private Sentence() {}

  static String of(Place place, RunAnswer.Window window) {
    RunRow row = place.row();
    String who = (row.variants().isEmpty() ? row.name() : row.variants()) + ", seed " + row.seed();
    String when =
        row.state() == RunRow.State.RUNNING
            ? " so far (step " + row.step() + " of " + row.steps() + ")"
            : "";
    if (Double.isNaN(row.prefixMatching())) {
      return who + ": nothing was measured of its heads" + when + ".";
    }
    String best = row.head() == null ? "the best head" : row.head() + ", the best head,";
    String matching =
        String.format(Locale.ROOT, "%s matches prefixes %.2f", best, row.prefixMatching());
    String icl =
        Double.isNaN(row.icl().score())
            ? ""
            : String.format(
                Locale.ROOT, ", and the in-context-learning score is %.2f nats", row.icl().score());
    if (row.formation() == null) {
      return who + ": no induction heads formed" + when + "; " + matching + icl + ".";
    }
    String change =
        window.known()
            ? String.format(
                Locale.ROOT,
                " The in-context-learning score changes between steps %.0f and %.0f.",
                window.begin(),
                window.end())
            : "";
    return who
        + ": induction heads formed at step "
        + row.formation()
        + when
        + "; "
        + matching
        + icl
        + "."
        + change;
  }
}
