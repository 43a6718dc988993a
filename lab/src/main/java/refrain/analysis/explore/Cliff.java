package refrain.analysis.explore;

import java.util.Optional;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Subject;
import refrain.store.Outcome;

/**
 * The window in which a curve of a run changed, as it was dated when the run had ended: a change,
 * not a mere bend.
 *
 * @param begin the step at which a tenth of the change is done
 * @param end the step at which nine tenths are
 */
record Cliff(double begin, double end) {
  /**
   * What the dating of a run says.
   *
   * @param done whether it was dated
   * @param icl where the ICL score changed; empty: nowhere
   * @param matching where the best head's prefix matching did
   */
  record Dated(boolean done, Optional<Cliff> icl, Optional<Cliff> matching) {
    /** That of the ICL score; where it has none, that of the heads. */
    Optional<Cliff> any() {
      return icl.or(() -> matching);
    }
  }

  static Dated of(Subject run) {
    return new Dated(!Double.isNaN(dates(run, "icl")[0]), change(run, "icl"), change(run, "pm"));
  }

  private static Optional<Cliff> change(Subject run, String curve) {
    double[] dates = dates(run, curve);
    double begin = Math.max(run.spec().begins(), dates[1]);
    double end = Math.min((double) last(run), dates[2]);
    return dates[0] == 1 && begin < end ? Optional.of(new Cliff(begin, end)) : Optional.empty();
  }

  private static double[] dates(Subject run, String curve) {
    String date = "date." + curve;
    return AnalysisStore.values(
        run.folder(),
        AnalysisKind.DATING,
        last(run),
        date + ".exists",
        date + ".onset",
        date + ".end");
  }

  private static long last(Subject run) {
    return run.folder().ended().map(Outcome::step).orElse(-1L);
  }
}
