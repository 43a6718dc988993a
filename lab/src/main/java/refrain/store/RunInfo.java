package refrain.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What {@code run.json} says: everything needed to repeat the run.
 *
 * @param format the version of the run folder's layout
 * @param specHash SHA-256 of what fixes the run's weights; its first digits named the folder when
 *     it was made (programs that recorded no arithmetic hashed the whole configuration)
 * @param spec the full configuration
 * @param seeds every seed by its purpose
 * @param sessions the processes that worked on the run, the first one first
 */
public record RunInfo(
    int format, String specHash, JsonNode spec, Map<String, Long> seeds, List<Session> sessions) {
  static final int FORMAT = 1;

  /**
   * One process that worked on the run.
   *
   * @param started ISO-8601, UTC
   * @param resumedFrom the step it went on from; -1 when it began at the beginning
   * @param refrain the version of the program
   * @param arithmetic what it calculated with; null: the program did not record it yet
   */
  public record Session(
      String started,
      long resumedFrom,
      String refrain,
      Machine machine,
      @Nullable Arithmetic arithmetic) {}

  /** The sitting that made the state after a step, 1 or later. */
  public Session sittingOf(long step) {
    return sessions.stream()
        .filter(session -> session.resumedFrom < step)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  RunInfo with(Session session) {
    List<Session> all = new ArrayList<>(sessions);
    all.add(session);
    return new RunInfo(format, specHash, spec, seeds, List.copyOf(all));
  }
}
