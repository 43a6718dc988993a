package refrain.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * When a run stops before its last step. It never changes what happens until then, so it is no part
 * of a run's identity: a stopped run can be continued under another rule, to the same bits as if it
 * had never stopped.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StopRule.Never.class, name = "never"),
  @JsonSubTypes.Type(value = StopRule.AtStep.class, name = "at-step"),
  @JsonSubTypes.Type(value = StopRule.AfterFormation.class, name = "after-formation")
})
public sealed interface StopRule {
  /** Runs to its last step. */
  record Never() implements StopRule {}

  /**
   * Stops when this many steps have been taken.
   *
   * @param step counted from 1
   */
  record AtStep(int step) implements StopRule {
    public AtStep {
      if (step < 1) {
        throw RefrainException.badInput("stop: step is " + step + ", expected 1 or more");
      }
    }
  }

  /**
   * Stops some time after induction heads have formed.
   *
   * @param formation what counts as formed
   * @param steps taken after the formation step
   * @param notBefore the run takes at least this many steps, 0: no minimum
   */
  record AfterFormation(Formation formation, @Default("0") int steps, @Default("0") int notBefore)
      implements StopRule {
    public AfterFormation {
      if (steps < 0 || notBefore < 0) {
        throw RefrainException.badInput(
            "stop: steps is " + steps + " and notBefore " + notBefore + ", expected 0 or more");
      }
    }
  }
}
