package refrain.train;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import refrain.base.Default;

/**
 * When a run stops before its last step. It never changes what happens until then, so it is no part
 * of a run's identity: a stopped run can be continued under another rule, to the same bits as if it
 * had never stopped.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StopRule.Never.class, name = "never"),
  @JsonSubTypes.Type(value = StopRule.AtStep.class, name = "at-step"),
  @JsonSubTypes.Type(value = StopRule.AfterFormation.class, name = "after-formation"),
  @JsonSubTypes.Type(value = StopRule.AtIcl.class, name = "at-icl")
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
      require(step >= 1, "stop: step is %s, expected 1 or more", step);
    }
  }

  /**
   * Stops some time after induction heads have formed.
   *
   * @param formation what counts as formed
   * @param steps taken after the formation step
   * @param notBefore the run takes at least this many steps, 0: no minimum
   * @param share the same as {@code steps}, as a share of the formation step; the longer counts
   */
  record AfterFormation(
      Formation formation,
      @Default("0") int steps,
      @Default("0") int notBefore,
      @Default("0") double share)
      implements StopRule {
    public AfterFormation {
      require(
          steps >= 0 && notBefore >= 0 && share >= 0,
          "stop: steps is %s, notBefore %s and share %s, expected 0 or more",
          steps,
          notBefore,
          share);
    }

    /** The step at which a run stops whose heads formed at a step. */
    long stopsAt(long formed) {
      return Math.max(notBefore, formed + Math.max(steps, (long) Math.ceil(share * formed)));
    }
  }

  /**
   * Stops when the ICL score has been low enough for some probes in a row.
   *
   * @param below the score that it has to pass, nats
   * @param probes in a row
   */
  record AtIcl(double below, int probes) implements StopRule {
    public AtIcl {
      require(probes >= 1, "stop: probes is %s, expected 1 or more", probes);
      require(Double.isFinite(below), "stop: below is %s, expected a finite number", below);
    }
  }
}
