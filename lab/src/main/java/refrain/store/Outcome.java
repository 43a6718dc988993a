package refrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import tools.jackson.databind.JsonNode;

/**
 * How a run ended; a run without one is under way or was interrupted.
 *
 * @param step the last step that was made
 * @param reason one sentence for people
 * @param summary whatever the caller wants reports to find without reading the metrics
 * @param finished ISO-8601, UTC
 */
public record Outcome(Status status, long step, String reason, JsonNode summary, String finished) {
  /** The ways to end. */
  public enum Status {
    /** All steps of the specification were made. */
    @JsonProperty("done")
    DONE,
    /** Stopped before, because its outcome was settled or somebody asked for it. */
    @JsonProperty("stopped")
    STOPPED,
    /** NaN or infinity appeared, or the loss ended above that of an untrained model. */
    @JsonProperty("diverged")
    DIVERGED
  }
}
