package refrain.study;

import org.jspecify.annotations.Nullable;

/** The quantities that claims are about, each of one run and perhaps its control. */
public enum Estimate {
  /** Best prefix-matching score before heads formed. */
  PREFIX_MATCHING_BEFORE("prefix matching before"),
  /** Best prefix-matching score at the end. */
  PREFIX_MATCHING_AFTER("prefix matching at the end"),
  /** Best prefix-matching score at any time. */
  PREFIX_MATCHING_MAX("prefix matching at any time"),
  /** Best previous-token score of layer 0 at the end. */
  PREVIOUS_TOKEN_AFTER("previous-token score of layer 0 at the end"),
  /** ICL score at the end, nats. */
  ICL_AFTER("ICL score at the end, nats"),
  /** Largest fall of the ICL score within a tenth of training, nats. */
  ICL_MOVE("fall of the ICL score within a tenth of training, nats"),
  /** ICL score at the end as a share of the control's. */
  ICL_SHARE_OF_CONTROL("ICL score as a share of the control's"),
  /** 1 when heads formed, 0 when not. */
  FORMED("runs that formed heads"),
  /** Formation step over the control's. */
  FORMATION_OVER_CONTROL("formation step over the control's"),
  /** How far the formation step is from the control's, as a share of the control's. */
  FORMATION_DISTANCE("distance of the formation step from the control's, as a share");

  private final String words;

  Estimate(String words) {
    this.words = words;
  }

  /** For tables. */
  public String words() {
    return words;
  }

  /**
   * Its value; NaN where it does not exist, such as the formation step of a run that formed
   * nothing.
   *
   * @param control the control's run of the same seed
   */
  double of(RunSummary run, @Nullable RunSummary control) {
    return switch (this) {
      case PREFIX_MATCHING_BEFORE -> run.prefixMatchingBefore();
      case PREFIX_MATCHING_AFTER -> run.prefixMatching();
      case PREFIX_MATCHING_MAX -> run.prefixMatchingMax();
      case PREVIOUS_TOKEN_AFTER -> run.previousToken();
      case ICL_AFTER -> run.iclAfter();
      case ICL_MOVE -> run.iclMove();
      case ICL_SHARE_OF_CONTROL ->
          control == null ? Double.NaN : run.iclAfter() / control.iclAfter();
      case FORMED -> run.formationStep() == null ? 0 : 1;
      case FORMATION_OVER_CONTROL -> ratio(run, control);
      case FORMATION_DISTANCE -> Math.abs(ratio(run, control) - 1);
    };
  }

  private static double ratio(RunSummary run, @Nullable RunSummary control) {
    if (run.formationStep() == null || control == null || control.formationStep() == null) {
      return Double.NaN;
    }
    return run.formationStep() / (double) control.formationStep();
  }
}
